import { type ApiKeyRole, apiKeyRoles, type ApiKeyTable } from '#contract/api-keys';
import { inSnakeCase } from './state-words.ts';
import type { ColumnFacts, ColumnKind } from './table-facts.ts';

/** The columns of a table of keys by what they say of a key. */
export type KeyColumns = Readonly<Partial<Record<ApiKeyRole, ColumnFacts>>> & { readonly hash: ColumnFacts };

/** What a column of that role is called, and what it can be. */
const signs: Readonly<Record<ApiKeyRole, readonly { kind: ColumnKind; names: RegExp }[]>> = {
  hash: [{ kind: 'text', names: /hash|digest/ }],
  name: [{ kind: 'text', names: /^(key_)?(name|label|title)$|^description$/ }],
  prefix: [{ kind: 'text', names: /prefix|^key_(start|hint|beginning)$|^first_chars$/ }],
  scope: [{ kind: 'text', names: /^(key_|api_key_)?(scopes?|access|permissions?)$/ }],
  created: [{ kind: 'time', names: /^(created|inserted|issued)(_?(at|on|time|date))?$|^date_created$/ }],
  lastUsed: [{ kind: 'time', names: /^last_?(used|seen|access|accessed)(_?(at|on|time|date))?$|^used_at$/ }],
  expires: [{ kind: 'time', names: /expir|^valid_(until|to)$/ }],
  active: [
    { kind: 'boolean', names: /^(is_?)?(active|enabled|valid)$/ },
    { kind: 'boolean', names: /^(is_?)?(revoked|disabled|inactive|blocked)$/ },
    { kind: 'time', names: /^(revoked|disabled|deactivated)(_?(at|on|time|date))?$/ },
  ],
};

/** Kinds that a role may have where the admin names its column. */
export function mayHold(role: ApiKeyRole, { kind }: ColumnFacts): boolean {
  return signs[role].some((sign) => sign.kind === kind);
}

/** The roles that a column could have, by its type. */
export function rolesOf(column: ColumnFacts): ApiKeyRole[] {
  return apiKeyRoles.filter((role) => mayHold(role, column));
}

/** The columns that names and types suggest. `hash` is known from content, where it is known. */
export function proposeColumns(
  columns: readonly ColumnFacts[],
  hash?: string,
): Partial<ApiKeyTable['columns']> {
  const taken = new Set(hash === undefined ? [] : [hash]);
  const proposed: Partial<Record<ApiKeyRole, string>> = hash === undefined ? {} : { hash };
  for (const role of apiKeyRoles) {
    if (proposed[role] !== undefined) continue;
    for (const { kind, names } of signs[role]) {
      const found = columns.find(
        (column) => column.kind === kind && !taken.has(column.name) && names.test(inSnakeCase(column.name)),
      );
      if (!found) continue;
      proposed[role] = found.name;
      taken.add(found.name);
      break;
    }
  }
  return proposed;
}
