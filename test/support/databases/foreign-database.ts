import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../postgres/test-database.ts';

export type Seal = (plaintext: string, key: Buffer) => string;
type Open = (cell: string, key: Buffer) => string;

/** An encrypted column of the foreign database: how another program reads and writes it. */
interface ForeignColumn {
  /** SQL that gives a row's label and its ciphertext as text. */
  readonly select: string;
  readonly open: Open;
}

const encrypt = (plaintext: string, key: Buffer, cipher = 'aes-256-cfb'): [Buffer, Buffer] => {
  const iv = randomBytes(16);
  const encipher = createCipheriv(cipher, key, iv);
  return [iv, Buffer.concat([encipher.update(plaintext, 'utf8'), encipher.final()])];
};
const decrypt = (iv: Buffer, body: Buffer, key: Buffer, cipher = 'aes-256-cfb'): string => {
  const decipher = createDecipheriv(cipher, key, iv);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
};
const joined =
  (encoding: BufferEncoding): Seal =>
  (plaintext, key) =>
    Buffer.concat(encrypt(plaintext, key)).toString(encoding);
const split =
  (encoding: BufferEncoding, cipher?: string): Open =>
  (cell, key) => {
    const bytes = Buffer.from(cell, encoding);
    return decrypt(bytes.subarray(0, 16), bytes.subarray(16), key, cipher);
  };

export const base64 = joined('base64');
export const openBase64 = split('base64');
export const hex = joined('hex');
const base64url = joined('base64url');

/** How the inventory names a text column whose values `base64` wrote. */
export const base64Column = (table = 'vault', column = 's') =>
  ({ schema: 'public', table, column, layout: 'base64', kind: 'unknown' }) as const;

const prefixed: Seal = (plaintext, key) => `ENC:${base64(plaintext, key)}`;
const twoParts: Seal = (plaintext, key) => {
  const [iv, body] = encrypt(plaintext, key);
  return `${iv.toString('hex')}:${body.toString('base64')}`;
};
const asJson: Seal = (plaintext, key) => {
  const [iv, body] = encrypt(plaintext, key);
  return JSON.stringify({ iv: iv.toString('base64'), data: body.toString('base64') });
};
const eightBit: Seal = (plaintext, key) =>
  `\\x${Buffer.concat(encrypt(plaintext, key, 'aes-256-cfb8')).toString('hex')}`;

const columns: Readonly<Record<string, ForeignColumn>> = {
  secret: {
    select: `SELECT org || '/' || n, "the Secret" FROM "My Schema"."Secrets Table"`,
    open: (cell, key) => (cell === '' ? '' : split('base64')(cell.slice(4), key)),
  },
  access: { select: 'SELECT id, acc FROM tok', open: split('base64') },
  refresh: { select: 'SELECT id, ref FROM tok WHERE ref IS NOT NULL', open: split('base64url') },
  blob: {
    select: `SELECT id, encode(blob, 'hex') FROM raw8`,
    open: split('hex', 'aes-256-cfb8'),
  },
  keyless: {
    select: 'SELECT b, a FROM nopk WHERE a IS NOT NULL',
    open: (cell, key) => {
      const [iv = '', body = ''] = cell.split(':');
      return decrypt(Buffer.from(iv, 'hex'), Buffer.from(body, 'base64'), key);
    },
  },
  regional: { select: `SELECT region || id, s FROM part`, open: split('hex') },
  leaf: { select: `SELECT id, d #>> '{auth,token}' FROM doc`, open: split('base64') },
  items: {
    select: `SELECT id || '.' || i, e ->> 'secret' FROM doc, jsonb_array_elements(d -> 'list') WITH ORDINALITY AS x (e, i)`,
    open: split('base64'),
  },
  vault: {
    select: 'SELECT name, body FROM vault',
    open: (cell, key) => {
      const { iv, data } = JSON.parse(cell) as { iv: string; data: string };
      return decrypt(Buffer.from(iv, 'base64'), Buffer.from(data, 'base64'), key);
    },
  },
};

