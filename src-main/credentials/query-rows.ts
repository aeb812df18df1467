import type { Client } from 'pg';
import { fromDriverError } from '#postgres/connection-errors';
import {
  type CredentialRow,
  type CredentialTable,
  readRow,
  type RowSelection,
  selectRows,
} from './credential-table.ts';

/** A few rows of a table, by a statement with parameters. */
export async function queryRows(
  client: Client,
  table: CredentialTable,
  values: readonly string[],
  selection: Pick<RowSelection, 'where' | 'tail'>,
): Promise<CredentialRow[]> {
  const { rows } = await client
    .query<(string | Buffer | null)[]>({
      text: selectRows(table, selection),
      values: [...values],
      rowMode: 'array',
    })
    .catch((error: unknown) => {
      throw fromDriverError(error, `reading ${table.target.label}`);
    });
  return rows.map((fields) =>
    readRow(
      table,
      fields.map((field) => (typeof field === 'string' ? Buffer.from(field, 'utf8') : field)),
    ),
  );
}
