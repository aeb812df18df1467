import { blockLength } from '#crypto/aes-ecb';
import type { Segment } from '#crypto/cfb';
import { log2Choose } from '#evidence/combinations';
import { byteKinds, bytesByPlace, fittingKeys } from '#discovery/text-bytes';

const leastBits = 30;
const fewest = 4;

/**
 * How many of some first blocks were encrypted under one IV, wherever it is: under one keystream, texts differ from each other as texts
 * do, and IVs do not. 0 where nothing shows that. By an e-value: how many keystreams would make text of every block, over how
 * many would by chance. Each different byte of a place counts once, so that a fixed beginning counts for nothing.
 */
export function countUnderOneKeystream(segment: Segment, firsts: readonly Uint8Array[]): number {
  // an IV may be written as text itself
  const text = byteKinds.at(-1) as (typeof byteKinds)[number];
  if (firsts.every((first) => first.every((byte) => text.accepts[byte]))) return 0;
  const groups = new Map<string, Uint8Array[]>();
  // with CFB8, what follows the first byte depends on it
  const length = segment === 'cfb8' ? 1 : blockLength;
  for (const first of firsts) {
    const highBits = [...first.subarray(0, length)].map((byte) => byte >> 7).join('');
    groups.set(highBits, [...(groups.get(highBits) ?? []), first]);
  }
  const counts = [...groups.values()].map((group) => {
    if (group.length < fewest) return 0;
    const bits = byteKinds.map((kind) =>
      bytesByPlace(group, length).reduce(
        (sum, bytes) => sum + Math.log2(fittingKeys(kind, bytes)) - 8 + bytes.length * kind.bitsOfByte,
        0,
      ),
    );
    const chance = log2Choose(firsts.length, group.length) + 1;
    return Math.max(...bits) - chance >= leastBits ? group.length : 0;
  });
  return Math.max(0, ...counts);
}
