import { version } from '#package';

/** The version of this Keel, as its package says it. */
export const keelVersion: string = version;

const plain = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:[-+][\w.+-]{1,40})?$/;

/** A version as it was read from a file; undefined for what is none, so that it can be shown. */
export function readVersion(text: unknown): string | undefined {
  return typeof text === 'string' && plain.test(text) ? text : undefined;
}

/** Whether a version is later than another, by its three numbers. */
export function isLater(one: string, other: string): boolean {
  const [left, right] = [numbersOf(one), numbersOf(other)];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at >= 0 && (left[at] ?? 0) > (right[at] ?? 0);
}

function numbersOf(version: string): number[] {
  return (plain.exec(version) ?? []).slice(1, 4).map(Number);
}
