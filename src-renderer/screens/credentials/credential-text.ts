import { counted, formatCount } from '#shared/counted';
import type { CredentialAddress, ListedCredential } from '#contract/credentials';
import { asSentence } from '../../components/format.ts';
import type { Tone } from '../../components/marks/badge.tsx';

/** Credentials in words. Pure. */

export const stateWords: Readonly<
  Record<ListedCredential['state'], { tone: Tone; words: string; why: string }>
> = {
  opens: { tone: 'good', words: 'Opens', why: 'It opens under the key in use.' },
  unopened: {
    tone: 'warn',
    words: 'Another key',
    why: 'It opens under no key of this environment: a user’s own, or damaged. Keel leaves it as it is.',
  },
  foreign: {
    tone: 'warn',
    words: 'Another form',
    why: 'It is not written as its column should be. Keel leaves it as it is.',
  },
};

/** The source that a credential belongs to, as far as the database tells. */
export function sourceOf({ shortName, name, table }: ListedCredential): string {
  return name ?? shortName ?? table;
}

/** Tells credentials apart. */
export function addressKey({ schema, table, column, path, leaf, key }: CredentialAddress): string {
  return JSON.stringify([schema, table, column, path, leaf, key]);
}

/** What a procedure wants of a listed credential. */
export function addressOf(credential: ListedCredential): CredentialAddress {
  const { schema, table, column, path, leaf, key } = credential;
  return {
    schema,
    table,
    column,
    key,
    ...(path !== undefined && { path }),
    ...(leaf !== undefined && { leaf }),
  };
}

/** How many credentials a list has, of which some may not have been read yet. `total` is not known at once. */
export function totalInWords(
  listed: number,
  hasMore: boolean,
  total: { readonly credentials: number; readonly complete: boolean } | undefined,
): string {
  if (!hasMore) return counted(listed, 'credential');
  const first = `the first ${formatCount(listed)} are listed, more as you scroll`;
  if (!total) return asSentence(first).replace(/\.$/, '');
  const all = counted(total.credentials, 'credential');
  return `${total.complete ? all : `More than ${all}`}; ${first}`;
}
