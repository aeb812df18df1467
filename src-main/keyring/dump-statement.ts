import { KeelError } from '#errors/keel-error';
import type { KeyRingState } from './key-entry.ts';
import { changeKeyRing } from './key-ring-file.ts';

/**
 * Keeps, with its date, that no dump of the database begun before a time exists any more; the last statement counts, and
 * without a time it is withdrawn. No key is touched. Throws `usage` for a time that is yet to come.
 */
export function stateDumps(
  folder: string,
  noneBefore: Date | undefined,
  now: Date = new Date(),
): Promise<KeyRingState> {
  if (noneBefore !== undefined && noneBefore.getTime() > now.getTime()) {
    throw new KeelError(
      'usage',
      `${noneBefore.toISOString()} is in the future: nothing can be stated about dumps that do not exist yet; nothing was recorded`,
      'enter a time in the past',
    );
  }
  return changeKeyRing(folder, ({ dumps: _, ...ring }) => ({
    ...ring,
    ...(noneBefore && { dumps: { noneBefore: noneBefore.toISOString(), statedAt: now.toISOString() } }),
  }));
}
