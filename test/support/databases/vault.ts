import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { parseEncryptionKey } from '#crypto/encryption-key';
import { KeelFolder, type KeelRun, type RunOptions } from '#test/support/processes/keel-process';
import { connectPlainly, createTestDatabase } from '../postgres/test-database.ts';
import { base64Column, base64, openBase64 } from './foreign-database.ts';

/** One encrypted column, `vault.s` of twenty rows, and a folder with both keys and Keel's home. */
export interface Vault extends AsyncDisposable {
  readonly url: string;
  readonly folder: KeelFolder;
  readonly keys: { readonly from: Buffer; readonly to: Buffer };
  readonly fingerprints: { readonly from: string; readonly to: string };
  readonly keyFiles: { readonly from: string; readonly to: string };
  /** A connection as another program has it, anew after the server went down. */
  connect(): Promise<pg.Client>;
  rotate(more?: readonly string[], options?: RunOptions, url?: string): Promise<KeelRun>;
  recover(more?: readonly string[], options?: RunOptions, url?: string): Promise<KeelRun>;
  run(command: readonly string[], options?: RunOptions, url?: string): Promise<KeelRun>;
  /** How many of the twenty values each key opens. */
  opened(): Promise<{ from: number; to: number }>;
  /** The rotation records. */
  records(): Promise<any[]>;
}

/** In a database of its own on the shared server, or in the maintenance database of another server. */
export async function prepareVault({
  server,
  setup = '',
}: {
  server?: string;
  setup?: string;
} = {}): Promise<Vault> {
  const database = server === undefined ? await createTestDatabase() : undefined;
  const url = server ?? (database as { url: string }).url;
  const folder = await KeelFolder.create();
  const keys = { from: randomBytes(32), to: randomBytes(32) };
  const keyFiles = {
    from: await folder.file('from.key', keys.from.toString('base64')),
    to: await folder.file('to.key', keys.to.toString('base64')),
  };
  const column = base64Column();
  const inventory = await folder.file('inventory.json', JSON.stringify({ version: 1, columns: [column] }));
  const connect = () => connectPlainly(url);
  const withClient = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = await connect();
    return work(client).finally(() => client.end());
  };
  await withClient(async (client) => {
    await client.query('CREATE TABLE vault (id int PRIMARY KEY, s text, n int DEFAULT 0)');
    for (let i = 1; i <= 20; i++) {
      const cell = base64(`{"password": "secret number ${i}"}`, keys.from);
      await client.query('INSERT INTO vault VALUES ($1, $2)', [i, cell]);
    }
    await client.query(setup);
  });
  const run = (command: readonly string[], options?: RunOptions, at = url) =>
    folder.run([...command, '--json', '--database', at], options);
  const files = ['--from-key-file', keyFiles.from, '--to-key-file', keyFiles.to];
  return {
    url,
    folder,
    keys,
    keyFiles,
    fingerprints: { from: fingerprint(keys.from), to: fingerprint(keys.to) },
    connect,
    run,
    rotate: (more = [], options, at) =>
      run(
        ['rotate', '--yes', '--accept', 'other-sessions', '--inventory', inventory, ...files, ...more],
        options,
        at,
      ),
    recover: (more = [], options, at) => run(['recover', ...more], options, at),
    opened: () =>
      withClient(async (client) => {
        const { rows } = await client.query('SELECT s FROM vault');
        const count = (key: Buffer) => rows.filter(({ s }) => openBase64(s, key).startsWith('{"pass')).length;
        return { from: count(keys.from), to: count(keys.to) };
      }),
    async records() {
      const names = await readdir(folder.path, { recursive: true });
      const files = names.filter((name) => /rotations\/.+\.json$/.test(name));
      return Promise.all(
        files.map(async (name) => JSON.parse(await readFile(join(folder.path, name), 'utf8'))),
      );
    },
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await database?.[Symbol.asyncDispose]();
    },
  };
}

function fingerprint(key: Buffer): string {
  return parseEncryptionKey(key.toString('base64')).fingerprint;
}
