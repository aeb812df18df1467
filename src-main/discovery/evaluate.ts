import type { EncryptionKey } from '#crypto/encryption-key';
import { type ColumnFigures, ColumnStatistics } from '#evidence/column-statistics';
import { countInto } from '#evidence/count-cells';
import { judgeCells } from '#evidence/judge-cells';
import { type Ciphertext, ciphertextReader, type KeyIv } from '#forms/ciphertext';
import { defaultLayout, type Layout } from '#forms/layout';
import { innerSecret } from '#forms/plaintext';
import type { Template } from '#forms/template';

/** A text, and the IV that would be its, where a layout has no place for one. */
export interface Candidate {
  readonly text: string;
  readonly iv?: Uint8Array | KeyIv | undefined;
}

export interface Evaluation {
  readonly statistics: ColumnFigures;
  /** Secrets that opened, in the order of their texts. The caller wipes them. */
  readonly secrets: readonly Uint8Array[];
}

/** Texts that are opened first; where none of them does, the others are not tried. */
const firstTried = 48;
const secretsKept = 40;

/** Texts as a template reads them: undefined where it does not. */
export type ReadTexts = readonly (Ciphertext | undefined)[];

/**
 * Reads texts by a template. Texts with the same content count once: a random IV makes every ciphertext another, so copies of a
 * value prove nothing more. Undefined where nothing is read that could be told apart.
 */
export function readTexts(template: Template, texts: readonly Candidate[]): ReadTexts | undefined {
  const reader = ciphertextReader({ ...defaultLayout, template });
  const distinct = new Map(texts.map((one) => [one.text, one])).values();
  const read = Array.from(distinct, ({ text, iv }) => reader.read(text, iv));
  const known = read.filter((one) => one !== undefined);
  return known.length === 0 || sharesIvs(known) ? undefined : read;
}

/** What a key opens of texts by a layout. Undefined where the first of them speak against it. */
export async function evaluate(
  layout: Layout,
  key: EncryptionKey,
  read: ReadTexts,
): Promise<Evaluation | undefined> {
  const first = read.filter((one) => one !== undefined).slice(0, firstTried);
  using tried = await judgeCells(layout, key, first);
  if (!tried.cells.some((cell) => cell && cell.evidence.verdict !== 'contradicted')) return undefined;
  const statistics = new ColumnStatistics(layout);
  using judged = await judgeCells(layout, key, read);
  countInto(statistics, judged.cells);
  const secrets = judged.cells.flatMap((cell) => {
    if (!cell || cell.evidence.verdict === 'contradicted' || cell.plaintext.length === 0) return [];
    const secret = innerSecret(layout, cell.plaintext);
    return secret ? [Uint8Array.from(secret)] : [];
  });
  for (const secret of secrets.slice(secretsKept)) secret.fill(0);
  return { statistics: statistics.result(), secrets: secrets.slice(0, secretsKept) };
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
