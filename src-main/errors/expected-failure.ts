import { type ErrorCode, KeelError } from './keel-error.ts';

/**
 * What was caught, as a failure that a person can meet: of one of `codes`, where any are named. Throws on whatever else it is, so that
 * a bug is never taken for an answer.
 */
export function expectedFailure(caught: unknown, ...codes: readonly ErrorCode[]): KeelError {
  if (caught instanceof KeelError && (codes.length === 0 || codes.includes(caught.code))) return caught;
  throw caught;
}
