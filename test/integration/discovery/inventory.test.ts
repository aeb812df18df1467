import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saying } from '#test/saying';
import type { EncryptedColumn } from '#contract/inventory';
import { parseLayout } from '#forms/layout';
import { type CatalogTable, readCatalog } from '#postgres/catalog';
import { identityExpressions, isWritten, readExpression, resolveInventory } from '#postgres/table-target';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';
import { base64Column } from '#test/support/databases/foreign-database';

const schema = `
  CREATE SCHEMA "My ""Schema""";
  CREATE SCHEMA keel;
  CREATE TABLE keel.rotation (secret text);
  CREATE TABLE keel.staged_0123abcd_0 (secret text);
  CREATE TABLE keel.journal (secret text);
  CREATE TYPE pair AS (iv text, secret text);
  CREATE TYPE point3 AS (x int, y int, z numeric);
  CREATE DOMAIN words AS text;
  CREATE DOMAIN sealed AS words CHECK (value <> 'x');
  CREATE TABLE "My ""Schema"""."Odd.Table" ("the key" text PRIMARY KEY, "a.b" text);
  CREATE TABLE token (id bigint PRIMARY KEY, value text, short varchar(40), fixed char(10), blob bytea, old json,
    doc jsonb, dom sealed, n int, at timestamptz, list text[], ref uuid,
    counts int[], one pair, many pair[], where_at point3, made text GENERATED ALWAYS AS (value) STORED);
  CREATE VIEW token_view AS SELECT value FROM token;
  CREATE MATERIALIZED VIEW token_copy AS SELECT value FROM token;
  CREATE TABLE part (id int, region text, s text, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
  CREATE TABLE part_eu PARTITION OF part FOR VALUES IN ('eu');
  CREATE TABLE keyless (s text);
  CREATE TABLE nullable_key (u text UNIQUE, s text);
  CREATE TABLE second_key (u int NOT NULL UNIQUE, s text);
  CREATE TABLE partial_key (u int NOT NULL, s text);
  CREATE UNIQUE INDEX ON partial_key (u) WHERE u > 0;
  CREATE TABLE lazy_key (u int NOT NULL UNIQUE DEFERRABLE, s text);
  CREATE TABLE wide_key (a int NOT NULL, b int NOT NULL, c int NOT NULL UNIQUE, s text, PRIMARY KEY (b, a));
  CREATE TEMPORARY TABLE passing (s text)`;

let database: TestDatabase;
let catalog: readonly CatalogTable[];
beforeAll(async () => {
  database = await createTestDatabase();
  await database.client.query(schema);
  catalog = await readCatalog(database.client);
});
afterAll(() => database?.[Symbol.asyncDispose]());

const entry = (table: string, column: string, more: Partial<EncryptedColumn> = {}): EncryptedColumn => ({
  ...base64Column(table, column),
  ...more,
});
const resolve = (...columns: EncryptedColumn[]) => resolveInventory({ version: 1, columns }, catalog);
const inPath = (path: string) => entry('token', 'doc', { path });

