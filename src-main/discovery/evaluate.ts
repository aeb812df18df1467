import { ivLength } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { type ColumnFigures, ColumnStatistics } from '#evidence/column-statistics';
import { countInto } from '#evidence/count-cells';
import { openCells } from '#evidence/judge-cells';
import { type Ciphertext, ciphertextReader, type KeyIv } from '#forms/ciphertext';
import { defaultLayout, type Layout } from '#forms/layout';
import { innerSecret } from '#forms/plaintext';
import type { Template } from '#forms/template';

export interface Evaluation {
  readonly layout: Layout;
  readonly statistics: ColumnFigures;
  /** Secrets that opened, in the order of their texts. The caller wipes them. */
  readonly secrets: readonly Uint8Array[];
}

const secretsKept = 40;

/** A text as a template reads it, and its number among the texts. */
export interface ReadText {
  readonly number: number;
  /** Undefined where the template does not read it. Where the template has no place for an IV, its IV is yet to be said. */
  readonly ciphertext: Ciphertext | undefined;
}

/** Ciphertexts to be tried, undefined where a text has none. */
type Cells = readonly (Ciphertext | undefined)[];

/**
 * Reads the texts of these numbers by a template. Texts with the same content count once: a random IV makes every ciphertext another,
 * so copies of a value prove nothing more.
 */
export function readTexts(
  template: Template,
  texts: readonly string[],
  numbers: readonly number[],
): readonly ReadText[] {
  const reader = ciphertextReader({ ...defaultLayout, template });
  const distinct = new Map(numbers.map((number) => [texts[number] as string, number]));
  return Array.from(distinct, ([text, number]) => ({ number, ciphertext: reader.read(text, unsaidIv) }));
}

const unsaidIv = new Uint8Array(ivLength);

/** The ciphertexts of what was read; undefined where none is there that could be told apart. */
export function cellsOf(read: readonly ReadText[]): Cells | undefined {
  return toldApart(read.map(({ ciphertext }) => ciphertext));
}

/** The same with IVs from elsewhere, by the number of the text. */
export function cellsWithIvs(
  read: readonly ReadText[],
  ivs: readonly (Uint8Array | KeyIv | undefined)[],
): Cells | undefined {
  return toldApart(
    read.map(({ number, ciphertext }) => {
      const iv = ivs[number];
      return ciphertext && iv !== undefined ? { ...ciphertext, iv } : undefined;
    }),
  );
}

/**
 * What a key opens of ciphertexts by layouts that have one cipher in common: it decrypts once for all. Leaves out the layouts that the
 * first ones count against, so many as `firstTried`.
 */
export async function evaluate(
  layouts: readonly [Layout, ...Layout[]],
  key: EncryptionKey,
  cells: Cells,
  firstTried: number,
): Promise<Evaluation[]> {
  const first = cells.filter((one) => one !== undefined).slice(0, firstTried);
  const possible = await possibleOf(layouts, key, first);
  if (possible.length === 0) return [];
  using opened = await openCells(layouts[0], key, cells);
  return possible.map((layout) => {
    const judged = opened.judge(layout);
    const statistics = new ColumnStatistics(layout);
    countInto(statistics, judged);
    const secrets = judged.flatMap((cell) => {
      if (!cell || cell.evidence.verdict === 'contradicted' || cell.plaintext.length === 0) return [];
      const secret = innerSecret(layout, cell.plaintext);
      return secret ? [Uint8Array.from(secret)] : [];
    });
    for (const secret of secrets.slice(secretsKept)) secret.fill(0);
    return { layout, statistics: statistics.result(), secrets: secrets.slice(0, secretsKept) };
  });
}

async function possibleOf(
  layouts: readonly [Layout, ...Layout[]],
  key: EncryptionKey,
  cells: Cells,
): Promise<Layout[]> {
  using opened = await openCells(layouts[0], key, cells);
  return layouts.filter((layout) =>
    opened.judge(layout).some((cell) => cell && cell.evidence.verdict !== 'contradicted'),
  );
}

function toldApart(cells: Cells): Cells | undefined {
  const known = cells.filter((one) => one !== undefined);
  return known.length === 0 || sharesIvs(known) ? undefined : cells;
}

/**
 * Whether different values have one IV, as plain texts with the same beginning seem to. They would all be decrypted alike, so
 * that one lucky hit of a wrong layout counts as often as there are values.
 */
function sharesIvs(read: readonly { readonly iv: Uint8Array | KeyIv; readonly keepsIv: boolean }[]): boolean {
  const own = read.flatMap(({ iv, keepsIv }) =>
    keepsIv || typeof iv === 'string' ? [] : [Buffer.from(iv).toString('latin1')],
  );
  return new Set(own).size < own.length;
}
