import { blockLength } from '#crypto/aes-ecb';
import type { Act } from '#errors/act';
import { segments } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Ciphertext } from '#forms/ciphertext';
import { formatLayout, type Layout, paddings } from '#forms/layout';
import { cleanText } from './plaintexts/clean-text.ts';
import { ColumnStatistics } from './column-statistics.ts';
import { countInto } from './count-cells.ts';
import { judgeCells } from './judge-cells.ts';

export interface LayoutHint {
  readonly seen: string;
  /** Present where more can be said than that the layout is wrong. */
  readonly correct?: Extract<Act, { readonly do: 'correct-layout' }>;
}

/**
 * Why values that a key does not open may still be encrypted with that key: CFB8 and CFB128 agree on the first byte only, plaintexts may be
 * padded, and a wrong IV spoils the first block only. Undefined where no likely error in the layout explains it.
 */
export async function hintAtLayout(
  layout: Layout,
  key: EncryptionKey,
  values: readonly Ciphertext[],
): Promise<LayoutHint | undefined> {
  // the reasons below are those of CFB
  if (layout.scheme) return undefined;
  for (const other of variantsOf(layout)) {
    if (!(await opens(other, key, values))) continue;
    const manner =
      other.segment === layout.segment
        ? `with ${other.padding} padding`
        : `as ${other.segment.toUpperCase()}`;
    return {
      seen: `the key decrypts these values ${manner}`,
      correct: { do: 'correct-layout', layout: formatLayout(other) },
    };
  }
  const rotated = values.map((value) => {
    if (typeof value.iv === 'string') return undefined;
    const all = Buffer.concat([value.iv, value.body]);
    return { ...value, iv: all.subarray(-blockLength), body: all.subarray(0, -blockLength) };
  });
  if (await opens(layout, key, rotated)) {
    return {
      seen: 'the key decrypts these values with the IV at their end',
      correct: { do: 'correct-layout' },
    };
  }
  using asGiven = await judgeCells(layout, key, values);
  const tails = asGiven.cells.map((cell) => cell?.plaintext.subarray(blockLength) ?? new Uint8Array());
  const clean = tails.filter((tail) => tail.length > 0 && cleanText.accepts(tail));
  const bits = clean.reduce((sum, tail) => sum + cleanText.bits(tail.length), 0);
  if (bits >= 40 && clean.length * 2 > tails.length) {
    return {
      seen: 'only the first block is damaged: the key is right, but the IV is not where the layout says it is',
    };
  }
  return undefined;
}

function variantsOf(layout: Layout): Layout[] {
  return segments
    .flatMap((segment) => paddings.map((padding): Layout => ({ ...layout, segment, padding })))
    .filter(({ segment, padding }) => segment !== layout.segment || padding !== layout.padding)
    .sort((a, b) => Number(a.padding !== layout.padding) - Number(b.padding !== layout.padding));
}

async function opens(
  layout: Layout,
  key: EncryptionKey,
  values: readonly (Ciphertext | undefined)[],
): Promise<boolean> {
  const statistics = new ColumnStatistics(layout);
  using judged = await judgeCells(layout, key, values);
  countInto(statistics, judged.cells);
  const { verdict } = statistics.result();
  return verdict === 'correct' || verdict === 'mixed';
}
