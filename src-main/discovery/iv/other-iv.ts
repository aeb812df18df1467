import { decryptBatch } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { cleanText } from '#evidence/plaintexts/clean-text';
import type { Field } from '#postgres/copy-binary';
import type { Sample } from '#postgres/sample';
import { halves, ivSources } from './iv-sources.ts';
import type { KnownValue } from './known-values.ts';
import type { Recognised } from '#discovery/recognise';

/** Values that are tried, those first that are the surest to be encrypted with the key: a few that one way fits for all are no chance. */
const rowsTried = 8;
/** Columns that are tried two by two. */
const columnsPaired = 24;
/** Bits that a way must have over all rows, beyond the freedom to try so many. */
const provenBits = 40;

/**
 * Looks in the rows of known values of an assumed form for an IV that opens the first 16 bytes of its runs, wherever and however it is written.
 * Answers where it seems to be, for people; undefined where nothing does.
 */
export function findOtherIv(
  { layout }: Recognised,
  known: readonly KnownValue[],
  sample: Sample,
  key: EncryptionKey,
): string | undefined {
  const fits = new Map<string, { rows: number; bits: number }>();
  let rows = 0;
  for (const { row, ciphertext } of known) {
    if (rows >= rowsTried) break;
    if (typeof ciphertext.iv === 'string') continue;
    rows++;
    const first = Buffer.from(ciphertext.iv);
    for (const derivation of derivationsThatFit(first, sample, row, layout.segment, key)) {
      const fit = fits.get(derivation) ?? { rows: 0, bits: 0 };
      fits.set(derivation, { rows: fit.rows + 1, bits: fit.bits + cleanText.bits(first.length) });
    }
  }
  const best = [...fits].filter(([, fit]) => fit.rows * 4 >= rows * 3 && fit.bits >= provenBits);
  return best[0]?.[0];
}

function derivationsThatFit(
  first: Buffer,
  { columns, rows }: Sample,
  row: number,
  segment: Recognised['layout']['segment'],
  key: EncryptionKey,
): Set<string> {
  const derivations: string[] = [];
  const candidates: { iv: Uint8Array; body: Uint8Array }[] = [];
  const cells = rows[row] as readonly Field[];
  const add = (name: string | undefined, sources: Iterable<readonly [string, Uint8Array]>) => {
    for (const [derivation, iv] of sources) {
      // the run's own first bytes are no source of their own IV
      if (first.equals(iv)) continue;
      derivations.push(`${name} (${derivation})`);
      candidates.push({ iv, body: first });
    }
  };
  for (const [i, cell] of cells.entries()) {
    add(columns[i]?.name, ivSources(cell));
    for (const [j, other] of cells.slice(0, columnsPaired).entries()) {
      if (i !== j && i < columnsPaired)
        add(`${columns[i]?.name} and ${columns[j]?.name}`, halves(cell, other));
    }
  }
  const { plaintexts, storage } = decryptBatch(key.bytes, segment, candidates);
  const found = new Set(derivations.filter((_, i) => cleanText.accepts(plaintexts[i] as Uint8Array)));
  storage.fill(0);
  return found;
}
