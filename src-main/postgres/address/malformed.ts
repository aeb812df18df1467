import { KeelError } from '#errors/keel-error';

/** How an address is written where nothing else is known of it. */
export const example = 'use the format postgres://user@host:5432/database?sslmode=verify-full';

/** The refusal of an address. Its words name parameters and never the password. */
export function malformed(message: string, remedy: string, cause?: unknown): KeelError {
  return new KeelError('url-malformed', `${message}; no connection was made`, remedy, { cause });
}
