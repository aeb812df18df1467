import { describe, expect, test } from 'vitest';
import {
  createForeignDatabase,
  readPlaintexts,
  readSurroundings,
} from '#test/support/databases/foreign-database';
import { drawn } from '#test/support/how-often';
import { KeelFolder } from '#test/support/processes/keel-process';

/** Functions and operators that shadow the system's for a session whose search path leads to them. */
const hostile = `
  CREATE SCHEMA hostile;
  CREATE FUNCTION hostile.current_setting(text) RETURNS text LANGUAGE sql AS $$ SELECT 'hostile' $$;
  CREATE FUNCTION hostile.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS $$ SELECT 'hostile' $$;
  CREATE FUNCTION hostile.not_equal(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT false $$;
  CREATE OPERATOR hostile.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.not_equal);
  CREATE VIEW hostile.pg_settings AS SELECT 'x'::text AS name, 'y'::text AS setting;
  CREATE VIEW hostile.pg_class AS SELECT 1::oid AS oid`;

const settings = {
  'how names and values are written': [
    'quote_all_identifiers = on',
    "bytea_output = 'escape'",
    "DateStyle = 'SQL, DMY'",
    "IntervalStyle = 'iso_8601'",
    "TimeZone = 'Asia/Kathmandu'",
    'extra_float_digits = -15',
    "xmlbinary = 'hex'",
  ],
  'how statements are read': [
    'standard_conforming_strings = off',
    "backslash_quote = 'off'",
    'array_nulls = off',
    "xmloption = 'document'",
    'transform_null_equals = on',
    "search_path = 'hostile', 'pg_catalog', 'public'",
    'row_security = on',
    "restrict_nonsystem_relation_kind = 'view, foreign-table'",
  ],
  'how transactions behave': [
    "default_transaction_isolation = 'serializable'",
    'default_transaction_deferrable = on',
    'session_replication_role = replica',
    'synchronous_commit = off',
    'exit_on_error = on',
    "client_min_messages = 'debug1'",
  ],
  'how long anything may take': [
    'statement_timeout = 1',
    'lock_timeout = 1',
    'idle_in_transaction_session_timeout = 1',
    "idle_session_timeout = '1s'",
    "transaction_timeout = '1s'",
  ],
  'where tables go and how they are read': [
    "default_tablespace = 'nowhere'",
    "temp_tablespaces = 'nowhere'",
    'jit = on',
    'jit_above_cost = 0',
    'enable_hashjoin = off',
    'enable_indexscan = off',
    "work_mem = '64kB'",
    'check_function_bodies = off',
    "client_encoding = 'LATIN1'",
  ],
};

const everything = Object.values(settings).flat();

describe.concurrent('a database is rotated and brought back, and found in full, where it sets', () => {
  test.for([...drawn(1, Object.entries(settings)), ['all of that', everything] as const])(
    '%s',
    async ([, set]) => {
      await using database = await createForeignDatabase();
      await using folder = await KeelFolder.create();
      const { client, url, name, from, to } = database;
      await client.query(hostile);
      for (const one of set) await client.query(`ALTER DATABASE ${name} SET ${one}`);
      const keyFile = (file: string, key: Buffer) => folder.file(file, key.toString('base64'));
      const [fromFile, toFile] = [await keyFile('from.key', from), await keyFile('to.key', to)];
      const inventory = `${folder.path}/inventory.json`;
      const target = ['--json', '--database', url];
      const rotate = [
        ...['rotate', ...target, '--yes', '--accept', 'other-sessions', '--inventory', inventory],
        ...['--from-key-file', fromFile, '--to-key-file', toFile],
      ];
      const before = await readPlaintexts(client, from);
      const around = await readSurroundings(client);

      const discovered = await folder.run([
        'discover',
        ...target,
        '--key-file',
        fromFile,
        '--out',
        inventory,
      ]);
      expect(discovered).toMatchObject({ status: 0, json: { ok: true } });
      expect(discovered.json.inventory.columns).toHaveLength(9);
      expect(
        await folder.run(['prove', ...target, '--inventory', inventory, '--key-file', fromFile]),
      ).toMatchObject({ status: 0, json: { verdict: 'correct' } });
      const rehearsed = await folder.run([...rotate, '--rehearse']);
      expect(rehearsed).toMatchObject({ status: 0, json: { rotation: { rehearsal: true } } });
      expect(await readPlaintexts(client, from)).toEqual(before);

      // twice, since the second one meets the journal of the first
      expect(await folder.run(rotate)).toMatchObject({ status: 0, json: { rotation: { excluded: 0 } } });
      expect(await readPlaintexts(client, to)).toEqual(before);
      expect(await folder.run(['sweep', ...target])).toMatchObject({ status: 0, json: { stragglers: 0 } });
      expect(await folder.run(['undo', ...target, '--yes', '--accept', 'other-sessions'])).toMatchObject({
        status: 0,
        json: { ok: true },
      });
      expect(await readPlaintexts(client, from)).toEqual(before);
      expect(await readSurroundings(client)).toEqual(around);
    },
  );

  test('that transactions are read-only: it is found and named, and not overruled', async () => {
    await using database = await createForeignDatabase();
    await using folder = await KeelFolder.create();
    const { client, url, name, from, to } = database;
    await client.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const inventory = `${folder.path}/inventory.json`;
    const fromFile = await folder.file('from.key', from.toString('base64'));
    const target = ['--json', '--database', url];
    expect(
      await folder.run(['discover', ...target, '--key-file', fromFile, '--out', inventory]),
    ).toMatchObject({ status: 0 });
    const run = await folder.run([
      ...['rotate', ...target, '--yes', '--accept', 'other-sessions', '--inventory', inventory],
      ...['--from-key-file', fromFile],
      ...['--to-key-file', await folder.file('to.key', to.toString('base64'))],
    ]);
    expect(run).toMatchObject({ status: 4, json: { error: { code: 'server-read-only' } } });
  });
});
