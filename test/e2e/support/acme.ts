import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDecipheriv, randomBytes } from 'node:crypto';
import { armor, Decrypter } from 'age-encryption';
import type pg from 'pg';
import { holdCommit } from './hold-commit.ts';
import { base64 } from '../../support/databases/foreign-database.ts';
import { connectPlainly, createTestDatabase, urlOf } from '../../support/postgres/test-database.ts';
import type { Keel } from './keel.ts';
import { call, run } from './window-calls.ts';

/** The name to be typed before anything is rewritten. */
export const acmeName = 'Acme production';
/** Of the sealed file, and of the backups. */
export const passphrase = 'spare anvil under the old bridge';

/** A Ballast database of one table, as Ballast and not Keel would have written it. */
export interface Acme extends AsyncDisposable {
  readonly url: string;
  readonly oldKey: Buffer;
  /** Connects beside Keel, as Ballast does. */
  connectBallast(): Promise<pg.Client>;
  /** Every ciphertext as it stands, in the order of its rows. */
  ciphertexts(): Promise<string[]>;
  /** How many rows give their own plaintext under this key, by Node's own cipher. */
  opened(key: Buffer): Promise<number>;
  /** Names of staging tables that are there. */
  staging(): Promise<string[]>;
  /** The rows of Keel's journal in the database. */
  journal(): Promise<object[]>;
  /** Lets a role read and rewrite these tables. */
  grant(user: string, tables: readonly string[]): Promise<void>;
  /** How many connections of Keel the server has. */
  connections(): Promise<number>;
  readonly rows: number;
}

/** Makes the database on the server of the run; it is dropped when disposed. */
export async function createAcme({ rows = 80 } = {}): Promise<Acme> {
  const database = await createTestDatabase();
  const oldKey = randomBytes(32);
  const { client, url, name } = database;
  await client.query(
    'CREATE TABLE source_connection (id int PRIMARY KEY, short_name text, credentials text NOT NULL)',
  );
  await client.query(
    'INSERT INTO source_connection SELECT * FROM unnest($1::int[], $2::text[], $3::text[])',
    [
      Array.from({ length: rows }, (_, i) => i),
      Array.from({ length: rows }, () => 'postgresql'),
      Array.from({ length: rows }, (_, i) => base64(plaintextOf(i), oldKey)),
    ],
  );
  // nobody is connected but for the time of a question
  await client.end();
  const ask = async <Row extends pg.QueryResultRow>(text: string): Promise<Row[]> => {
    const asking = await connectPlainly(url);
    try {
      return (await asking.query<Row>(text)).rows;
    } finally {
      await asking.end();
    }
  };
  const read = () =>
    ask<{ id: number; credentials: string }>('SELECT id, credentials FROM source_connection ORDER BY id');
  return {
    url,
    oldKey,
    rows,
    async connectBallast() {
      const ballast = await connectPlainly(url);
      await ballast.query("SET application_name = 'ballast-api'");
      return ballast;
    },
    ciphertexts: async () => (await read()).map(({ credentials }) => credentials),
    opened: async (key) =>
      (await read()).filter(({ id, credentials }) => decrypted(credentials, key) === plaintextOf(id)).length,
    staging: async () =>
      (
        await ask<{ name: string }>(
          "SELECT relname AS name FROM pg_class WHERE relnamespace::regnamespace::text = 'keel' AND relname LIKE 'staged%'",
        )
      ).map(({ name }) => name),
    journal: async () => {
      const [there] = await ask<{ there: boolean }>(
        "SELECT to_regclass('keel.rotation') IS NOT NULL AS there",
      );
      if (!there?.there) return [];
      return ask('SELECT from_key, to_key FROM keel.rotation');
    },
    grant: async (user, tables) => {
      await ask(`GRANT SELECT, UPDATE, DELETE, TRUNCATE ON ${tables.join(', ')} TO ${user}`);
    },
    connections: async () =>
      (
        await ask<{ name: string }>(
          `SELECT application_name AS name FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'keel%'`,
        )
      ).length,
    [Symbol.asyncDispose]: async () => {
      const admin = await connectPlainly(urlOf(url, 'postgres'));
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

function plaintextOf(row: number): string {
  return JSON.stringify({
    host: `db${row}.example.org`,
    port: 5432,
    username: 'ballast',
    password: `s3cret-${row}-ü`,
  });
}

function decrypted(cell: string, key: Buffer): string {
  const bytes = Buffer.from(cell, 'base64');
  const decipher = createDecipheriv('aes-256-cfb', key, bytes.subarray(0, 16));
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8');
}

/** Takes Acme up as a production environment whose key is proven. Answers its id. */
export async function connectAcme(
  { page }: Keel,
  acme: Pick<Acme, 'url' | 'oldKey'>,
  user?: { user: string; password: string },
): Promise<string> {
  const { pathname } = new URL(acme.url);
  const url = new URL(urlOf(acme.url, pathname.slice(1), user));
  url.search = '?sslmode=disable';
  const { environment } = await call(page, 'environments.add', {
    name: acmeName,
    colour: 'red',
    production: true,
    connection: { url: url.href },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase,
  });
  // a key that is typed is imported with a press
  await page.mouse.click(640, 8);
  const { fingerprint } = await call(page, 'keys.adopt', {
    environment,
    source: { kind: 'typed', text: acme.oldKey.toString('base64') },
  });
  const { proposed } = await run(page, 'inventory.discover', { environment, fingerprint });
  const columns = proposed.map(({ entry }: { entry: object }) => entry);
  await call(page, 'inventory.write', { environment, columns, excluded: [] });
  await run(page, 'proof.run', { environment, fingerprint });
  return environment;
}

/** Generates a new key, backs it up and drills the backup. Answers the key, as the age library alone restores it. */
export async function prepareNewKey(keel: Keel, environment: string): Promise<Buffer> {
  const { page } = keel;
  const { fingerprint } = await call(page, 'keys.generate', { environment });
  const path = join(keel.folder, 'new-key.age');
  await keel.answerDialog(path);
  await call(page, 'files.choose', { purpose: 'save-age', fingerprint });
  const artefact = { form: 'passphrase', path, passphrase: { typed: passphrase } };
  await run(page, 'backup.create', { environment, fingerprint, artefact });
  await keel.answerDialog(path);
  await call(page, 'files.choose', { purpose: 'open-age' });
  const from = { from: 'file', path, passphrase };
  await run(page, 'backup.drill', { environment, fingerprint, from });
  return keyInBackup(path);
}

/** The key in an age file, without any of Keel's code. */
export async function keyInBackup(path: string, secret = passphrase): Promise<Buffer> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(secret);
  const text = await decrypter.decrypt(armor.decode(await readFile(path, 'utf8')), 'text');
  const line = /^ENCRYPTION_KEY=(\S+)$/m.exec(text);
  return Buffer.from(line?.[1] ?? '', 'base64');
}

/** Lets whatever writes rows, or commits a rotation, wait until it is let go. */
export async function hold(client: pg.Client, at: 'write' | 'commit'): Promise<() => Promise<void>> {
  if (at === 'commit') return holdCommit(client);
  await client.query(`CREATE FUNCTION let_go() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    WHILE NOT pg_try_advisory_xact_lock_shared(42) LOOP PERFORM pg_sleep(0.02); END LOOP; RETURN true; END $$`);
  await client.query('ALTER TABLE source_connection ADD CHECK (credentials IS NOT NULL AND let_go())');
  await client.query('SELECT pg_advisory_lock(42)');
  return async () => void (await client.query('SELECT pg_advisory_unlock(42)'));
}
