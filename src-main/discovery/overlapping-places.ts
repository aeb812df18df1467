import { openedOf } from '#shared/opened-values';
import { provenBits } from '#evidence/plaintexts/value-evidence';
import { ciphertextReader } from '#forms/ciphertext';
import { pathsOverlap } from '#forms/path';
import type { ExaminedPlace } from './recognise.ts';
import { positionOf, type SampledText, type TextGroup } from './texts.ts';

/** Of places that overlap (a text and a leaf of it, all elements and one of them) the best proven, else the inner one. */
export function withoutOverlaps(examined: readonly ExaminedPlace[]): ExaminedPlace[] {
  const kept: ExaminedPlace[] = [];
  const eligible = examined.filter((one) => !isNamedBetter(one, examined));
  for (const one of [...eligible].sort((a, b) => scoreOf(b) - scoreOf(a))) {
    const isOther = (other: ExaminedPlace) => one.within === undefined || one.within !== other.within;
    if (!kept.some((other) => isOther(other) && placesOverlap(one.group, other.group))) kept.push(one);
  }
  return examined.filter((one) => kept.includes(one));
}

/** Whether two places can lead to the same text, or one to a part of the other's. */
export function placesOverlap(one: TextGroup, other: TextGroup): boolean {
  return one.column === other.column && pathsOverlap(one.steps ?? [], other.steps ?? []);
}

/** Whether all members of an object hold plain texts too, and those with ciphertexts are each proven under their names. */
function isNamedBetter(all: ExaminedPlace, examined: readonly ExaminedPlace[]): boolean {
  if (!all.recognition.form || !all.group.steps?.includes('members')) return false;
  const read = readTexts(all);
  if (read.length === all.group.texts.length) return false;
  const named = examined.filter(
    (one) =>
      one !== all &&
      placesOverlap(one.group, all.group) &&
      !one.group.steps?.includes('members') &&
      (one.recognition.form?.statistics.bits ?? 0) >= provenBits,
  );
  const covered = new Set(named.flatMap((one) => readTexts(one).map(positionOf)));
  return read.every((text) => covered.has(positionOf(text)));
}

/** The texts of a place that are written in the form that was recognised. */
function readTexts({ group: { texts }, recognition: { form } }: ExaminedPlace): SampledText[] {
  if (!form) return [];
  const reader = ciphertextReader(form.layout);
  return texts.filter(({ text }, i) => reader.read(text, form.ivValues?.[i]));
}

function scoreOf(place: ExaminedPlace): number {
  const { form, tails } = place.recognition;
  if (!form) return (tails?.bits ?? 0) / 1e6;
  const { bits, rows } = form.statistics;
  // the same values found by way of a path, or without others among them, are the better described
  const readable = readTexts(place).length / place.group.texts.length;
  const share = readable * Math.min(1, openedOf(form.statistics) / Math.max(1, rows));
  return (place.group.steps ? 1.1 : 1) * share ** 2 * (1 + bits);
}
