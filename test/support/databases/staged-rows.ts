import { randomBytes } from 'node:crypto';
import { EncryptionKey } from '#crypto/encryption-key';
import { readCatalog } from '#postgres/catalog';
import { connect } from '#postgres/connect';
import type { KeelClient } from '#postgres/session/keel-client';
import { resolveInventory, type TableTarget } from '#postgres/table-target';
import { parseDatabaseUrl } from '#postgres/target';
import { createStagingTable, type StagingTable, stagingTable } from '#rewrite/staging-table';
import type { KeyPair } from '#rotation/run/decision';
import { createTestDatabase } from '../postgres/test-database.ts';
import { base64 } from './foreign-database.ts';

/** Columns of a staging table for one cell of each row, and of one for late rows. */
export const stagingColumns = '(k0 int, o0 text, n0 text, note bytea)';
export const lateColumns = '(n int8, mark bool, k0 int, o0 text)';

/** A table of two encrypted columns and its staging table, filled by hand: as a rotation would have, or not. */
export interface StagedRows extends AsyncDisposable {
  readonly client: KeelClient;
  readonly target: TableTarget;
  readonly staging: StagingTable;
  readonly keys: KeyPair;
  /** Puts a row into the table and into the staging table, with what differs from a right one. */
  add(id: number, wrong?: Partial<StagedCells>): Promise<void>;
}

/** `s` is a ciphertext alone, `doc` a document around one. */
export interface StagedCells {
  readonly oldS: string | null;
  readonly newS: string | null;
  readonly oldDoc: string;
  readonly newDoc: string;
  /** A byte for each value: 1 where it is left as it is. */
  readonly note: Buffer | null;
}

export async function stageByHand(setup = ''): Promise<StagedRows> {
  const database = await createTestDatabase();
  await database.client.query(`CREATE TABLE vault (id int PRIMARY KEY, s text, doc text); ${setup}`);
  const client = await connect(parseDatabaseUrl(database.url), { applicationName: 'keel test' });
  const keys = {
    from: new EncryptionKey(randomBytes(32)),
    to: new EncryptionKey(randomBytes(32)),
    toMayBePresent: false,
    inDoubt: 'stop' as const,
  };
  const entry = { schema: 'public', table: 'vault', layout: 'base64', kind: 'unknown' as const };
  const columns = [
    { ...entry, column: 's' },
    { ...entry, column: 'doc', path: '$.token' },
  ];
  const [target] = resolveInventory({ version: 1, columns }, await readCatalog(client)) as [TableTarget];
  await client.query('CREATE SCHEMA keel');
  const staging = stagingTable(target, '0123456789abcdef', 0, 'schema');
  await createStagingTable(client, staging);
  return {
    client,
    target,
    staging,
    keys,
    async add(id, wrong = {}) {
      const right = rightCells(id, keys);
      const cells = { ...right, ...wrong };
      await client.query('INSERT INTO public.vault VALUES ($1, $2, $3)', [id, cells.oldS, cells.oldDoc]);
      await client.query(
        `INSERT INTO ${staging.sql} (k0, o0, o1, n0, n1, note) VALUES ($1, $2, $3, $4, $5, $6)`,
        [id, cells.oldS, cells.oldDoc, cells.newS, cells.newDoc, cells.note],
      );
    },
    async [Symbol.asyncDispose]() {
      for (const key of [keys.from, keys.to]) key[Symbol.dispose]();
      await client.end();
      await database[Symbol.asyncDispose]();
    },
  };
}

export function documentOf(token: string, owner = 'somebody'): string {
  return `{"owner": "${owner}", "token": "${token}"}`;
}

function rightCells(id: number, { from, to }: KeyPair): StagedCells {
  const [secret, token] = [`{"password": "number ${id}"}`, `a token for number ${id}`];
  return {
    oldS: base64(secret, from.bytes),
    newS: base64(secret, to.bytes),
    oldDoc: documentOf(base64(token, from.bytes)),
    newDoc: documentOf(base64(token, to.bytes)),
    note: null,
  };
}
