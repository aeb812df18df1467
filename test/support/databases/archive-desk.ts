import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { exportArchive } from '#credentials/archive/export-archive';
import { importArchive, type ImportMode } from '#credentials/archive/import-archive';
import type { AcceptableImportStop } from '#credentials/archive/import-findings';
import { verifyArchive } from '#credentials/archive/verify-archive';
import type { Inventory } from '#contract/inventory';
import { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { connect } from '#postgres/connect';
import { discoverColumns } from '#discovery/discovery';
import { parseDatabaseUrl } from '#postgres/target';
import { openSession } from '#rewrite/session';
import { base64, createForeignDatabase, type ForeignDatabase } from './foreign-database.ts';
import { KeelFolder } from '../processes/keel-process.ts';

export const passphrase = 'spare anvil under the old bridge';
/** How archives name the foreign database. */
export const at = 'localhost:5432/foreign';

/** A foreign database whose tables all have keys, with Keel's own way into it. */
export class Desk implements AsyncDisposable {
  readonly database: ForeignDatabase;
  readonly folder: KeelFolder;
  readonly inventory: Inventory;
  readonly key: EncryptionKey;
  readonly path: string;
  readonly opener: { passphrase: Secret };

  constructor(database: ForeignDatabase, folder: KeelFolder, inventory: Inventory, key: EncryptionKey) {
    this.database = database;
    this.folder = folder;
    this.inventory = inventory;
    this.key = key;
    this.path = join(folder.path, 'credentials.age');
    this.opener = { passphrase: new Secret(Buffer.from(passphrase)) };
  }

  connect = (applicationName = 'test') => connect(parseDatabaseUrl(this.database.url), { applicationName });

  async export(inventory = this.inventory, path = this.path) {
    const client = await this.connect();
    try {
      return await exportArchive(client, {
        inventory,
        key: this.key,
        path,
        seal: this.opener,
        environment: 'Acme',
        database: at,
        workFactor: 10,
      });
    } finally {
      await client.end();
    }
  }

  async verify(path = this.path, opener = this.opener) {
    const client = await this.connect();
    try {
      return await verifyArchive(client, { path, opener, key: this.key });
    } finally {
      await client.end();
    }
  }

  async import(
    ending: ImportMode = { rehearsal: false, confirm: async () => undefined },
    accepted: AcceptableImportStop[] = [],
    database = at,
  ) {
    const { path, opener, key } = this;
    await using session = await openSession(this.connect, 'usual');
    const request = {
      path,
      opener,
      key,
      database,
      accepted: ['other-sessions' as const, ...accepted],
      lockTimeoutMs: 2_000,
    };
    return await importArchive(session, request, ending);
  }

  async [Symbol.asyncDispose]() {
    this.key[Symbol.dispose]();
    this.opener.passphrase[Symbol.dispose]();
    await this.folder[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
  }
}

/** The same for every foreign database. */
let discovered: Promise<Inventory> | undefined;

async function discover(url: string, key: EncryptionKey): Promise<Inventory> {
  const client = await connect(parseDatabaseUrl(url), { applicationName: 'test' });
  const { inventory } = await discoverColumns(client, { key });
  await client.end();
  return { version: 1, columns: inventory.columns.filter(({ table }) => table !== 'nopk') };
}

export async function openDesk({ strangers = 0 } = {}): Promise<Desk> {
  const database = await createForeignDatabase({ rows: 40, strangers });
  const folder = await KeelFolder.create();
  const key = new EncryptionKey(Buffer.from(database.from));
  discovered ??= discover(database.url, key);
  return new Desk(database, folder, await discovered, key);
}

/** What Ballast, or an accident, did since the export. */
export async function disturb({ database }: Desk): Promise<void> {
  const { client, from } = database;
  const [first] = (await client.query('SELECT id FROM tok WHERE cnt = 3')).rows;
  await client.query('UPDATE tok SET acc = $1 WHERE id = $2', [base64('ya29.somebody-else', from), first.id]);
  await client.query('UPDATE vault SET body = $1 WHERE name = $2', [
    JSON.stringify({ iv: randomBytes(16).toString('base64'), data: randomBytes(40).toString('base64') }),
    'vault-5 🐍',
  ]);
  await client.query(`UPDATE doc SET d = jsonb_set(d, '{list,1,secret}', to_jsonb($1::text)) WHERE id = 2`, [
    base64('another second', from),
  ]);
}
