import type { ApiKeyTable, NeededColumn } from '#contract/api-keys';

export const scopeKinds = ['organization', 'collection', 'user'] as const;
export type ScopeKind = (typeof scopeKinds)[number];

export const lifetimes = ['30', '90', '180', '365', 'day', 'never'] as const;
export type Lifetime = (typeof lifetimes)[number];

/** What is typed about a key that is to be made. */
export interface NewKeyDraft {
  readonly name: string;
  readonly scopeKind: ScopeKind;
  /** Of the collection or the user. */
  readonly scopeId: string;
  readonly lifetime: Lifetime;
  /** `2027-06-30`, where the lifetime is `day`. */
  readonly day: string;
  readonly cost: string;
  readonly values: Readonly<Record<string, string>>;
}

export function emptyDraft(needed: readonly NeededColumn[], name = ''): NewKeyDraft {
  // where all rows have the same, the next one most likely has it too
  const values = needed.map(({ column, seen }) => [column, seen.length === 1 ? (seen[0] ?? '') : '']);
  return {
    name,
    scopeKind: 'collection',
    scopeId: '',
    lifetime: '90',
    day: '',
    cost: '12',
    values: Object.fromEntries(values),
  };
}

const beginnings = { collection: 'col_', user: 'usr_' } as const;

/** As Ballast writes it; undefined while the id is not one. The id's beginning may be left out. */
export function scopeOf({ scopeKind, scopeId }: NewKeyDraft): string | undefined {
  if (scopeKind === 'organization') return scopeKind;
  const beginning = beginnings[scopeKind];
  const typed = scopeId.trim().replace(/^(collection|user):/, '');
  const id = typed.startsWith(beginning) ? typed : `${beginning}${typed}`;
  return /^[a-z]+_[\w-]+$/.test(id) ? `${scopeKind}:${id}` : undefined;
}

const dayMs = 86_400_000;

/** When the key ends, without `expiresAt` never; undefined for a day that is none, or past. */
export function expiryOf(
  { lifetime, day }: NewKeyDraft,
  now: number,
): { readonly expiresAt?: string } | undefined {
  if (lifetime === 'never') return {};
  if (lifetime !== 'day') return { expiresAt: new Date(now + Number(lifetime) * dayMs).toISOString() };
  // to the end of that day, where one is
  const at = Date.parse(`${day}T23:59:59`);
  return Number.isNaN(at) || at <= now ? undefined : { expiresAt: new Date(at).toISOString() };
}

/** What is still missing, as the dialog says it. */
export function missingInDraft(
  draft: NewKeyDraft,
  columns: ApiKeyTable['columns'],
  needed: readonly NeededColumn[],
  now: number,
): string | undefined {
  if (columns.name !== undefined && draft.name.trim() === '') return 'Enter a name';
  if (columns.scope !== undefined && scopeOf(draft) === undefined) return 'Choose a scope';
  if (columns.expires !== undefined && expiryOf(draft, now) === undefined) return 'Choose a future date';
  const empty = needed.find(({ column }) => (draft.values[column] ?? '').trim() === '');
  return empty && `Enter a value for ${empty.column}`;
}
