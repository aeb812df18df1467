import type { PostureArea, PostureFinding, PostureStatus } from '#contract/posture';
import type { Text } from '#errors/text';

/** A finding whose remedy each adapter words. */
export interface JudgedFinding extends Omit<PostureFinding, 'remedy'> {
  readonly remedy?: Text | undefined;
}

/** From nothing to do to the worst. */
export const severities: readonly PostureStatus[] = ['pass', 'unknown', 'warn', 'fail'];

/** What a finding is about: the same whatever was found. */
export interface Subject {
  readonly id: string;
  readonly area: PostureArea;
  readonly title: string;
  readonly why: string;
}

export function pass(subject: Subject, seen: string): JudgedFinding {
  return { ...subject, status: 'pass', seen };
}

export function warn(subject: Subject, seen: string, remedy: Text): JudgedFinding {
  return { ...subject, status: 'warn', seen, remedy };
}

export function fail(subject: Subject, seen: string, remedy: Text): JudgedFinding {
  return { ...subject, status: 'fail', seen, remedy };
}

/** Nothing could be seen; the remedy says what would change that. */
export function unknown(subject: Subject, seen: string, remedy: Text): JudgedFinding {
  return { ...subject, status: 'unknown', seen, remedy };
}

/** Findings in the words of an adapter. */
export function findingsInWords(
  findings: readonly JudgedFinding[],
  words: (text: Text) => string,
): PostureFinding[] {
  return findings.map(({ remedy, ...finding }) => ({
    ...finding,
    ...(remedy !== undefined && { remedy: words(remedy) }),
  }));
}

const dayMs = 86_400_000;

/** Whole days from one moment to a later one; negative where it is past. */
export function daysBetween(from: string | number, to: string | number): number {
  return Math.floor((moment(to) - moment(from)) / dayMs);
}

/** The day of a moment, like `2026-11-25`. */
export function dayOf(at: string): string {
  return at.slice(0, 10);
}

function moment(at: string | number): number {
  return typeof at === 'number' ? at : Date.parse(at);
}
