import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { readCatalog } from '#postgres/catalog';
import type { ServerFacts } from '#postgres/connect';
import { traitsOfPostgres } from '#postgres/engine/engine';
import { connectPlainly, urlOf } from '#test/support/postgres/test-database';
import { resolveInventory } from '#postgres/table-target';
import { probeEngine } from '#rewrite/engine-probe';
import { checkEngine } from '#rewrite/engine-findings';
import { checkServer, isTooOld } from '#rewrite/server-findings';
import { ensureKeelSchema } from '#rewrite/keel-schema';
import { openSession } from '#rewrite/session';
import { chooseStaging, readStagingFacts } from '#rewrite/staging-choice';
import { beginWriting, lockTables } from '#rewrite/writing-transaction';
import { base64Column } from '#test/support/databases/foreign-database';
import { type RotatedRows, rowsToRotate } from '#test/support/databases/rotated-rows';

// What a server and its role say about a rotation there, and what is tried of them.

const targetsOf = async ({ database }: RotatedRows) =>
  resolveInventory({ version: 1, columns: [base64Column()] }, await readCatalog(database.client));

test('each thing about the server is told by itself, with the sessions that are connected', async () => {
  await using rows = await rowsToRotate();
  await rows.database.client.query(`SET application_name = 'bal\tlast'`);
  await using session = await openSession(rows.open, 'usual');
  const look = async (more: Partial<ServerFacts> = {}, shared = false) => {
    const facts = { ...session.facts, ...more };
    const findings = await checkServer(session.reader, { facts, pids: session.pids, shared });
    return Object.fromEntries(findings.map((finding) => [finding.code, finding]));
  };
  const usual = await look();
  expect(Object.values(usual).map(({ code, level }) => `${level} ${code}`)).toEqual([
    'pass version',
    'pass writable',
    'stop other-sessions',
    'pass prepared-transactions',
    'pass pooler',
  ]);
  expect(usual['other-sessions']?.sessions).toEqual([expect.stringMatching(/^1 × bal/)]);
  expect((await look({ inRecovery: true, readOnly: true }))['standby']).toMatchObject({ level: 'stop' });
  expect((await look({ readOnly: true }))['read-only']).toMatchObject({ level: 'stop' });
  expect((await look({ pooled: true }))['pooler']).toMatchObject({ level: 'warn' });
  expect((await look({ pooled: true }, true))['pooler']).toMatchObject({ level: 'stop' });
  const version = (number: number) => ({ ...session.facts, version: number });
  expect([isTooOld(version(129_999)), isTooOld(version(130_000))]).toEqual([true, false]);
  expect((await look({ version: 129_999 }))['version']).toMatchObject({ level: 'stop' });
});

test('an engine that Keel was never run on is tried, and what does not work there stops it', async () => {
  await using rows = await rowsToRotate();
  await using session = await openSession(rows.open, 'usual');
  const tables = await targetsOf(rows);
  const { reader, facts, portable } = session;
  const engine = (way: 'usual' | 'untested') => ({ name: 'Other DB', way, keepsRows: [] });
  const look = (client = reader, more: Partial<ServerFacts> = {}) =>
    checkEngine(client, { facts: { ...facts, engine: engine('untested'), ...more }, portable }, tables);
  expect(await look(reader, { engine: engine('usual') })).toEqual([]);
  const usual = { facts: { ...facts, engine: engine('usual') }, portable: traitsOfPostgres };
  expect(await checkEngine(reader, usual, tables, 'n8n')).toMatchObject([
    {
      message: expect.stringContaining('rows that n8n writes'),
      remedy: 'stop n8n before the rotation',
    },
  ]);
  const lesser = { ...engine('untested'), way: 'portable' as const, lacks: 'it has no ctid' };
  expect(
    await checkEngine(reader, { facts: { ...facts, engine: lesser }, portable: traitsOfPostgres }, tables),
  ).toMatchObject([
    {
      message: expect.stringMatching(
        /Other DB, which Keel has never been run on .*: it has no ctid\. It does/,
      ),
      remedy: expect.stringContaining('rotate a restored copy of the database'),
    },
  ]);
  expect(await look()).toMatchObject([
    {
      level: 'warn',
      message: expect.stringContaining(
        'temporary tables, LOCK TABLE, binary COPY, ctid, xmin, pg_xact_status',
      ),
    },
  ]);
  expect(await look(reader, { inRecovery: true })).toEqual([]);
  expect(await look(reader, { readOnly: true })).toEqual([]);
  const send = reader.query.bind(reader) as (...query: unknown[]) => Promise<unknown>;
  const lacking = (what: RegExp) => {
    const query = (...[text, ...values]: unknown[]) =>
      what.test(String(text)) ? Promise.reject(new Error('not supported')) : send(text, ...values);
    return Object.assign(reader, { query });
  };
  for (const [what, fails, works] of [
    [/CREATE TEMPORARY/, 'temporary tables', 0],
    [/^LOCK TABLE/, 'LOCK TABLE', 1],
    [/t\.ctid = s\.place/, 'ctid', 3],
    [/t\.xmin/, 'xmin', 4],
    [/pg_xact_status/, 'pg_xact_status', 5],
  ] as const) {
    const probed = await probeEngine(lacking(what));
    expect([probed.fails, probed.works.length]).toEqual([fails, works]);
  }
  expect(await look(lacking(/t\.xmin/))).toMatchObject([
    { level: 'stop', code: 'engine', message: expect.stringMatching(/as in PostgreSQL: xmin$/) },
  ]);
  // nothing of it stays
  const left = await send(`SELECT to_regclass('pg_temp.keel_probe') AS probe`);
  expect(left).toMatchObject({ rows: [{ probe: null }] });
});

