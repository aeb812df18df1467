import { randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { derivations, type ScryptCost } from '#crypto/derivations';
import { KeelError } from '#errors/keel-error';
import { locked, readState, removeState, writeState } from '#storage/state-file';
import { stateDamaged, stateKind } from '#storage/state-kind';

/** scrypt (RFC 7914) at 64 MiB and two passes: about a third of a second per attempt. */
const usualCost = { n: 2 ** 16, r: 8, p: 2 };
/** Wrong attempts that cost nothing but their time. */
const freeTries = 3;
const longestWaitSeconds = 60;
const uncountedTryMs = 2_000;

const lockFile = z.strictObject({
  salt: z.base64(),
  hash: z.base64(),
  n: z
    .int()
    .min(2)
    .max(2 ** 18),
  r: z.int().min(1).max(16),
  p: z.int().min(1).max(4),
  /** Wrong attempts since the last correct one, kept so that a restart does not forgive them. */
  wrongTries: z.int().nonnegative(),
  lastTryAt: z.iso.datetime().optional(),
});
type LockFile = z.infer<typeof lockFile>;

export const lockKind = stateKind({
  file: 'lock.json',
  what: 'the app lock file',
  version: 1,
  schema: lockFile,
  remedy: 'restore its last good copy, or delete it: Keel then asks for no passphrase',
  firstHadNoVersion: true,
});

type Tries = Pick<LockFile, 'wrongTries' | 'lastTryAt'>;

/**
 * The passphrase that unlocking asks for, as a salted scrypt hash in `lock.json`. It keeps passers-by out of the window; it
 * encrypts nothing, and anyone who can delete that file does not need it.
 */
export interface LockPassphrase {
  /** There is one. */
  isSet(): boolean;
  /**
   * Returns if the passphrase is correct. Throws `passphrase-wrong`. From the third wrong attempt on, the next one is only
   * checked after 2, 4, 8 … at most 60 seconds, also after a restart. On a full disk attempts are counted in memory, and each
   * takes two seconds longer. Throws `state-damaged` if `lock.json` cannot be read, and `state-newer`.
   */
  check(passphrase: string | undefined): Promise<void>;
  /** Sets another one, or none. The caller has checked the current one. */
  set(passphrase: string | undefined): Promise<void>;
}

/** `cost` applies to hashes that are set; tests lower it. A stored hash is checked at the cost stored with it. */
export function openLockPassphrase(
  home: string,
  now: () => number = Date.now,
  cost: typeof usualCost = usualCost,
): LockPassphrase {
  const path = join(home, 'lock.json');
  // attempts that a full disk did not record; they count in addition to the recorded ones
  let unwritten: Tries | undefined;

  const count = async (stored: LockFile, tries: Tries): Promise<'on disk' | 'in memory'> => {
    unwritten = tries;
    try {
      await writeState(lockKind, path, { ...stored, ...tries });
    } catch (error) {
      if (isUnwritable(error)) return 'in memory';
      throw error;
    }
    if (unwritten === tries) unwritten = undefined;
    return 'on disk';
  };

  const look = async (passphrase: string | undefined) => {
    const stored = await readLock(path);
    const { wrongTries, lastTryAt } = unwritten ?? stored;
    refuseTooEarly({ wrongTries, lastTryAt }, now());
    // counted before it is checked: ending the process in between does not save an attempt
    const counted = { wrongTries: wrongTries + 1, lastTryAt: new Date(now()).toISOString() };
    // an attempt that a restart forgives takes its time instead
    if ((await count(stored, counted)) === 'in memory') await pause(uncountedTryMs);
    if (passphrase === undefined || !(await isRight(passphrase, stored))) throw wrong(counted);
    await count(stored, { ...counted, wrongTries: 0 });
  };

  return {
    isSet: () => existsSync(path),
    check: (passphrase) =>
      locked(path, () => look(passphrase)).catch((error: unknown) => {
        // no room for the folder's lock either: there is one window, whose attempts are counted here before they are checked
        if (isUnwritable(error)) return look(passphrase);
        throw error;
      }),
    async set(passphrase) {
      await locked(path, async () => {
        if (passphrase === undefined) return removeState(lockKind, path);
        const salt = randomBytes(16);
        const hash = await hashOf(passphrase, salt, cost);
        const encoded = { salt: salt.toString('base64'), hash: hash.toString('base64') };
        await writeState(lockKind, path, { ...cost, ...encoded, wrongTries: 0 });
        unwritten = undefined;
      });
    },
  };
}

/** Seconds from the last wrong attempt until the next one is checked. */
function waitSeconds(wrongTries: number): number {
  return wrongTries < freeTries ? 0 : Math.min(2 ** (wrongTries - freeTries + 1), longestWaitSeconds);
}

function refuseTooEarly({ wrongTries, lastTryAt }: Tries, now: number): void {
  if (lastTryAt === undefined) return;
  const waited = (now - Date.parse(lastTryAt)) / 1000;
  const left = Math.ceil(waitSeconds(wrongTries) - waited);
  // a clock that was set back must not lock the admin out for hours
  if (left <= 0 || waited < 0) return;
  throw new KeelError(
    'passphrase-wrong',
    `after ${wrongTries} wrong passphrases, this one was not checked`,
    `wait ${left} s, then try again`,
  );
}

function wrong({ wrongTries }: Tries): KeelError {
  const wait = waitSeconds(wrongTries);
  return new KeelError(
    'passphrase-wrong',
    'wrong passphrase; Keel stays locked',
    wait === 0 ? 'try again' : `wait ${wait} s, then try again`,
  );
}

async function isRight(passphrase: string, { hash, salt, n, r, p }: LockFile): Promise<boolean> {
  const stored = Buffer.from(hash, 'base64');
  const typed = await hashOf(passphrase, Buffer.from(salt, 'base64'), { n, r, p });
  return stored.length === typed.length && timingSafeEqual(stored, typed);
}

async function hashOf(passphrase: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  // the same letters typed on another system may be composed differently
  const typed = Buffer.from(passphrase.normalize('NFC'), 'utf8');
  // wrong ones are counted in the file, whose lock lets one in at a time
  return derivations.deriveAlways(typed, salt, cost).finally(() => typed.fill(0));
}

async function readLock(path: string): Promise<LockFile> {
  const stored = await readState(lockKind, path);
  if (stored) return stored;
  throw stateDamaged(lockKind, path, 'it is missing, and Keel stays locked');
}

function isUnwritable(error: unknown): boolean {
  return error instanceof KeelError && error.code === 'file-unwritable';
}
