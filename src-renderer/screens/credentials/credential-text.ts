import { counted } from '#shared/counted';
import type { CredentialAddress, ListedCredential } from '#contract/credentials';
import type { Tone } from '../../components/marks/badge.tsx';

/** Credentials in words. Pure. */

export const stateWords: Readonly<
  Record<ListedCredential['state'], { tone: Tone; words: string; why: string }>
> = {
  opens: { tone: 'good', words: 'Decrypts', why: 'The key in use decrypts it.' },
  unopened: {
    tone: 'warn',
    words: 'Another key',
    why: 'No key of this environment decrypts it: it is encrypted with a user’s own key, or damaged. Keel leaves it unchanged.',
  },
  foreign: {
    tone: 'warn',
    words: 'Other format',
    why: 'It is not in its column’s format. Keel leaves it unchanged.',
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

/** How many credentials a list has, of which some may not have been counted yet. */
export function totalInWords(
  credentials: number,
  { complete, busy }: { complete: boolean; busy: boolean },
): string {
  const all = counted(credentials, 'credential');
  if (complete) return all;
  return busy ? `Counting: ${all} so far` : `More than ${all}: search to list the others`;
}