const schema = `
  CREATE SCHEMA "My Schema";
  CREATE TABLE "My Schema"."Secrets Table" (org text, n int, "the Secret" text, note text,
    updated_at timestamptz DEFAULT '2020-01-01', PRIMARY KEY (org, n), CHECK (n >= 0));
  CREATE TABLE tok (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), acc text NOT NULL, ref text, cnt int);
  CREATE INDEX tok_cnt ON tok (cnt);
  CREATE TABLE raw8 (id bigserial PRIMARY KEY, blob bytea);
  CREATE TABLE nopk (a text, b varchar(400));
  CREATE TABLE part (id bigint, region text, s varchar(400), PRIMARY KEY (id, region)) PARTITION BY LIST (region);
  CREATE TABLE part_eu PARTITION OF part FOR VALUES IN ('eu');
  CREATE TABLE part_us PARTITION OF part FOR VALUES IN ('us');
  CREATE TABLE doc (id serial PRIMARY KEY, d jsonb);
  CREATE TABLE vault (name text PRIMARY KEY, body text);
  CREATE TABLE hashes (id serial PRIMARY KEY, h text, sha text, label text, tok uuid REFERENCES tok);
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN new.updated_at = now(); RETURN new; END $$;
  CREATE TRIGGER touched BEFORE UPDATE ON "My Schema"."Secrets Table" FOR EACH ROW EXECUTE FUNCTION touch()`;

export interface ForeignDatabase extends TestDatabase {
  readonly from: Buffer;
  readonly to: Buffer;
  /** The key of the rows in `tok` whose `cnt` is -1. */
  readonly stranger: Buffer;
}

export interface ForeignOptions {
  readonly rows?: number;
  /** Rows in `tok` under a key that nobody has. */
  readonly strangers?: number;
  /** URL of a server other than the shared one. */
  readonly server?: string | undefined;
}

/** A database whose schema and ciphertexts are another program's: made by Node's own cipher, under random keys. */
export async function createForeignDatabase({
  rows = 60,
  strangers = 0,
  server,
}: ForeignOptions = {}): Promise<ForeignDatabase> {
  const database = await createTestDatabase(server);
  const [from, to, stranger] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const { client } = database;
  await client.query(schema);
  const insert = (table: string, values: readonly (readonly unknown[])[]) =>
    insertRows(client, table, values);
  const each = <T>(make: (i: number) => T) => Array.from({ length: rows }, (_, i) => make(i));
  await insert(
    '"My Schema"."Secrets Table" (org, n, "the Secret", note)',
    each((i) => [`org${i % 5}`, i, secretOf(i, from), `note ${i}`]),
  );
  await insert(
    'tok (acc, ref, cnt)',
    each((i) => [
      base64(`ya29.${i}-accessaccess`, from),
      i % 3 ? base64url(`1//${i}-refresh`, from) : null,
      i,
    ]),
  );
  await insert(
    'tok (acc, cnt)',
    Array.from({ length: strangers }, (_, i) => [base64(`a stranger's secret ${i}`, stranger), -1]),
  );
  await insert(
    'raw8 (blob)',
    each((i) => [eightBit(JSON.stringify({ host: `h${i}`, password: `p${i}` }), from)]),
  );
  const twin = [twoParts('the same row twice', from), 'twin'];
  await insert('nopk', [
    twin,
    twin,
    ...each((i) => [i % 4 ? twoParts(`keyless secret ${i}`, from) : null, `plain ${i}`]),
  ]);
  await insert(
    'part',
    each((i) => [i, i % 2 ? 'eu' : 'us', hex(`regional secret ${i}`, from).toUpperCase()]),
  );
  await insert(
    'doc (d)',
    each((i) => [documentOf(i, from)]),
  );
  await insert(
    'vault',
    each((i) => [`vault-${i} 🐍`, asJson(`the vault's secret ${i}`, from)]),
  );
  await insert(
    'hashes (h, sha, label)',
    each((i) => [
      `$2b$10$${randomBytes(40).toString('base64').replaceAll('+', '.').slice(0, 53)}`,
      randomBytes(32).toString('hex'),
      `label ${i}`,
    ]),
  );
  await client.query('ANALYZE');
  return { ...database, from, to, stranger };
}

function secretOf(i: number, key: Buffer): string | null {
  if (i % 7 === 0) return null;
  return i % 7 === 1 ? '' : prefixed(`pässwörd-€-${i}-🐍`, key);
}

function documentOf(i: number, key: Buffer): string {
  const list = [{ secret: base64(`first of ${i}`, key) }, { secret: base64(`second of ${i}`, key), n: i }];
  return JSON.stringify({ a: 1, auth: { token: base64(`token-${i}-abcdefghijkl`, key), hint: 'x' }, list });
}

