import type { BeyondReach } from '#contract/beyond-reach';
import type { EncryptedColumn, SecretKind } from '#contract/inventory';
import { qualifiedName } from '#postgres/identifiers';
import { columnPath } from '#shared/column-path';

export interface ReachedColumn {
  readonly entry: EncryptedColumn;
  /** Credentials in it, where they were counted. */
  readonly values?: number;
}

/** Where a credential of each kind is replaced. */
const replacedWhere: Readonly<Record<SecretKind, string>> = {
  'database-password': 'in the database it logs in to: set a new password for the role',
  'connection-string': 'in the database or service it connects to: set a new password there',
  'oauth-refresh-token': 'at the provider: revoke the authorisation, then reconnect the source',
  'oauth-access-token': 'at the provider: revoke it; it also expires on its own',
  'api-credential': 'at the provider: revoke the API key and create a new one',
  credentials: 'at each source: change the credentials that it uses',
  unknown: 'at each source: the kind of credential was not recognised',
};

/**
 * What a rotation from `key` does not reach, for every caller alike. VACUUM removes the dead rows with the old ciphertexts, and
 * ANALYZE collects the statistics again, whose samples may hold some.
 */
export function beyondReach(key: string, columns: readonly ReachedColumn[]): BeyondReach {
  const tables = [...new Set(columns.map(({ entry }) => qualifiedName(entry.schema, entry.table)))];
  return {
    key,
    places: [
      {
        what: 'dead rows and statistics of the rewritten tables',
        remedy:
          'run this as the owner of the tables, once no transaction from before the commit is still open',
        statements: tables.map((table) => `VACUUM (ANALYZE) ${table};`),
      },
      {
        what: 'the write-ahead log and its archive',
        remedy: 'delete archived segments from before the commit once no restore needs them',
        statements: [],
      },
      {
        what: 'replicas',
        remedy:
          'wait until each has replayed the commit; delete standbys and subscriptions that were stopped before it',
        statements: [],
      },
      {
        what: 'dumps, base backups and snapshots from before the rotation',
        remedy: 'delete them, or keep the key for as long as you keep them',
        statements: [],
      },
    ],
    replace: Object.entries(replacedWhere).flatMap(([name, where]) => {
      const kind = name as SecretKind;
      const mine = columns.filter(({ entry }) => entry.kind === kind);
      if (mine.length === 0) return [];
      const named = mine.map(({ entry, values }) => ({
        name: columnPath(entry),
        ...(values !== undefined && { values }),
      }));
      return [{ kind, where, columns: named }];
    }),
  };
}
