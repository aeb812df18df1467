import { blockLength } from '#crypto/aes-ecb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { formatLayout, type Layout, readCell } from '#crypto/layouts';
import { ColumnAssay } from './column-assay.ts';
import { countInto, judgeCells, judgeOpened } from './judge-cells.ts';
import { cleanText } from './clean-text.ts';

/**
 * Why values that a key does not open may still be under that key: CFB8 and CFB128 agree on the first byte only, and a
 * wrong IV spoils the first block only. Returns a sentence that names the likely layout error, or undefined.
 */
export async function hintAtLayout(
  layout: Layout,
  key: EncryptionKey,
  texts: readonly Buffer[],
): Promise<string | undefined> {
  const other: Layout = { ...layout, segment: layout.segment === 'cfb128' ? 'cfb8' : 'cfb128' };
  using byOther = await judgeCells(other, key, texts);
  if (opens(layout, byOther.cells)) {
    return `the key opens these values as ${other.segment.toUpperCase()}: the layout should be \`${formatLayout(other)}\``;
  }
  const cells = texts.map((text) => readCell(layout, text));
  // the IV at the end: rotate it to the front
  const trailing = cells.map((cell) => {
    if (!cell) return undefined;
    const all = Buffer.concat([cell.iv, cell.body]);
    return { ...cell, iv: all.subarray(-blockLength), body: all.subarray(0, -blockLength) };
  });
  using byTrailing = await judgeOpened(layout, key, trailing);
  if (opens(layout, byTrailing.cells)) {
    return 'the key opens these values with the IV at their end: a layout that Keel does not write';
  }
  using asGiven = await judgeOpened(layout, key, cells);
  const tails = asGiven.cells.map((cell) => cell?.plaintext.subarray(blockLength) ?? new Uint8Array());
  const clean = tails.filter((tail) => tail.length > 0 && cleanText.accepts(tail));
  const bits = clean.reduce((sum, tail) => sum + cleanText.bits(tail.length), 0);
  if (bits >= 40 && clean.length * 2 > tails.length) {
    return 'only the first block is damaged: the key is right, but the IV is not where the layout says';
  }
  return undefined;
}

function opens(layout: Layout, cells: Parameters<typeof countInto>[1]): boolean {
  const assay = new ColumnAssay(layout);
  countInto(assay, cells);
  const { verdict } = assay.result();
  return verdict === 'correct' || verdict === 'mixed';
}