async function insertRows(
  client: pg.Client,
  table: string,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  for (let i = 0; i < rows.length; i += 500) {
    const chunk = rows.slice(i, i + 500);
    const places = chunk.map((row, r) => `(${row.map((_, c) => `$${r * row.length + c + 1}`).join(', ')})`);
    await client.query(`INSERT INTO ${table} VALUES ${places.join(', ')}`, chunk.flat());
  }
}

/** Every plaintext of the database by the key, as another program reads it. Keys that do not open a value give noise. */
export async function readPlaintexts(client: pg.Client, key: Buffer, strangers?: Buffer): Promise<string[]> {
  const result: string[] = [];
  const strange = await client.query('SELECT id FROM tok WHERE cnt = -1');
  const isStrange = new Set(strange.rows.map(({ id }) => id as string));
  for (const [name, { select, open }] of Object.entries(columns)) {
    const { rows } = await client.query({ text: select, rowMode: 'array' });
    for (const [label, cell] of rows as [string, string | null][]) {
      const under = isStrange.has(label) ? (strangers ?? key) : key;
      result.push(`${name} ${label}: ${cell === null ? 'NULL' : open(cell, under)}`);
    }
  }
  return result.sort();
}

/** Everything that a rotation must leave as it is: other columns, structure, triggers, sequences. */
export async function readSurroundings(client: pg.Client): Promise<unknown> {
  const queries = [
    'SELECT org, n, note, updated_at::text FROM "My Schema"."Secrets Table" ORDER BY 1, 2',
    'SELECT id, cnt FROM tok ORDER BY 1',
    `SELECT acc FROM tok WHERE cnt = -1 ORDER BY id`,
    'SELECT id FROM raw8 ORDER BY 1',
    'SELECT b, a IS NULL FROM nopk ORDER BY 1, 2',
    'SELECT tableoid::regclass::text, id, region FROM part ORDER BY 1, 2',
    `SELECT id, d - 'auth' - 'list', d -> 'auth' ->> 'hint', d -> 'list' -> 1 ->> 'n' FROM doc ORDER BY 1`,
    'SELECT name FROM vault ORDER BY 1',
    'SELECT * FROM hashes ORDER BY id',
    `SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
       WHERE connamespace IN ('public'::regnamespace, '"My Schema"'::regnamespace) ORDER BY 1, 2`,
    `SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger
       WHERE tgrelid::regclass::text NOT LIKE 'pg_%' ORDER BY 1, 2`,
    `SELECT schemaname, indexdef FROM pg_indexes WHERE schemaname IN ('public', 'My Schema') ORDER BY 1, 2`,
    `SELECT attrelid::regclass::text, attname, atttypid::regtype::text, attnotnull FROM pg_attribute
       JOIN pg_class c ON c.oid = attrelid WHERE attnum > 0
       AND relnamespace IN ('public'::regnamespace, '"My Schema"'::regnamespace) ORDER BY 1, 2`,
  ];
  const result: unknown[] = [];
  for (const text of queries) result.push((await client.query({ text, rowMode: 'array' })).rows);
  return result;
}

/** Every row as it lies in the database, with its place and the transaction that wrote it, and all that Keel could leave. */
export async function readEveryBit(client: pg.Client): Promise<string[]> {
  const tables = ['"My Schema"."Secrets Table"', 'tok', 'raw8', 'nopk', 'part', 'doc', 'vault', 'hashes'];
  const result: string[] = [];
  for (const table of tables) {
    const exists = await client.query('SELECT to_regclass($1) AS found', [table]);
    if (!exists.rows[0].found) continue;
    const { rows } = await client.query(
      `SELECT t.ctid, t.xmin, t::text AS row FROM ${table} AS t ORDER BY t.tableoid, t.ctid`,
    );
    result.push(...rows.map(({ ctid, xmin, row }) => `${table} ${ctid} ${xmin} ${row}`));
  }
  const { rows: ours } = await client.query(
    `SELECT nspname FROM pg_namespace WHERE nspname = 'keel' OR nspname ~ 'pg_temp' AND EXISTS
       (SELECT FROM pg_class WHERE relnamespace = pg_namespace.oid) ORDER BY 1`,
  );
  return [...result, ...ours.map(({ nspname }) => `schema ${nspname}`)];
}
