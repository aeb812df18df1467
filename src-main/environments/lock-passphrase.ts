import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { KeelError } from '#errors/keel-error';
import { cannotWrite, syncFolder, writeDurably } from './durable-file.ts';
import { withFolderLock } from './folder-lock.ts';
import { madeFolder } from './keel-home.ts';

/** scrypt (RFC 7914) at 64 MiB and two passes: about a third of a second a try. */
const cost = { n: 2 ** 16, r: 8, p: 2 };
/** Wrong tries that cost nothing but their time. */
const freeTries = 3;
const longestWaitSeconds = 60;

const lockFile = z.strictObject({
  salt: z.base64(),
  hash: z.base64(),
  n: z
    .int()
    .min(2)
    .max(2 ** 18),
  r: z.int().min(1).max(16),
  p: z.int().min(1).max(4),
  /** Wrong tries since the last right one, kept so that a restart does not forgive them. */
  wrongTries: z.int().nonnegative(),
  lastTryAt: z.iso.datetime().optional(),
});
type LockFile = z.infer<typeof lockFile>;

/**
 * The passphrase that unlocking asks for, as a salted scrypt hash in `lock.json`. It keeps a passer-by off the window; it
 * encrypts nothing, and whoever can delete that file can do without it.
 */
export interface LockPassphrase {
  /** There is one. */
  isSet(): boolean;
  /**
   * Returns if it is the passphrase. Throws `passphrase-wrong`. From the third wrong try on the next one is only looked at
   * after 2, 4, 8 … at most 60 seconds, also after a restart. Throws `state-damaged` where `lock.json` cannot be read.
   */
  check(passphrase: string | undefined): Promise<void>;
  /** Sets another one, or none. The caller has checked the present one. */
  set(passphrase: string | undefined): Promise<void>;
}

export function openLockPassphrase(home: string, now: () => number = Date.now): LockPassphrase {
  const path = join(home, 'lock.json');
  return {
    isSet: () => existsSync(path),
    check: (passphrase) =>
      withFolderLock(home, 'lock', async () => {
        const stored = await readLock(path);
        refuseTooEarly(stored, now());
        // counted before it is looked at: ending the process in between does not save a try
        const lastTryAt = new Date(now()).toISOString();
        const counted = { ...stored, wrongTries: stored.wrongTries + 1, lastTryAt };
        await writeLock(path, counted);
        if (passphrase === undefined || !(await isRight(passphrase, stored))) throw wrong(counted);
        await writeLock(path, { ...stored, wrongTries: 0, lastTryAt });
      }),
    async set(passphrase) {
      await madeFolder(home);
      await withFolderLock(home, 'lock', async () => {
        if (passphrase === undefined) {
          await rm(path, { force: true }).catch((error: unknown) => {
            throw cannotWrite(path, error);
          });
          await syncFolder(home);
          return;
        }
        const salt = randomBytes(16);
        const hash = await hashOf(passphrase, salt, cost);
        const encoded = { salt: salt.toString('base64'), hash: hash.toString('base64') };
        await writeLock(path, { ...cost, ...encoded, wrongTries: 0 });
      });
    },
  };
}

/** Seconds from the last wrong try until the next one counts. */
function waitSeconds(wrongTries: number): number {
  return wrongTries < freeTries ? 0 : Math.min(2 ** (wrongTries - freeTries + 1), longestWaitSeconds);
}

function refuseTooEarly({ wrongTries, lastTryAt }: LockFile, now: number): void {
  if (lastTryAt === undefined) return;
  const waited = (now - Date.parse(lastTryAt)) / 1000;
  const left = Math.ceil(waitSeconds(wrongTries) - waited);
  // a clock that was put back must not lock the admin out for hours
  if (left <= 0 || waited < 0) return;
  throw new KeelError(
    'passphrase-wrong',
    `after ${wrongTries} wrong passphrases this one was not looked at`,
    `wait ${left} s, then try again`,
  );
}

function wrong({ wrongTries }: LockFile): KeelError {
  const wait = waitSeconds(wrongTries);
  return new KeelError(
    'passphrase-wrong',
    'that is not the passphrase; Keel stays locked',
    wait === 0 ? 'try again' : `wait ${wait} s, then try again`,
  );
}

async function isRight(passphrase: string, { hash, salt, n, r, p }: LockFile): Promise<boolean> {
  const stored = Buffer.from(hash, 'base64');
  const typed = await hashOf(passphrase, Buffer.from(salt, 'base64'), { n, r, p });
  return stored.length === typed.length && timingSafeEqual(stored, typed);
}

function hashOf(passphrase: string, salt: Buffer, { n, r, p }: typeof cost): Promise<Buffer> {
  // the same letters typed on another system may be composed differently
  const typed = Buffer.from(passphrase.normalize('NFC'), 'utf8');
  return new Promise<Buffer>((resolve, reject) => {
    scrypt(typed, salt, 32, { N: n, r, p, maxmem: 256 * n * r }, (error, hash) => {
      typed.fill(0);
      if (error) reject(error);
      else resolve(hash);
    });
  });
}

async function readLock(path: string): Promise<LockFile> {
  try {
    return lockFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new KeelError(
      'state-damaged',
      `the lock's file ${path} cannot be read; Keel stays locked`,
      'put back its last good copy, or delete it: Keel then asks for no passphrase',
      { cause: error },
    );
  }
}

function writeLock(path: string, lock: LockFile): Promise<void> {
  return writeDurably(path, `${JSON.stringify(lock)}\n`);
}
