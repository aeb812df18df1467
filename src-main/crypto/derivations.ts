import { createHash, scrypt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { KeelError } from '#errors/keel-error';
import { fewInTurn } from '#shared/few-in-turn';
import { oneAfterTheOther } from '#shared/one-after-the-other';

/** The costs of scrypt (RFC 7914, section 2). It takes 128 · n · r bytes of memory. */
export interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/**
 * The keys that this process derives from passphrases, one at a time: each takes a thread of the four that files need too, up to a
 * GiB and up to seconds, and a page may ask for any number of them.
 */
export interface Derivations {
  /**
   * A key of 32 bytes, for the caller to wipe. A salt to which wrong passphrases were given waits first, longer after each. Throws
   * `request-refused` where several wait already: nothing was derived.
   */
  derive(passphrase: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Buffer>;
  /** The same without a pause or a refusal, for a caller that counts wrong ones itself and asks for one at a time. */
  deriveAlways(passphrase: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Buffer>;
  /**
   * Hears whether `key` was the one of this salt, before it is wiped. The right one ends the waiting, and a wrong one that is tried again
   * is no other guess.
   */
  tried(salt: Uint8Array, key: Uint8Array, isRight: boolean): void;
}

/** The one at work, and three that wait: more than a person starts. */
const most = 4;
/** A person mistypes now and then. */
const freeTries = 3;
const firstPauseMs = 250;
const longestPauseMs = 8_000;
/** A page that thinks up salts must not fill memory: those beyond share one count. */
const mostSalts = 1_000;
const others = 'others';

/** `wait` lets so many milliseconds pass. */
export function createDerivations(wait: (ms: number) => Promise<unknown> = pause): Derivations {
  const inTurn = oneAfterTheOther();
  const fewOf = fewInTurn(most, busy, inTurn);
  const wrong = new Map<string, { readonly count: number; readonly last: string }>();
  const countOf = (salt: Uint8Array): string => {
    const name = Buffer.from(salt).toString('hex');
    return wrong.has(name) || wrong.size < mostSalts ? name : others;
  };
  return {
    derive: (passphrase, salt, cost) =>
      fewOf(async () => {
        const ms = pauseMs(wrong.get(countOf(salt))?.count ?? 0);
        if (ms > 0) await wait(ms);
        return scryptOf(passphrase, salt, cost);
      }),
    deriveAlways: (passphrase, salt, cost) => inTurn(() => scryptOf(passphrase, salt, cost)),
    tried(salt, key, isRight) {
      const name = countOf(salt);
      const last = createHash('sha256').update(key).digest('hex');
      const before = wrong.get(name);
      if (isRight) wrong.delete(name);
      else if (before?.last !== last) wrong.set(name, { count: (before?.count ?? 0) + 1, last });
    },
  };
}

/** Those of this process. In memory: starting Keel again forgives, and locks nobody out. */
export const derivations = createDerivations();

function scryptOf(passphrase: Uint8Array, salt: Uint8Array, { n: N, r, p }: ScryptCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // what it needs, and a little more
    const options = { N, r, p, maxmem: 128 * N * r + 32 * 1024 * 1024 };
    scrypt(passphrase, salt, 32, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function pauseMs(wrong: number): number {
  return wrong < freeTries ? 0 : Math.min(firstPauseMs * 2 ** (wrong - freeTries), longestPauseMs);
}

function busy(): KeelError {
  return new KeelError(
    'request-refused',
    'Keel is busy with other passphrases; this one was not tried, and nothing was changed',
    'wait a moment, then try again',
  );
}
