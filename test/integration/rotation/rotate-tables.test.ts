import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cipherKey, decrypt, encrypt, forms, type Parts } from '#test/support/forms/foreign-cells';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';

/*
 * Tables that are odd in one way each, rotated in one go. What other tests cover (composite, uuid and text keys, jsonb,
 * rows that change meanwhile) is not repeated here.
 */

type Write = (text: string) => string | Buffer;
type Read = (cell: string | Buffer, key: Buffer) => string;

/** An encrypted column: how another program writes it, and reads it back under any key. */
interface Column {
  readonly layout: string;
  readonly write: Write;
  readonly read: Read;
}

interface OddTable {
  readonly create: string;
  /** The rows, with `$1` for their number from 1 to `rows` and the written values after it. */
  readonly insert: string;
  readonly encrypted: Readonly<Record<string, Column>>;
  readonly rows?: number;
  readonly secret?: (i: number, column: string) => string;
  /** The leaf of a document, and what selects it. */
  readonly path?: string;
  readonly select?: string;
}

const [from, to] = [randomBytes(32), randomBytes(32)];
const textOf = (sealed: Parts) => Buffer.concat([sealed.iv, sealed.body]).toString('base64');
const sealed = (text: string) => ({ ...encrypt(from, 'cfb128', Buffer.from(text)), salt: Buffer.alloc(0) });
const open = (bytes: Buffer, key: Buffer) =>
  decrypt(key, 'cfb128', { iv: bytes.subarray(0, 16), body: bytes.subarray(16) }).toString('utf8');

const base64: Column = {
  layout: 'base64',
  write: (text) => textOf(sealed(text)),
  read: (cell, key) => open(Buffer.from(String(cell), 'base64'), key),
};
const prefixed: Column = {
  layout: "'ENC:' base64",
  write: (text) => `ENC:${String(base64.write(text))}`,
  read: (cell, key) => base64.read(String(cell).replace(/^ENC:/, ''), key),
};

/** Grafana's forms: a salt for each value, and a key derived from it. */
function grafana(name: string, bytesOf: (cell: string | Buffer) => Buffer): Column {
  const form = forms.find((each) => each.name === name) as (typeof forms)[number];
  return {
    layout: form.layout,
    write: (text) => {
      const salt = randomBytes(8);
      return form.write({
        ...encrypt(cipherKey(from, form.layout, salt), 'cfb128', Buffer.from(text)),
        salt,
      });
    },
    read: (cell, key) => {
      const bytes = bytesOf(cell);
      const tag = bytes.toString('latin1', 0, 12) === '*YWVzLWNmYg*' ? 12 : 0;
      const derived = cipherKey(key, form.layout, bytes.subarray(tag, tag + 8));
      return open(bytes.subarray(tag + 8), derived);
    },
  };
}

