import { availableParallelism } from 'node:os';
import type { ApiKey, ApiKeyVerification } from '#contract/api-keys';
import type { Secret } from '#crypto/secret';
import { fits } from './bcrypt-hash.ts';
import type { KeyRow } from './key-rows.ts';
import { keyBeginning } from './key-text.ts';

export interface VerifyOptions {
  /** Also compares the rows whose prefix is another's. */
  readonly everything: boolean;
  readonly signal?: AbortSignal;
  readonly onTried?: (done: number, total: number) => void;
}

/** Hashes computed at once. Node's thread pool has four threads, and files and names need one too. */
const atOnce = Math.min(3, availableParallelism());

/**
 * Finds the row whose hash is the key's. Rows whose prefix begins the key come first;
 * those with another key's prefix are left out, unless everything is asked for. Ends at the first match that Ballast would
 * accept; one whose state is unclear is answered when no such fits, and a revoked or expired one when no other does. Aborting throws within the time of one hash.
 */
export async function verifyKey(
  rows: readonly KeyRow[],
  key: Secret,
  { everything, signal, onTried }: VerifyOptions,
): Promise<ApiKeyVerification> {
  const text = key.bytes.toString('latin1');
  const byBcrypt = rows.filter((row) => row.key.cost !== undefined);
  const candidates = byBcrypt.filter((row) => everything || !isAnothers(row, text));
  const begins = ({ prefix }: KeyRow) => prefix !== '' && text.startsWith(prefix);
  const queue = [...candidates.filter(begins), ...candidates.filter((row) => !begins(row))];

  const matches: ApiKey[] = [];
  let [next, tried] = [0, 0];
  const works = ({ active, expired }: ApiKey) => active && !expired;
  onTried?.(0, queue.length);
  const compare = async () => {
    for (let row = queue[next++]; row; row = queue[next++]) {
      signal?.throwIfAborted();
      if (await fits(key, row.hash)) matches.push(row.key);
      tried++;
      onTried?.(tried, queue.length);
      if (matches.some(works)) return;
    }
  };
  // all have ended before the key may be wiped
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, compare));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  const mayWork = ({ unclear, expired }: ApiKey) => unclear !== undefined && !expired;
  const match = matches.find(works) ?? matches.find(mayWork) ?? matches[0];
  return {
    tried,
    ruledOut: byBcrypt.length - candidates.length,
    unverifiable: rows.length - byBcrypt.length,
    ...(match && { match }),
  };
}

/** Whether the prefix can only be another key's. One of another form (a mask, a name) says nothing. */
function isAnothers({ prefix }: KeyRow, key: string): boolean {
  const isBeginning = prefix.startsWith(keyBeginning) && /^[\w-]{4,}$/.test(prefix);
  return isBeginning && !key.startsWith(prefix);
}
