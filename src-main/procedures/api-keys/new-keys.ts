import { randomUUID } from 'node:crypto';
import type { NewApiKey } from '#contract/api-keys';
import type { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';

/** API keys that were made in this session and can still be shown: nothing else has them, the database only their hashes. */
export interface NewApiKeys {
  /** Takes over the key. The oldest one goes where there are too many. */
  keep(environment: string, key: Secret, made: Omit<NewApiKey, 'ticket'>): NewApiKey;
  list(environment: string): NewApiKey[];
  /** Throws `api-key-missing` once it is wiped. It stays owned here. */
  find(environment: string, ticket: string): NewApiKey & { readonly key: Secret };
  discard(environment: string, ticket: string): void;
  wipe(): void;
}

/** Whoever makes more keys than this has long put the first ones where they belong. */
const maxKept = 20;

export function createNewApiKeys(): NewApiKeys {
  const kept = new Map<
    string,
    { readonly environment: string; readonly key: Secret; readonly made: NewApiKey }
  >();
  const drop = (ticket: string) => {
    kept.get(ticket)?.key[Symbol.dispose]();
    kept.delete(ticket);
  };
  return {
    keep(environment, key, made) {
      const [oldest] = kept.keys();
      if (kept.size >= maxKept && oldest !== undefined) drop(oldest);
      const fresh = { ticket: randomUUID(), ...made };
      kept.set(fresh.ticket, { environment, key, made: fresh });
      return fresh;
    },
    list: (environment) =>
      [...kept.values()].filter((one) => one.environment === environment).map(({ made }) => made),
    find(environment, ticket) {
      const found = kept.get(ticket);
      if (found?.environment === environment) return { ...found.made, key: found.key };
      throw new KeelError(
        'api-key-missing',
        'this key can no longer be shown: it was closed, or Keel was locked in the meantime',
        'replace it: the new key is shown once',
      );
    },
    discard(environment, ticket) {
      if (kept.get(ticket)?.environment === environment) drop(ticket);
    },
    wipe() {
      for (const ticket of [...kept.keys()]) drop(ticket);
    },
  };
}
