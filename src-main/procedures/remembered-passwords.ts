import { setTimeout as pause } from 'node:timers/promises';
import type { PasswordStore } from '#keyring/password-store';

export interface RememberedPasswordsOptions {
  /** Waits for the keychain as long as it takes. */
  readonly passwords: Pick<PasswordStore, 'get'>;
  /** Called when a password turns up after it was told that there is none. */
  readonly changed: () => void;
  /** Milliseconds that an answer may take. */
  readonly timeoutMs?: number;
}

/** How long an answer that came too late is taken for true, so that a slow keychain is not asked in a circle. */
const rememberMs = 30_000;

/** Whether the keychain holds the password of an environment's database; no where it does not say so in time. */
export function lookForRemembered({
  passwords,
  changed,
  timeoutMs = 2_000,
}: RememberedPasswordsOptions): (environment: string) => Promise<boolean> {
  const asked = new Map<string, Promise<boolean>>();
  const overdue = new Set<string>();
  const late = new Map<string, number>();
  let before: Promise<unknown> = Promise.resolve();

  const ask = (environment: string): Promise<boolean> => {
    // one after the other: each call that a silent keychain does not answer holds a thread, and files need threads too
    const answer = before.then(async () => {
      using stored = await passwords.get(environment);
      asked.delete(environment);
      const wasOverdue = overdue.delete(environment);
      if (stored && wasOverdue) {
        late.set(environment, Date.now());
        changed();
      }
      return stored !== undefined;
    });
    before = answer;
    asked.set(environment, answer);
    return answer;
  };

  return async (environment) => {
    if (Date.now() - (late.get(environment) ?? 0) < rememberMs) return true;
    const answer = asked.get(environment) ?? ask(environment);
    const inTime = await Promise.race([answer, pause(timeoutMs, undefined)]);
    if (inTime === undefined) overdue.add(environment);
    return inTime ?? false;
  };
}
