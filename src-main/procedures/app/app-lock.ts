import type { LockPassphrase } from '#environments/lock-passphrase';
import { KeelError } from '#errors/keel-error';
import { inWindowWords } from '#procedures/act-text';
import type { NoteActivity } from '#procedures/note-activity';

/** Whether the app is locked. While it is, the router answers nothing that shows or does anything. */
export interface AppLock {
  isLocked(): boolean;
  /** Unlocking requires a passphrase. */
  isGuarded(): boolean;
  /** Does nothing where it is locked already. */
  lock(): void;
  /** Throws `passphrase-wrong`, after several wrong ones without looking (see `LockPassphrase`). */
  unlock(passphrase: string | undefined): Promise<void>;
  /** Sets, changes or, without `next`, removes the passphrase. Throws `passphrase-wrong` where `current` is not the present one. */
  setPassphrase(current: string | undefined, next: string | undefined): Promise<void>;
}

export interface AppLockPorts {
  readonly passphrase: LockPassphrase;
  /** Must not fail: nobody is locked out because the activity log cannot be written. */
  readonly note: NoteActivity;
  /** Told of every wrong passphrase, and whether the next is waited for. */
  readonly onWrong: (remedy: string) => void;
  /** Hears of every opening and closing. */
  readonly onChange: (locked: boolean) => void;
}

/** Begins locked where there is a passphrase. */
export function createAppLock({ passphrase, note, onWrong, onChange }: AppLockPorts): AppLock {
  let locked = passphrase.isSet();

  const check = async (typed: string | undefined) => {
    try {
      await passphrase.check(typed);
    } catch (error) {
      if (error instanceof KeelError && error.code === 'passphrase-wrong')
        onWrong(inWindowWords(error.remedy));
      throw error;
    }
  };

  const turn = (to: boolean) => {
    if (locked === to) return;
    locked = to;
    onChange(to);
    void note({ action: to ? 'Keel locked' : 'Keel unlocked', detail: '', outcome: 'done' });
  };

  return {
    isLocked: () => locked,
    isGuarded: () => passphrase.isSet(),
    lock: () => turn(true),
    async unlock(typed) {
      if (locked && passphrase.isSet()) await check(typed);
      turn(false);
    },
    async setPassphrase(current, next) {
      const wasSet = passphrase.isSet();
      if (wasSet) await check(current);
      await passphrase.set(next);
      const done = next === undefined ? 'removed' : wasSet ? 'changed' : 'set';
      await note({ action: `lock passphrase ${done}`, detail: '', outcome: 'done' });
    },
  };
}