const tables: Readonly<Record<string, OddTable>> = {
  grafana: {
    create: `CREATE TABLE grafana (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text, b bytea)`,
    insert: `INSERT INTO grafana (a, b) SELECT $2, $3 WHERE $1::int > 0`,
    encrypted: {
      a: grafana("Grafana's base64 with its tag", (cell) => Buffer.from(String(cell), 'base64')),
      b: grafana("Grafana's bytes", (cell) => cell as Buffer),
    },
    rows: 6,
  },
  derived: {
    create: `CREATE TABLE derived (id int PRIMARY KEY, s text UNIQUE CHECK (s LIKE 'ENC:%' AND length(s) < 400),
      head text GENERATED ALWAYS AS (left(s, 12)) STORED, size int GENERATED ALWAYS AS (length(s)) VIRTUAL);
      CREATE INDEX ON derived (md5(s)); CREATE UNIQUE INDEX ON derived (s) WHERE id > 3`,
    insert: `INSERT INTO derived (id, s) VALUES ($1::int, $2)`,
    encrypted: { s: prefixed },
  },
  own_key: {
    create: `CREATE TABLE own_key (s text PRIMARY KEY, note text)`,
    insert: `INSERT INTO own_key (note, s) VALUES ($1::int::text, $2)`,
    encrypted: { s: base64 },
  },
  odd_key: {
    create: `CREATE DOMAIN sealed AS varchar(160) CHECK (VALUE ~ '^[A-Za-z0-9+/=]+$');
      CREATE TABLE odd_key (k char(6), at timestamptz, n numeric, s sealed NOT NULL, PRIMARY KEY (at, k, n))`,
    insert: `INSERT INTO odd_key VALUES ('k' || $1::int, '2026-01-01'::timestamptz + $1::int * interval '1 ms', 1.50 * $1::int, $2)`,
    encrypted: { s: base64 },
  },
  collated: {
    create: `CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      CREATE TABLE collated (id text COLLATE "C" PRIMARY KEY, s text COLLATE folded)`,
    insert: `INSERT INTO collated VALUES ('k' || $1::int, $2)`,
    encrypted: { s: base64 },
  },
  keyless_collated: {
    create: `CREATE TABLE keyless_collated (n int, s text COLLATE "C")`,
    insert: `INSERT INTO keyless_collated VALUES ($1::int, $2)`,
    encrypted: { s: base64 },
  },
  own_types: {
    create: `CREATE TYPE "Grade" AS ENUM ('low', 'high'); CREATE DOMAIN tenant AS uuid;
      CREATE TABLE own_types (g "Grade", at inet, t tenant, s text, PRIMARY KEY (g, at, t))`,
    insert: `INSERT INTO own_types VALUES ((ARRAY['low', 'high'])[1 + $1::int % 2]::"Grade", '10.0.0.0'::inet + $1::int,
      '00000000-0000-0000-0000-000000000000', $2)`,
    encrypted: { s: base64 },
    select: 'SELECT s FROM own_types ORDER BY at',
  },
  written_json: {
    create: `CREATE TABLE written_json (id smallint PRIMARY KEY, d json)`,
    insert: `INSERT INTO written_json VALUES ($1::int, format('{"z":1.50,  "a" : {"t":"%s"},
      "b\\u00e9":"x", "b\\u00e9":"y"}', $2::text)::json)`,
    encrypted: { d: base64 },
    path: '$.a.t',
    select: `SELECT d -> 'a' ->> 't' AS d FROM written_json ORDER BY id`,
  },
  watched: {
    create: `CREATE TABLE watched (id int PRIMARY KEY, s text, touched int DEFAULT 0); CREATE TABLE seen (what text);
      CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO seen VALUES (tg_name); RETURN new; END $$;
      CREATE TRIGGER each_row AFTER UPDATE ON watched FOR EACH ROW EXECUTE FUNCTION see();
      CREATE TRIGGER each_statement BEFORE UPDATE ON watched FOR EACH STATEMENT EXECUTE FUNCTION see();
      CREATE CONSTRAINT TRIGGER deferred AFTER UPDATE ON watched DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION see();
      CREATE TRIGGER of_column AFTER UPDATE OF s ON watched FOR EACH ROW EXECUTE FUNCTION see();
      CREATE TRIGGER "On Replicas" AFTER UPDATE ON watched FOR EACH ROW EXECUTE FUNCTION see();
      CREATE TRIGGER switched_off AFTER UPDATE ON watched FOR EACH ROW EXECUTE FUNCTION see();
      ALTER TABLE watched ENABLE ALWAYS TRIGGER each_row, ENABLE REPLICA TRIGGER "On Replicas",
        DISABLE TRIGGER switched_off`,
    insert: `INSERT INTO watched VALUES ($1::int, $2)`,
    encrypted: { s: base64 },
  },
  parent: {
    create: `CREATE TABLE parent (id int PRIMARY KEY, s text); CREATE TABLE child (more int) INHERITS (parent)`,
    insert: `INSERT INTO parent VALUES ($1::int, $2)`,
    encrypted: { s: base64 },
    select: 'SELECT s FROM ONLY parent ORDER BY id',
  },
  child: {
    create: `ALTER TABLE child ADD PRIMARY KEY (more)`,
    insert: `INSERT INTO child VALUES ($1::int, $2, $1::int)`,
    encrypted: { s: base64 },
  },
  events: {
    create: `CREATE TABLE events (n int, s text) PARTITION BY RANGE (n);
      CREATE TABLE events_low PARTITION OF events FOR VALUES FROM (0) TO (4) PARTITION BY HASH (n);
      CREATE TABLE events_low_0 PARTITION OF events_low FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE events_low_1 PARTITION OF events_low FOR VALUES WITH (MODULUS 2, REMAINDER 1);
      CREATE TABLE events_rest PARTITION OF events DEFAULT;
      CREATE TRIGGER in_a_partition BEFORE UPDATE ON events_rest FOR EACH ROW EXECUTE FUNCTION see()`,
    insert: `INSERT INTO events VALUES ($1::int, $2)`,
    encrypted: { s: base64 },
    select: 'SELECT s FROM events ORDER BY n',
  },
  guarded: {
    create: `CREATE TABLE guarded (id int PRIMARY KEY, s text); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
      CREATE POLICY nothing ON guarded USING (false)`,
    insert: `INSERT INTO guarded VALUES ($1::int, $2)`,
    encrypted: { s: base64 },
  },
  large: {
    create: `CREATE TABLE large (id int PRIMARY KEY, s text)`,
    insert: `INSERT INTO large VALUES ($1::int, $2)`,
    encrypted: { s: base64 },
    rows: 2,
    secret: (i) => `Größe ${i} → `.repeat(20_000),
  },
};

