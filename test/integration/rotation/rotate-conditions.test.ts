import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  base64,
  createForeignDatabase,
  type ForeignDatabase,
  readEveryBit,
  readPlaintexts,
  readSurroundings,
} from '#test/support/databases/foreign-database';
import { KeelFolder, type KeelRun } from '#test/support/processes/keel-process';
import { connectPlainly, urlOf } from '#test/support/postgres/test-database';

interface Scene extends AsyncDisposable {
  readonly database: ForeignDatabase;
  readonly folder: KeelFolder;
  /** Runs a command against the database, as whoever the URL names. */
  readonly keel: (command: string, ...more: string[]) => Promise<KeelRun>;
  readonly keys: string[];
}

async function prepare(): Promise<Scene> {
  const database = await createForeignDatabase();
  const folder = await KeelFolder.create();
  const from = await folder.file('from.key', database.from.toString('base64'));
  const to = await folder.file('to.key', database.to.toString('base64'));
  return {
    database,
    folder,
    keys: ['--from-key-file', from, '--to-key-file', to],
    keel: (command, ...more) => {
      const changes = command === 'recover' ? [] : ['--accept', 'other-sessions', '--yes'];
      return folder.run([command, '--json', '--database', database.url, ...changes, ...more]);
    },
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

describe.concurrent('a rotation', () => {
  test('takes in what was written, changed and deleted while it staged', async () => {
    await using scene = await prepare();
    const { database, folder, keys } = scene;
    const { client, from, to } = database;
    // Ballast's transaction keeps the cutover waiting, so all of this comes after staging and before the lock
    const ballast = await connectPlainly(database.url);
    await ballast.query('BEGIN; LOCK TABLE tok, nopk, doc IN ROW EXCLUSIVE MODE');
    let written: Promise<void> | undefined;
    const write = async () => {
      await ballast.query('UPDATE tok SET acc = $1 WHERE cnt = 3', [base64('changed while staging', from)]);
      await ballast.query('UPDATE tok SET cnt = cnt + 1000 WHERE cnt BETWEEN 10 AND 12');
      await ballast.query('UPDATE tok SET ref = NULL WHERE cnt = 13');
      await ballast.query('INSERT INTO tok (acc, cnt) VALUES ($1, 77777)', [
        base64('new while staging', from),
      ]);
      await ballast.query('DELETE FROM tok WHERE cnt IN (20, 21)');
      await ballast.query(`UPDATE nopk SET b = b || ' moved' WHERE b = 'plain 5'`);
      await ballast.query(`DELETE FROM nopk WHERE ctid = (SELECT ctid FROM nopk WHERE b = 'twin' LIMIT 1)`);
      await ballast.query(`UPDATE doc SET d = d || '{"note": "changed"}' WHERE id = 4`);
      await ballast.query('COMMIT');
    };
    let before: string[] = [];
    let around: unknown;
    const rotated = await folder.run(
      [
        ...['rotate', '--json', '--database', database.url, '--yes', ...keys],
        ...['--accept', 'other-sessions', '--lock-timeout', '50000'],
      ],
      {
        onTalk: (talk) => {
          if (!written && talk.includes('locking …')) written = write();
        },
      },
    );
    await written;
    await ballast.end();
    expect(rotated).toMatchObject({ status: 0, json: { ok: true } });
    before = await readPlaintexts(client, to);
    around = await readSurroundings(client);
    expect(before.filter((line) => line.includes('while staging'))).toHaveLength(2);
    expect(before.filter((line) => line.includes('twin'))).toHaveLength(1);
    expect(before.join('\n')).not.toContain('\u{fffd}');
    expect(JSON.stringify(around)).toContain('plain 5 moved');
    const undone = await scene.keel('undo');
    expect(undone.status).toBe(0);
    expect(await readPlaintexts(client, from)).toEqual(before);
    expect(await readSurroundings(client)).toEqual(around);
  });

  test('finds rows again that were all moved while it staged', async () => {
    await using scene = await prepare();
    const { database, folder, keys } = scene;
    const { client, from, to } = database;
    const before = await readPlaintexts(client, from);
    const ballast = await connectPlainly(database.url);
    await ballast.query('BEGIN; LOCK TABLE tok, nopk IN ROW EXCLUSIVE MODE');
    let moved: Promise<unknown> | undefined;
    const rotated = await folder.run(
      [
        ...['rotate', '--json', '--database', database.url, '--yes', ...keys],
        ...['--accept', 'other-sessions', '--lock-timeout', '50000'],
      ],
      {
        onTalk: (talk) => {
          if (moved || !talk.includes('locking …')) return;
          moved = ballast.query('UPDATE tok SET cnt = cnt; UPDATE nopk SET b = b; COMMIT');
        },
      },
    );
    await moved;
    await ballast.end();
    expect(rotated).toMatchObject({ status: 0, json: { ok: true } });
    expect(await readPlaintexts(client, to)).toEqual(before);
  });

  test('works for a role that may neither create a schema nor disable triggers, in temporary tables', async () => {
    await using scene = await prepare();
    const { database, keys, folder } = scene;
    const { client, from, to } = database;
    const role = `role_${randomBytes(4).toString('hex')}`;
    await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'pass'; REVOKE CREATE ON DATABASE ${database.name} FROM PUBLIC;
      GRANT USAGE ON SCHEMA "My Schema" TO ${role};
      GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public, "My Schema" TO ${role}`);
    const before = await readPlaintexts(client, from);
    const login = ['--database', urlOf(database.url, database.name, { user: role, password: 'pass' })];
    const refused = await folder.run([
      'rotate',
      '--json',
      '--yes',
      '--accept',
      'other-sessions',
      ...login,
      ...keys,
    ]);
    expect(refused.json.error.message).toContain('triggers');
    expect(refused.status).toBe(4);
    const rotated = await folder.run([
      ...[
        'rotate',
        '--json',
        '--yes',
        '--accept',
        'other-sessions',
        '--accept',
        'triggers',
        ...login,
        ...keys,
      ],
    ]);
    expect(rotated).toMatchObject({ status: 0, json: { ok: true } });
    expect(await readPlaintexts(client, to)).toEqual(before);
    const { rows } = await client.query(`SELECT FROM pg_namespace WHERE nspname = 'keel'`);
    expect(rows).toEqual([]);
    const recovered = await folder.run(['recover', '--json', ...login]);
    expect(recovered.json).toMatchObject({ ok: true, active: { verdict: 'correct' } });
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  test('that finds rows under the new key already stops, and completes what was half done if told to', async () => {
    await using scene = await prepare();
    const { client, from, to } = scene.database;
    const before = await readPlaintexts(client, from);
    // another tool got as far as this
    const { rows } = await client.query('SELECT id, acc, cnt FROM tok WHERE cnt < 20');
    for (const { id, cnt } of rows) {
      await client.query('UPDATE tok SET acc = $1 WHERE id = $2', [
        base64(`ya29.${cnt}-accessaccess`, to),
        id,
      ]);
    }
    const bits = await readEveryBit(client);
    const refused = await scene.keel('rotate', ...scene.keys);
    expect(refused.status).toBe(4);
    expect(refused.json.error.message).toMatch(/tok\.acc|new key/);
    expect(await readEveryBit(client)).toEqual(bits);
    const completed = await scene.keel('rotate', ...scene.keys, '--accept', 'half-rotated');
    expect(completed).toMatchObject({ status: 0, json: { rotation: { already: 20 } } });
    expect(await readPlaintexts(client, to)).toEqual(before);
  });

  test('is refused while another one holds the database', async () => {
    await using scene = await prepare();
    const other = await connectPlainly(scene.database.url);
    await other.query('SELECT pg_advisory_lock(1801807212, 1)');
    const refused = await scene.keel('rotate', ...scene.keys);
    expect(refused).toMatchObject({ status: 4, json: { error: { code: 'rotation-running' } } });
    await other.end();
  });

  test('that was done already is told from a wrong key', async () => {
    await using scene = await prepare();
    expect((await scene.keel('rotate', ...scene.keys)).status).toBe(0);
    const again = await scene.keel('rotate', ...scene.keys);
    expect(again.status).toBe(4);
    expect(again.json.error.message).toMatch(/(opens|decrypts) nothing|already/);
  });
});

describe.concurrent('the sweep', () => {
  test('finds what Ballast wrote under the old key after the cutover, and rewrites it when asked', async () => {
    await using scene = await prepare();
    const { client, from, to } = scene.database;
    expect((await scene.keel('rotate', ...scene.keys)).status).toBe(0);
    await client.query('UPDATE tok SET acc = $1 WHERE cnt = 5', [base64('a straggling token', from)]);
    await client.query('INSERT INTO tok (acc, cnt) VALUES ($1, 88888)', [
      base64('another straggling token', from),
    ]);
    const sweep = (...more: string[]) =>
      scene.folder.run([
        'sweep',
        '--json',
        '--database',
        scene.database.url,
        '--accept',
        'other-sessions',
        ...more,
      ]);
    expect(await sweep()).toMatchObject({ status: 3, json: { ok: false, stragglers: 2, ambiguous: 0 } });
    expect(await sweep('--rewrite', '--yes')).toMatchObject({ status: 0, json: { ok: true, stragglers: 2 } });
    expect(await sweep()).toMatchObject({ status: 0, json: { ok: true, stragglers: 0 } });
    const now = await readPlaintexts(client, to);
    expect(now.filter((line) => line.includes('straggling token'))).toHaveLength(2);
    expect(now.join('\n')).not.toContain('\u{fffd}');
  });

  test('finds nothing to go by where no rotation is on record', async () => {
    await using scene = await prepare();
    const args = ['--json', '--database', scene.database.url, '--keep-keys-in', 'own-files'];
    expect(await scene.folder.run(['sweep', ...args])).toMatchObject({
      status: 4,
      json: { error: { code: 'nothing-to-undo' } },
    });
  });
});

test('a standby is refused with the advice to connect to the primary', async () => {
  const { startEmbeddedServer } = await import('#practice/embedded-server');
  const { quickSettings } = await import('#test/support/postgres/postgres-server');
  const key = randomBytes(32);
  await using folder = await KeelFolder.create();
  await using server = await startEmbeddedServer({ settings: [...quickSettings, 'hot_standby=on'] });
  const primary = await connectPlainly(server.url());
  await primary.query('CREATE TABLE tok (acc text)');
  await primary.query('INSERT INTO tok VALUES ($1)', [base64('{"user":"a","password":"b"}', key)]);
  await primary.query('CHECKPOINT');
  await primary.end();
  await becomeStandby(server);
  const from = await folder.file('from.key', key.toString('base64'));
  const to = await folder.file('to.key', randomBytes(32).toString('base64'));
  const column = { schema: 'public', table: 'tok', column: 'acc', layout: 'base64', kind: 'credentials' };
  const inventory = await folder.file('inventory.json', JSON.stringify({ version: 1, columns: [column] }));
  const run = await folder.run([
    ...['rotate', '--json', '--yes', '--database', server.url(), '--inventory', inventory],
    ...['--from-key-file', from, '--to-key-file', to],
  ]);
  expect(run.json).toMatchObject({ error: { code: 'server-read-only' } });
  expect(run.json.error.remedy).toContain('primary');
  expect(run.status).toBe(4);
});

/** After a crash the server starts again as the standby of a primary that never speaks. */
async function becomeStandby({ directory, url }: { directory: string; url: () => string }): Promise<void> {
  await writeFile(join(directory, 'standby.signal'), '', { mode: 0o644 });
  const victim = await connectPlainly(url());
  const { rows } = await victim.query('SELECT pg_backend_pid() AS pid');
  process.kill(rows[0].pid, 'SIGKILL');
  await expect
    .poll(
      async () => {
        const client = await connectPlainly(url()).catch(() => undefined);
        const answer = await client?.query('SELECT pg_is_in_recovery() AS standby').catch(() => undefined);
        await client?.end();
        return answer?.rows[0].standby;
      },
      { timeout: 30_000, interval: 100 },
    )
    .toBe(true);
}
