import type pg from 'pg';
import type { Seal } from './foreign-database.ts';

/*
 * Tables that are odd in one way each and exist on every version that Keel supports. `s` is the encrypted column; whatever
 * stands beside it must stay as it is, and nothing may be written to `seen` by a trigger.
 */

interface OddTable {
  readonly name: string;
  readonly create: string;
  /** Inserts row number `$1` with the ciphertext `$2`. */
  readonly insert: string;
}

const watching = `
  CREATE TABLE seen (what text);
  CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO public.seen VALUES (tg_name || ' on ' || tg_table_name); RETURN new; END $$;
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN new.updated_at = now(); RETURN new; END $$;
  CREATE TABLE owners (id int PRIMARY KEY);
  INSERT INTO owners VALUES (0), (1)`;

export const oddTables: readonly OddTable[] = [
  {
    name: 'watched_parts',
    create: `
      CREATE TABLE watched_parts (id int PRIMARY KEY, s text, owner int REFERENCES owners,
        updated_at timestamptz DEFAULT '2020-01-01') PARTITION BY RANGE (id);
      CREATE TABLE watched_parts_low PARTITION OF watched_parts FOR VALUES FROM (0) TO (4) PARTITION BY RANGE (id);
      CREATE TABLE watched_parts_low_0 PARTITION OF watched_parts_low FOR VALUES FROM (0) TO (2);
      CREATE TABLE watched_parts_low_1 PARTITION OF watched_parts_low DEFAULT;
      CREATE TABLE watched_parts_rest PARTITION OF watched_parts DEFAULT;
      CREATE TABLE referring (id int PRIMARY KEY, part int REFERENCES watched_parts);
      CREATE TRIGGER touched BEFORE UPDATE ON watched_parts_low_0 FOR EACH ROW EXECUTE FUNCTION touch();
      CREATE TRIGGER touched_low BEFORE UPDATE ON watched_parts_low_1 FOR EACH ROW EXECUTE FUNCTION touch();
      CREATE TRIGGER touched_rest BEFORE UPDATE ON watched_parts_rest FOR EACH ROW EXECUTE FUNCTION touch();
      CREATE TRIGGER "Each Row" AFTER UPDATE ON watched_parts FOR EACH ROW EXECUTE FUNCTION see();
      CREATE TRIGGER low_only AFTER UPDATE OF s ON watched_parts_low FOR EACH ROW EXECUTE FUNCTION see();
      CREATE TRIGGER each_statement AFTER UPDATE ON watched_parts FOR EACH STATEMENT EXECUTE FUNCTION see();
      CREATE CONSTRAINT TRIGGER deferred AFTER UPDATE ON watched_parts DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION see();
      CREATE TRIGGER switched_off AFTER UPDATE ON watched_parts FOR EACH ROW EXECUTE FUNCTION see();
      ALTER TABLE watched_parts DISABLE TRIGGER switched_off;
      ALTER TABLE ONLY watched_parts_rest ENABLE ALWAYS TRIGGER "Each Row"`,
    insert: `INSERT INTO watched_parts VALUES ($1::int, $2, $1::int % 2)`,
  },
  {
    name: 'composite',
    create: `CREATE DOMAIN tenant AS uuid;
      CREATE TABLE composite (t tenant, at timestamptz, n numeric, s text NOT NULL, PRIMARY KEY (at, t, n));
      CREATE PUBLICATION feed FOR TABLE composite, watched_parts`,
    insert: `INSERT INTO composite VALUES ('00000000-0000-0000-0000-000000000000',
      '2026-01-01'::timestamptz + $1::int * interval '1 ms', 1.50 * $1::int, $2)`,
  },
  {
    name: 'extension_key',
    create: `CREATE EXTENSION ltree; CREATE DOMAIN branch AS ltree;
      CREATE TABLE extension_key (id branch PRIMARY KEY, s text)`,
    insert: `INSERT INTO extension_key VALUES (('Top.n' || $1::int)::ltree, $2)`,
  },
  {
    // an implicit cast makes it comparable as text
    name: 'citext_key',
    create: `CREATE EXTENSION citext; CREATE TABLE citext_key (id citext PRIMARY KEY, s text)`,
    insert: `INSERT INTO citext_key VALUES ('Key ' || $1::int, $2)`,
  },
  {
    // neither an operator that Keel's search_path finds, nor a binary form
    name: 'self_made_key',
    create: `CREATE TYPE code;
      CREATE FUNCTION code_in(cstring) RETURNS code LANGUAGE internal IMMUTABLE STRICT AS 'textin';
      CREATE FUNCTION code_out(code) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
      CREATE TYPE code (INPUT = code_in, OUTPUT = code_out, LIKE = text, COLLATABLE = true);
      CREATE FUNCTION code_eq(code, code) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS 'texteq';
      CREATE FUNCTION code_cmp(code, code) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'bttextcmp';
      CREATE OPERATOR = (LEFTARG = code, RIGHTARG = code, FUNCTION = code_eq);
      CREATE OPERATOR CLASS code_ops DEFAULT FOR TYPE code USING btree AS OPERATOR 3 =, FUNCTION 1 code_cmp(code, code);
      CREATE CAST (text AS code) WITHOUT FUNCTION;
      CREATE TABLE self_made_key (id code PRIMARY KEY, s text)`,
    insert: `INSERT INTO self_made_key VALUES (('code ' || $1::int)::code, $2)`,
  },
  {
    // made of what has no binary form
    name: 'key_of_elements',
    create: `CREATE EXTENSION isn; CREATE DOMAIN shelf AS ean13[];
      CREATE TABLE key_of_elements (id ean13[], on_shelf shelf, s text, PRIMARY KEY (id, on_shelf))`,
    insert: `INSERT INTO key_of_elements VALUES (
      ARRAY[(9790000000000 + 10 * $1::int8)::text || '!']::ean13[], ARRAY['978-0-306-40615-7']::ean13[], $2)`,
  },
  {
    name: 'key_of_fields',
    create: `CREATE TYPE book AS (n int, code ean13); CREATE TABLE key_of_fields (id book PRIMARY KEY, s text)`,
    insert: `INSERT INTO key_of_fields VALUES (ROW($1::int, '978-0-306-40615-7'), $2)`,
  },
  {
    name: 'key_of_a_range',
    create: `CREATE TYPE books AS RANGE (subtype = ean13);
      CREATE TABLE key_of_a_range (id books PRIMARY KEY, n int, s text)`,
    insert: `INSERT INTO key_of_a_range VALUES (
      books('978-0-306-40615-7', ((9790000000000 + 10 * $1::int8)::text || '!')::ean13), $1::int, $2)`,
  },
  {
    name: 'key_of_numbers',
    create: `CREATE TYPE spot AS (x int, y numeric[]);
      CREATE TABLE key_of_numbers (id spot, during tstzrange, s text, PRIMARY KEY (id, during))`,
    insert: `INSERT INTO key_of_numbers VALUES (ROW($1::int, ARRAY[1.50, $1::int]), '[2026-01-01,2026-02-01)', $2)`,
  },
  {
    name: 'in_a_domain',
    create: `CREATE DOMAIN sealed AS varchar(160) CHECK (VALUE ~ '^[A-Za-z0-9+/=]+$');
      CREATE TABLE in_a_domain (id int PRIMARY KEY, s sealed)`,
    insert: `INSERT INTO in_a_domain VALUES ($1::int, $2)`,
  },
  {
    name: 'keyless',
    create: `CREATE TABLE keyless (n int, s text)`,
    insert: `INSERT INTO keyless VALUES ($1::int, $2)`,
  },
  {
    name: `it's a "table"; --`,
    create: `CREATE TABLE "it's a ""table""; --" ("Id ä" int PRIMARY KEY, s text)`,
    insert: `INSERT INTO "it's a ""table""; --" VALUES ($1::int, $2)`,
  },
  {
    name: 'computed',
    create: `CREATE TABLE computed (id int PRIMARY KEY, s text, size int GENERATED ALWAYS AS (length(s)) STORED)`,
    insert: `INSERT INTO computed VALUES ($1::int, $2)`,
  },
  {
    name: 'unlogged',
    create: `CREATE UNLOGGED TABLE unlogged (id int PRIMARY KEY, s text)`,
    insert: `INSERT INTO unlogged VALUES ($1::int, $2)`,
  },
  {
    name: 'parent',
    create: `CREATE TABLE parent (id int PRIMARY KEY, s text); CREATE TABLE child (more int) INHERITS (parent)`,
    insert: `INSERT INTO parent VALUES ($1::int, $2)`,
  },
  {
    name: 'child',
    create: `ALTER TABLE child ADD PRIMARY KEY (more)`,
    insert: `INSERT INTO child VALUES ($1::int, $2, $1::int)`,
  },
];

