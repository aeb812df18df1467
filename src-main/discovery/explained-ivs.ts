import { provenBits } from '#evidence/plaintexts/value-evidence';
import type { ExaminedPlace } from './recognise.ts';
import { positionOf, type TextGroup } from './texts.ts';

/**
 * The places without those whose texts are all IVs of values that are proven elsewhere. Digits of an IV that are read in another alphabet
 * are an IV and a few bytes more, which read as text by chance once in some hundred times.
 */
export function withoutExplainedIvs(examined: readonly ExaminedPlace[]): ExaminedPlace[] {
  const explained = examined.filter(isProven).flatMap(({ recognition }) => recognition.form?.ivGroup ?? []);
  return examined.filter((one) => isProven(one) || !isExplained(one.group, explained));
}

/** Whether each text of a group is in one of some others, by whichever path these lead to it. */
export function isExplained(group: TextGroup, explained: Iterable<TextGroup>): boolean {
  const same = [...explained].filter(({ column }) => column === group.column);
  if (same.length === 0) return false;
  const known = new Set(same.flatMap(({ texts }) => texts.map(positionOf)));
  return group.texts.every((text) => known.has(positionOf(text)));
}

function isProven({ recognition: { form } }: ExaminedPlace): boolean {
  return (form?.statistics.bits ?? 0) >= provenBits;
}
