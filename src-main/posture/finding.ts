import type { PostureArea, PostureFinding } from '#contract/posture';

/** What a finding is about: the same whatever was found. */
export interface Subject {
  readonly id: string;
  readonly area: PostureArea;
  readonly title: string;
  readonly why: string;
}

export function pass(subject: Subject, seen: string): PostureFinding {
  return { ...subject, status: 'pass', seen };
}

export function warn(subject: Subject, seen: string, remedy: string): PostureFinding {
  return { ...subject, status: 'warn', seen, remedy };
}

export function fail(subject: Subject, seen: string, remedy: string): PostureFinding {
  return { ...subject, status: 'fail', seen, remedy };
}

/** Nothing could be seen; the remedy says what would change that. */
export function unknown(subject: Subject, seen: string, remedy: string): PostureFinding {
  return { ...subject, status: 'unknown', seen, remedy };
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
