// Everything that a case draws comes from here, so that the same seed and number draw the same again.
import { createHash } from 'node:crypto';

/** A stream of numbers that depends on the words alone. */
export function drawFrom(...words) {
  let state = createHash('sha256').update(words.join('\0')).digest().readUInt32LE(0);
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n) => Math.floor(next() * n);
  return {
    fraction: next,
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (p) => next() < p,
    pick: (list) => list[below(list.length)],
    /** One of `[weight, value]`. */
    weighted(pairs) {
      let left = next() * pairs.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, value] of pairs) if ((left -= weight) < 0) return value;
      return pairs.at(-1)[1];
    },
  };
}

/**
 * Answers the value at a place of an endless row in which each of `[weight, value]` comes as often as its weight says, evenly among
 * the others: chance says where it begins, not how often it comes.
 */
export function spread(draw, pairs) {
  const all = pairs.map(([weight, value]) => ({ weight, value, next: draw.fraction() / weight }));
  const row = [];
  return (place) => {
    while (row.length <= place) {
      const first = all.reduce((least, one) => (one.next < least.next ? one : least));
      first.next += 1 / first.weight;
      row.push(first.value);
    }
    return row[place];
  };
}