test('a role that may not create a schema stages in temporary tables, and one that may create neither is stopped', async () => {
  const role = `role_${randomBytes(4).toString('hex')}`;
  await using rows = await rowsToRotate();
  const { client, url, name } = rows.database;
  await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'pass'; REVOKE ALL ON DATABASE ${name} FROM PUBLIC;
    GRANT CONNECT, TEMPORARY ON DATABASE ${name} TO ${role}`);
  const guest = await connectPlainly(urlOf(url, name, { user: role, password: 'pass' }));
  const choose = async (who = guest) => chooseStaging(who, await readStagingFacts(who));
  try {
    expect(await choose(client)).toMatchObject({ place: 'schema', mayAlter: true });
    expect(await choose()).toMatchObject({ place: 'temporary', finding: { level: 'warn' } });
    await expect(ensureKeelSchema(guest)).rejects.toMatchObject({
      code: 'privilege-missing',
      message: expect.stringContaining('creating the schema keel'),
    });
    await client.query(`CREATE SCHEMA keel; GRANT CREATE ON SCHEMA keel TO ${role}`);
    expect((await choose()).finding.message).toContain('belongs to another role');
    await client.query(`ALTER SCHEMA keel OWNER TO ${role}`);
    expect(await choose()).toMatchObject({ place: 'schema' });
    // whose owner has fewer rights than a superuser, and could change it
    expect(await choose(client)).toMatchObject({ place: 'temporary', finding: { level: 'warn' } });
    await client.query(`DROP SCHEMA keel; REVOKE TEMPORARY ON DATABASE ${name} FROM ${role}`);
    expect(await choose()).toMatchObject({ finding: { level: 'stop' } });
  } finally {
    await guest.end();
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});

test.each([
  [
    'CREATE TABLE',
    'temporary',
    /blocks the creation of the schema keel or its tables: rows are staged/,
    true,
  ],
  ['ALTER TABLE', 'schema', /are created in the schema keel/, false],
])(
  'an event trigger that refuses %s is met before anything is staged',
  async (tag, place, message, mayAlter) => {
    await using rows = await rowsToRotate(`
    CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS
      $$ BEGIN IF current_query() ~ 'keel' OR '${tag}' = 'ALTER TABLE' THEN RAISE 'refused'; END IF; END $$;
    CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('${tag}') EXECUTE FUNCTION refuse()`);
    await using client = await rows.open();
    const choice = await chooseStaging(client, await readStagingFacts(client));
    expect(choice).toMatchObject({ place, mayAlter, finding: { message: expect.stringMatching(message) } });
    expect(await rows.keelTables()).toBeUndefined();
    await rows.database.client.query('DROP EVENT TRIGGER refuse');
  },
);

test('the writing transaction is one that commits synchronously, and waits for a lock as long as it is told', async () => {
  await using rows = await rowsToRotate();
  await using client = await rows.open();
  const tables = await targetsOf(rows);
  const { xid, backendPid } = await beginWriting(client);
  const { rows: told } = await client.query(
    `SELECT pg_current_xact_id()::text AS xid, pg_backend_pid() AS pid, current_setting('transaction_isolation') AS level`,
  );
  expect(told).toEqual([{ xid, pid: backendPid, level: 'read committed' }]);
  await lockTables(client, tables, 120.4);
  expect((await client.query('SHOW lock_timeout')).rows).toEqual([{ lock_timeout: '120ms' }]);
  const { client: other } = rows.database;
  await other.query(`SET lock_timeout = '50ms'`);
  await expect(other.query('INSERT INTO vault VALUES (99)')).rejects.toThrow('lock timeout');
  await other.query('SELECT * FROM vault');
  await client.query('ROLLBACK');
  await other.query('BEGIN; LOCK TABLE vault IN ACCESS EXCLUSIVE MODE');
  await beginWriting(client);
  await expect(lockTables(client, tables, 50)).rejects.toMatchObject({
    code: 'lock-timeout',
    message: expect.stringContaining('for 50 ms'),
  });
  await client.query('ROLLBACK');
  await other.query('DROP TABLE vault; COMMIT');
  await beginWriting(client);
  const gone = lockTables(client, tables, 50);
  await expect(gone).rejects.toMatchObject({ code: 'query-failed' });
});
