import type { Text } from './text.ts';

/** Every failure that a person can meet. Closed: a new one is added here and gets its exit code in commands. */
export const errorCodes = [
  // what was typed or handed over cannot be used
  'usage',
  'key-malformed',
  'key-weak',
  'key-file-unreadable',
  'inventory-malformed',
  'inventory-unreadable',
  'iv-apart',
  'url-malformed',
  'layout-unknown',
  'passphrase-missing',
  'api-key-malformed',
  'values-missing',
  'archive-unreadable',
  'passphrase-weak',
  'file-exists',
  'file-unreadable',
  'file-unwritable',
  // the server did not let us in, or left
  'server-unreachable',
  'tls-failed',
  'login-refused',
  'database-missing',
  'connection-lost',
  'query-failed',
  // what was written is in the database or not: it could not be asked
  'commit-unsettled',
  // the thing checked is false
  'key-wrong',
  'key-unproven',
  'known-value-missing',
  'drill-failed',
  'stragglers-found',
  // a guard refused; nothing changed
  'same-key',
  'key-publicly-known',
  'confirmation-missing',
  'preflight-stopped',
  'inventory-mismatch',
  'privilege-missing',
  'server-read-only',
  'lock-timeout',
  'write-refused',
  'rows-unopened',
  'rows-ambiguous',
  'to-key-in-use',
  'nothing-to-rotate',
  'artefact-missing',
  'artefact-differs',
  'rotation-running',
  'rotation-unsettled',
  'nothing-to-undo',
  'archive-unfit',
  'nothing-importable',
  'value-changed',
  'value-unopened',
  'verification-failed',
  'api-key-table-missing',
  'api-key-missing',
  'keychain-unavailable',
  'keychain-failed',
  'store-locked',
  'key-not-in-ring',
  'key-needed',
  // what was asked for is so already; nothing changed
  'already-rotated',
  'already-undone',
  'already-imported',
  'already-revoked',
  // what Keel stores, and the practice
  'state-damaged',
  'state-newer',
  'practice-failed',
  // the window asked for what it may not, or too early
  'request-refused',
  'app-locked',
  'gesture-missing',
  'too-many-guesses',
  'passphrase-wrong',
  'password-missing',
  'file-not-chosen',
  'environment-missing',
  'environment-exists',
  'rehearsal-missing',
  'practice-running',
  // the admin stopped it
  'cancelled',
  // a bug
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface KeelErrorDetails {
  readonly cause?: unknown;
  /** The codes of the stops behind it, where a preflight or a review stopped. */
  readonly stops?: readonly string[];
  /** What happened, without what did not change: for the message of a failure in the course of which something did. */
  readonly reason?: string;
  /** What was done before it, for a result in JSON: no secret. */
  readonly done?: object;
}

/**
 * A failure that a person can meet: what happened and what did not change (`message`), and what to do (`remedy`), which each
 * adapter words. Neither ever holds a secret: both are printed, logged and sent to the renderer.
 */
export class KeelError extends Error {
  override readonly name = 'KeelError';
  readonly code: ErrorCode;
  readonly remedy: Text;
  readonly stops?: readonly string[];
  readonly reason: string;
  readonly done?: object;

  constructor(
    code: ErrorCode,
    message: string,
    remedy: Text,
    { cause, stops, reason = message, done }: KeelErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
    this.reason = reason;
    if (stops) this.stops = stops;
    if (done) this.done = done;
  }
}

/** What a failure is noted as: its code, or `internal` where it is a bug. */
export function codeOf(failure: unknown): ErrorCode {
  return failure instanceof KeelError ? failure.code : 'internal';
}
