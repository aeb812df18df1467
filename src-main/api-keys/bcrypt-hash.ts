import type { Secret } from '#crypto/secret';

/** `$2a$`, `$2b$` and `$2y$` name the same algorithm; `$2x$` is a known miscalculation that nobody should rely on. */
const form = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** The cost of a bcrypt hash; undefined for anything else. */
export function costOf(hash: string): number | undefined {
  const cost = Number(form.exec(hash)?.[1]);
  return cost >= 4 && cost <= 31 ? cost : undefined;
}

/** Hashes a key in the thread pool. `cost` is the base-2 logarithm of the rounds. */
export async function hashKey(key: Secret, cost: number): Promise<string> {
  const { hash } = await loadBcrypt();
  return hash(key.bytes, cost);
}

/** Whether the hash is the key's, computed in the thread pool. False for a hash of another form. */
export async function fits(key: Secret, hash: string): Promise<boolean> {
  if (costOf(hash) === undefined) return false;
  const { compare } = await loadBcrypt();
  // PHP's and htpasswd's name for it, which the library does not take
  return compare(key.bytes, hash.replace(/^\$2y/, '$2b'));
}

/** A native module, loaded by what needs it. */
async function loadBcrypt(): Promise<typeof import('bcrypt')> {
  return (await import('bcrypt')).default;
}