describe('an inventory that fits the database', () => {
  test('becomes one target for each table, with its columns in the order of the table', () => {
    const targets = resolve(
      entry('token', 'blob', { layout: 'raw cfb8' }),
      entry('keyless', 's'),
      entry('token', 'value', { layout: "'ENC:' hex" }),
    );
    expect(targets.map(({ label, sql }) => [label, sql])).toEqual([
      ['public.token', 'ONLY "public"."token"'],
      ['public.keyless', 'ONLY "public"."keyless"'],
    ]);
    expect(targets[0]?.columns).toMatchObject([
      { name: 'value', type: 'text', forms: [{ layout: parseLayout("'ENC:' hex") }] },
      { name: 'blob', type: 'bytea', forms: [{ layout: parseLayout('raw cfb8') }] },
    ]);
    expect(targets[0]?.columns[0]?.forms[0]).not.toHaveProperty('steps');
  });

  test('may name text, bytes and documents, under any domain', () => {
    const columns = ['value', 'short', 'fixed', 'blob', 'old', 'doc', 'dom'];
    const [target] = resolve(...columns.map((column) => entry('token', column)));
    expect(target?.columns.map(({ name, type }) => [name, type])).toEqual([
      ['value', 'text'],
      ['short', 'text'],
      ['fixed', 'text'],
      ['blob', 'bytea'],
      ['old', 'json'],
      ['doc', 'jsonb'],
      ['dom', 'text'],
    ]);
  });

  test('may name what is in arrays and composite values, by a path', () => {
    const [target] = resolve(
      entry('token', 'list', { path: '$[*]' }),
      entry('token', 'one', { path: '$.secret' }),
      entry('token', 'many', { path: '$[*].secret' }),
    );
    const fields = ['iv', 'secret'].map((name) => ({ name, shape: { kind: 'text' } }));
    const record = { kind: 'record', fields };
    expect(target?.columns).toMatchObject([
      { name: 'list', type: 'other', shape: { kind: 'array', element: { kind: 'text' } } },
      { name: 'one', type: 'other', shape: record, input: '"public"."pair"' },
      { name: 'many', type: 'other', shape: { kind: 'array', element: record } },
    ]);
  });

  test('has the columns of IVs too, which are not written', () => {
    const [target] = resolve(
      entry('token', 'value', { iv: { column: 'ref', layout: '"{iv uuid}"' } }),
      entry('token', 'short', { iv: { column: 'blob', layout: '"{iv raw}"' } }),
    );
    expect(target?.columns.map((column) => [column.name, isWritten(column)])).toEqual([
      ['value', true],
      ['short', true],
      ['blob', false],
      ['ref', false],
    ]);
  });

  test("may name a table of somebody else's in a schema called keel", () => {
    expect(resolve(entry('journal', 'secret', { schema: 'keel' }))).toMatchObject([
      { label: 'keel.journal' },
    ]);
  });

  test('may name several paths of one document', () => {
    const [target] = resolve(inPath('$.auth.token'), inPath('$.list[*].secret'));
    expect(target?.columns).toHaveLength(1);
    expect(target?.columns[0]?.forms.map(({ steps }) => steps)).toEqual([
      [{ member: 'auth' }, { member: 'token' }],
      [{ member: 'list' }, 'elements', { member: 'secret' }],
    ]);
  });

  test('is quoted wherever its names need it', () => {
    const [target] = resolve(entry('Odd.Table', 'a.b', { schema: 'My "Schema"' }));
    expect(target?.sql).toBe('ONLY "My ""Schema"""."Odd.Table"');
    expect(identityExpressions('t', target?.identity ?? { kind: 'place', columns: [] })).toEqual([
      't."the key"',
    ]);
    expect(readExpression('t', { name: 'a"b', type: 'bytea' })).toBe('t."a""b"::pg_catalog.bytea');
    expect(readExpression('t', { name: 'd', type: 'jsonb' })).toBe('t."d"::pg_catalog.text');
  });

  test('reads a partitioned table as a whole', () => {
    expect(resolve(entry('part', 's'))).toMatchObject([
      { sql: '"public"."part"', catalog: { kind: 'partitioned' } },
    ]);
  });

  test.for([
    ['token', 'value', ['id']],
    ['part', 's', ['region', 'id']],
    ['second_key', 's', ['u']],
    ['wide_key', 's', ['b', 'a']],
    ['keyless', 's', ['tableoid', 'ctid']],
    ['nullable_key', 's', ['tableoid', 'ctid']],
    ['partial_key', 's', ['tableoid', 'ctid']],
    ['lazy_key', 's', ['tableoid', 'ctid']],
  ] as const)('tells the rows of %s apart when %s changes', ([table, column, expected]) => {
    const [target] = resolve(entry(table, column));
    expect(target?.identity.columns.map(({ name }) => name)).toEqual(expected);
  });

  test('tells rows apart by their place when their key itself is encrypted', () => {
    const [target] = resolve(entry('Odd.Table', 'the key', { schema: 'My "Schema"' }));
    expect(target?.identity.kind).toBe('place');
  });
});