const rows = 8;
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Creates the odd tables and fills them, every ciphertext made by `seal`. */
export async function createOddTables(client: pg.Client, seal: Seal, key: Buffer): Promise<void> {
  await client.query(watching);
  for (const { name, create, insert } of oddTables) {
    await client.query(create);
    for (let i = 1; i <= rows; i++)
      await client.query(insert, [i, seal(`the secret of ${name} number ${i} 🔑`, key)]);
  }
  await client.query('INSERT INTO referring SELECT id, id FROM watched_parts');
}

/** Every plaintext of the odd tables under a key, sorted. */
export async function readOddPlaintexts(
  client: pg.Client,
  open: (cell: string, key: Buffer) => string,
  key: Buffer,
): Promise<string[]> {
  const plaintexts: string[] = [];
  for (const { name } of oddTables) {
    const only = name === 'watched_parts' ? '' : 'ONLY';
    const { rows: read } = await client.query(`SELECT s FROM ${only} ${quoted(name)}`);
    plaintexts.push(...read.map(({ s }) => `${name}: ${open(s, key)}`));
  }
  return plaintexts.sort();
}

/** What must stay as it is: the other columns, every trigger with its state, constraints, and what triggers wrote. */
export async function readBesideOddTables(client: pg.Client): Promise<unknown> {
  const result: unknown[] = [];
  for (const { name } of oddTables) {
    const { rows: read } = await client.query(
      `SELECT tableoid::regclass::text AS place, to_jsonb(whole) - 's' AS rest FROM ${quoted(name)} AS whole
       ORDER BY place, (to_jsonb(whole) - 's')::text`,
    );
    result.push(read);
  }
  for (const text of [
    'SELECT what FROM seen',
    'SELECT * FROM referring ORDER BY id',
    `SELECT tgrelid::regclass::text, tgname, tgenabled, tgisinternal, tgparentid <> 0 FROM pg_trigger ORDER BY 1, 2`,
    `SELECT conrelid::regclass::text, conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint
       WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace ORDER BY 1, 2`,
  ]) {
    result.push((await client.query({ text, rowMode: 'array' })).rows);
  }
  return result;
}
