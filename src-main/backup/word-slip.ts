/**
 * Which single slip of the hand turns the words of the wanted key into these: two words swapped, one replaced, one left out, or
 * one too many. The fingerprint is 64 bits, so what fits is what happened. Undefined if no single slip explains it. The
 * answer names places and never a word.
 */
export function findSlip(
  indices: readonly number[],
  fingerprintOf: (indices: readonly number[]) => string | undefined,
  wanted: string,
  listLength = 2048,
): string | undefined {
  const fits = (candidate: readonly number[]) => fingerprintOf(candidate) === wanted;
  const { length } = indices;
  const places = Array.from({ length }, (_, at) => at);
  for (const at of places) {
    if (fits(indices.toSpliced(at, 1))) return `word ${at + 1} is one too many`;
  }
  for (const a of places) {
    for (const b of places.slice(a + 1)) {
      const swapped = [...indices];
      [swapped[a], swapped[b]] = [indices[b] as number, indices[a] as number];
      if (fits(swapped)) return `words ${a + 1} and ${b + 1} are swapped`;
    }
  }
  const tried = [...indices];
  for (const at of places) {
    for (let word = 0; word < listLength; word++) {
      tried[at] = word;
      if (fits(tried)) return `word ${at + 1} is in the list, but is not the one that was written down`;
    }
    tried[at] = indices[at] as number;
  }
  for (let at = 0; at <= length; at++) {
    const longer = indices.toSpliced(at, 0, 0);
    for (let word = 0; word < listLength; word++) {
      longer[at] = word;
      if (fits(longer)) {
        return at === 0 ? 'the first word is missing' : `a word is missing after word ${at}`;
      }
    }
  }
  return undefined;
}
