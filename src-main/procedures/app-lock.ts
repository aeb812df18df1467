import type { LockPassphrase } from '#environments/lock-passphrase';

/** Whether the app is locked. While it is, the router answers nothing that shows or does anything. */
export interface AppLock {
  isLocked(): boolean;
  /** Unlocking asks for a passphrase. */
  isGuarded(): boolean;
  lock(): void;
  /** Throws `passphrase-wrong`. */
  unlock(passphrase: string | undefined): Promise<void>;
}

/** Begins locked where there is a passphrase. `onChange` hears of every opening and closing. */
export function createAppLock(passphrase: LockPassphrase, onChange: (locked: boolean) => void): AppLock {
  let locked = passphrase.isSet();
  const turn = (to: boolean) => {
    if (locked === to) return;
    locked = to;
    onChange(to);
  };
  return {
    isLocked: () => locked,
    isGuarded: () => passphrase.isSet(),
    lock: () => turn(true),
    async unlock(typed) {
      if (locked && passphrase.isSet()) await passphrase.check(typed);
      turn(false);
    },
  };
}
