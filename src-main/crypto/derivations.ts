import { createHash, scrypt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { KeelError } from '#errors/keel-error';
import { fewInTurn } from '#shared/few-in-turn';
import type { InTurn } from '#shared/one-after-the-other';

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
   * A key of 32 bytes, for the caller to wipe. A salt to which wrong passphrases were given waits first, longer after each, and holds up
   * no other. Throws `request-refused` where several wait already: nothing was derived.
   */
  derive(passphrase: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Buffer>;
  /**
   * The same without a pause or a refusal, right after the one at work, for a caller that counts wrong ones itself and asks for one at a
   * time.
   */
  deriveAlways(passphrase: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Buffer>;
  /**
   * Hears whether `key` was the one of this salt, before it is wiped. The right one ends the waiting, and a wrong one that is tried again
   * is no other guess.
   */
  tried(salt: Uint8Array, key: Uint8Array, isRight: boolean): void;
}

/** The one at work, and three that wait: more than a person starts. Of one salt as many, its pause among them. */
const most = 4;
/** Salts that pause at once. */
const mostPausing = 32;
/** A person mistypes now and then. */
const freeTries = 3;
const firstPauseMs = 250;
const longestPauseMs = 8_000;
/** A page that thinks up salts must not fill memory: those beyond share one count. */
const mostSalts = 1_000;
const others = 'others';

/** `wait` lets so many milliseconds pass. */
export function createDerivations(wait: (ms: number) => Promise<unknown> = pause): Derivations {
  const { usual, urgent } = turns();
  const fewOf = fewInTurn(most, busy, usual);
  const bySalt = new Map<string, { readonly inTurn: InTurn; asked: number }>();
  let pausing = 0;
  const wrong = new Map<string, { readonly count: number; readonly last: string }>();
  const countOf = (salt: Uint8Array): string => {
    const name = Buffer.from(salt).toString('hex');
    return wrong.has(name) || wrong.size < mostSalts ? name : others;
  };
  const ofSalt = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const queue = bySalt.get(name) ?? { inTurn: fewInTurn(most, busy), asked: 0 };
    bySalt.set(name, queue);
    queue.asked++;
    try {
      return await queue.inTurn(work);
    } finally {
      queue.asked -= 1;
      if (queue.asked === 0) bySalt.delete(name);
    }
  };
  const afterPause = async (name: string) => {
    const ms = pauseMs(wrong.get(name)?.count ?? 0);
    if (ms === 0) return;
    if (pausing >= mostPausing) throw busy();
    pausing++;
    await wait(ms).finally(() => pausing--);
  };
  return {
    derive(passphrase, salt, cost) {
      const name = countOf(salt);
      return ofSalt(name, async () => {
        // before the turn: nobody else waits for it
        await afterPause(name);
        return fewOf(() => scryptOf(passphrase, salt, cost));
      });
    },
    deriveAlways: (passphrase, salt, cost) => urgent(() => scryptOf(passphrase, salt, cost)),
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

/** One queue with two entrances: what is urgent comes next, whoever waits. */
function turns(): { readonly usual: InTurn; readonly urgent: InTurn } {
  const first: (() => void)[] = [];
  const others: (() => void)[] = [];
  let working = false;
  const next = () => {
    const start = first.shift() ?? others.shift();
    working = start !== undefined;
    start?.();
  };
  const enter =
    (queue: (() => void)[]): InTurn =>
    (work) =>
      new Promise((resolve, reject) => {
        queue.push(() => void work().then(resolve, reject).finally(next));
        if (!working) next();
      });
  return { usual: enter(others), urgent: enter(first) };
}

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
