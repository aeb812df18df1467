import { setTimeout as pause } from 'node:timers/promises';
import { KeelError } from '#errors/keel-error';

/** The server rolled a transaction back since another one wrote the same, and either could be tried again: serialization failure and deadlock. */
const collisions: ReadonlySet<unknown> = new Set(['40001', '40P01']);

export function isCollision(error: unknown): boolean {
  const cause = error instanceof KeelError ? error.cause : error;
  return collisions.has((cause as { code?: unknown } | undefined)?.code);
}

/** Between two attempts, so many milliseconds as often as it was tried. */
const pauseMs = 50;

/**
 * Tries a transaction until it does not collide with others, so many times at most; `rollBack` ends the one that did. Throws what it throws,
 * and `lock-timeout` where others never stop.
 */
export async function withoutCollision<T>(
  attempts: number,
  attempt: (number: number) => Promise<T>,
  rollBack: () => Promise<void>,
): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      if (attempts === 1 || !isCollision(error)) throw error;
      await rollBack();
      if (number >= attempts) throw collided(attempts, error);
      await pause(number * pauseMs);
    }
  }
}

function collided(attempts: number, cause: unknown): KeelError {
  return new KeelError(
    'lock-timeout',
    `other sessions wrote to the tables in each of ${attempts} attempts, and the server rolled the transaction back each time; nothing was changed`,
    'stop what writes to these tables, then try again',
    { cause },
  );
}