describe('an inventory that does not fit the database', () => {
  test.for<[string, EncryptedColumn, string]>([
    ['a table that does not exist', entry('gone', 'value'), 'table public.gone does not exist'],
    [
      'a schema that does not exist',
      entry('token', 'value', { schema: 'gone' }),
      'table gone.token does not exist',
    ],
    ['a table in other case', entry('Token', 'value'), 'table public.Token does not exist'],
    ['a view', entry('token_view', 'value'), 'table public.token_view does not exist'],
    ['a temporary table', entry('passing', 's'), 'table public.passing does not exist'],
    [
      "a table of Keel's own",
      entry('rotation', 'secret', { schema: 'keel' }),
      'keel.rotation does not exist',
    ],
    [
      "a staging table of Keel's own",
      entry('staged_0123abcd_0', 'secret', { schema: 'keel' }),
      'keel.staged_0123abcd_0 does not exist',
    ],
    [
      "a table of the server's",
      entry('pg_authid', 'rolpassword', { schema: 'pg_catalog' }),
      'does not exist',
    ],
    ['a materialized view', entry('token_copy', 'value'), 'token_copy is a materialized view'],
    ['a column that does not exist', entry('token', 'gone'), 'column gone of public.token does not exist'],
    ['a column in other case', entry('token', 'VALUE'), 'column VALUE of public.token does not exist'],
    ['a number', entry('token', 'n'), 'column n of public.token does not exist, or cannot hold'],
    ['a time', entry('token', 'at'), 'column at of public.token'],
    ['an array of numbers', entry('token', 'counts'), 'column counts of public.token'],
    ['a composite value of numbers', entry('token', 'where_at'), 'column where_at of public.token'],
    ['a uuid', entry('token', 'ref'), 'column ref of public.token'],
    [
      'an IV in a column that does not exist',
      entry('token', 'short', { iv: { column: 'gone' } }),
      'column gone of public.token does not exist, or cannot hold an IV',
    ],
    ['an IV in a number', entry('token', 'short', { iv: { column: 'n' } }), 'column n of public.token'],
    ['a column that the server computes', entry('token', 'made'), 'made of public.token is computed'],
  ])('because it names %s is refused', ([, column, message]) => {
    expect(() => resolve(entry('token', 'value'), column)).toThrow(
      expect.objectContaining({
        code: 'inventory-mismatch',
        message: expect.stringContaining(message),
        remedy: saying('keel discover'),
      }),
    );
  });

  test('is refused with everything that is wrong at once', () => {
    expect(() => resolve(entry('gone', 'a'), entry('token', 'n'), entry('token_copy', 'value'))).toThrow(
      /public\.gone does not exist; column n of public\.token .*; public\.token_copy is a materialized view; nothing/,
    );
  });
});

describe('an inventory that makes no sense', () => {
  test.for<[string, EncryptedColumn[]]>([
    ['a column twice', [entry('token', 'value'), entry('token', 'value')]],
    [
      'a column with two layouts that are written alike',
      [entry('token', 'value'), entry('token', 'value', { layout: 'base64 cfb8' })],
    ],
    ['a path twice', [inPath('$.a'), inPath('$.a')]],
    ['a path in two ways of writing', [inPath('$.a'), inPath('$["a"]')]],
    ['a column both as a whole and by path', [entry('token', 'doc'), inPath('$.a')]],
    ['the whole document and a path in it', [inPath('$'), inPath('$.a')]],
    ['a path and another inside it', [inPath('$.a'), inPath('$.a.data')]],
    ['all members and one of them', [inPath('$.users.*.token'), inPath('$.users.u1.token')]],
    ['a path inside each element', [inPath('$.list[*]'), inPath('$.list[*].secret')]],
  ])('because it names %s is refused', ([, columns]) => {
    expect(() => resolve(...columns)).toThrow(
      expect.objectContaining({
        code: 'inventory-malformed',
        message: expect.stringContaining(`column ${columns[0]?.column} of public.token twice`),
      }),
    );
  });

  test('may still name paths that only look alike', () => {
    const paths = [
      '$.a.b',
      '$.a.c',
      '$.ab',
      '$.list[*].a',
      '$.list[*].b',
      '$.list.*',
      '$.users.*.token',
      '$.users.u1.key',
    ];
    expect(resolve(...paths.map(inPath))[0]?.columns[0]?.forms).toHaveLength(paths.length);
  });

  test('because of a layout or path that cannot be read is refused', () => {
    expect(() => resolve(entry('token', 'value', { layout: 'rot13' }))).toThrow(
      expect.objectContaining({ code: 'layout-unknown', message: expect.stringContaining('rot13') }),
    );
    expect(() => resolve(inPath('$.a..b'))).toThrow(expect.objectContaining({ code: 'inventory-malformed' }));
  });
});