const secretOf = ({ secret }: OddTable, i: number, column: string) =>
  secret ? secret(i, column) : `the secret ${column} number ${i}, pässwörd 🔑`;

let database: TestDatabase;
let folder: KeelFolder;
let around: Record<string, unknown>;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await KeelFolder.create();
  const { client } = database;
  for (const table of Object.values(tables)) {
    await client.query(table.create);
    for (let i = 1; i <= (table.rows ?? 8); i++) {
      const values = Object.entries(table.encrypted).map(([name, { write }]) =>
        write(secretOf(table, i, name)),
      );
      await client.query(table.insert, [i, ...values]);
    }
  }
  around = await readAround();
  const entries = Object.entries(tables).flatMap(([table, { encrypted, path }]) =>
    Object.entries(encrypted).map(([column, { layout }]) => {
      return { schema: 'public', table, column, layout, kind: 'unknown', ...(path && { path }) };
    }),
  );
  const run = await folder.run([
    ...['rotate', '--json', '--yes', '--accept', 'other-sessions', '--database', database.url],
    ...['--inventory', await folder.file('inventory.json', JSON.stringify({ version: 1, columns: entries }))],
    ...['--from-key-file', await folder.file('from.key', from.toString('base64'))],
    ...['--to-key-file', await folder.file('to.key', to.toString('base64'))],
  ]);
  expect(run.json).toMatchObject({ ok: true, rotation: { excluded: 0 } });
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('after a rotation', () => {
  test.for(Object.keys(tables))(
    'every value of %s is the same under the new key, and noise under the old one',
    async (name) => {
      const table = tables[name] as OddTable;
      const order = name === 'own_key' ? 'note' : '1';
      const select = table.select ?? `SELECT * FROM ${name} ORDER BY ${name === 'odd_key' ? 'at' : order}`;
      const { rows } = await database.client.query(select);
      expect(rows).toHaveLength(table.rows ?? 8);
      for (const [column, { read }] of Object.entries(table.encrypted)) {
        for (const [i, row] of rows.entries()) {
          const secret = secretOf(table, i + 1, column);
          expect(read(row[column], to) === secret).toBe(true);
          expect(read(row[column], from) === secret).toBe(false);
        }
      }
    },
  );

  test('everything else in the tables is as it was', async () => {
    expect(await readAround()).toEqual(around);
  });

  test('columns that the server computes from ciphertexts go with them', async () => {
    const { rows } = await database.client.query('SELECT s, head, size FROM derived');
    for (const { s, head, size } of rows) expect([head, size]).toEqual([s.slice(0, 12), s.length]);
  });

  test('no trigger fired, and each one is switched as it was', async () => {
    const { rows: fired } = await database.client.query('SELECT what FROM seen');
    expect(fired).toEqual([]);
    const { rows } = await database.client.query(
      `SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname COLLATE "C"`,
    );
    expect(rows.map(({ tgname, tgenabled }) => `${tgname} ${tgenabled}`)).toEqual([
      'On Replicas R',
      'deferred O',
      'each_row A',
      'each_statement O',
      'in_a_partition O',
      'of_column O',
      'switched_off D',
    ]);
  });
});

/** All that is not a ciphertext, and the text of documents around theirs. */
async function readAround(): Promise<Record<string, unknown>> {
  const result: Record<string, unknown> = {};
  for (const [name, { encrypted }] of Object.entries(tables)) {
    const computed = name === 'derived' ? ['head'] : [];
    const { rows } = await database.client.query(
      `SELECT tableoid::regclass::text AS place, to_jsonb(whole) - $1::text[] AS rest FROM ${name} AS whole
       ORDER BY place, (to_jsonb(whole) - $1::text[])::text`,
      [[...Object.keys(encrypted), ...computed]],
    );
    result[name] = rows;
  }
  const { rows: documents } = await database.client.query('SELECT d::text FROM written_json ORDER BY id');
  result['documents'] = documents.map(({ d }) => d.replace(/"t":"[^"]*"/, '"t":"…"'));
  return result;
}
