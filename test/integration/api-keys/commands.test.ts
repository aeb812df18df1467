import { spawnSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { compareSync } from 'bcrypt';
import { describe, expect, test } from 'vitest';
import { foreignKey, insertKeys, serverFilled, serverFilledMapping } from '#test/support/databases/api-keys';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase, urlOf } from '#test/support/postgres/test-database';

test('a key is made, told from others, replaced and revoked, and stands nowhere but where it was asked for', async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  await database.client.query(serverFilled);
  await insertKeys(database.client, [{ name: 'from before', hash: foreignKey(1).hash }]);
  const talk: string[] = [];
  const run = async (args: string[], stdin?: string) => {
    const done = await folder.run(['api-key', ...args, '--json'], {
      env: { KEEL_DATABASE_URL: database.url },
      ...(stdin !== undefined && { stdin }),
    });
    talk.push(done.stdout, done.stderr);
    return done;
  };

  const out = join(folder.path, 'ci.key');
  const made = await run([
    'create',
    '--name',
    'CI',
    '--scope',
    'collection:col_1',
    '--cost',
    '10',
    '--out',
    out,
  ]);
  expect(made).toMatchObject({
    status: 0,
    json: { ok: true, key: { label: 'CI', file: out, active: true, cost: 10 } },
  });
  const key = (await readFile(out, 'utf8')).trim();
  expect(key).toMatch(/^bk_\w{43}$/);
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  const { rows } = await database.client.query(
    `SELECT key_hash, expires_at > now() + interval '89 days' AS far FROM api_keys WHERE name = 'CI'`,
  );
  expect(compareSync(key, rows[0].key_hash)).toBe(true);
  expect(rows[0].far).toBe(true);

  expect(await run(['verify', '--stdin'], `${key}\n`)).toMatchObject({
    status: 0,
    json: { match: { label: 'CI' } },
  });
  expect(await run(['verify', '--stdin'], 'bk_somebody_elses')).toMatchObject({
    status: 3,
    json: { ok: false, tried: 1, ruledOut: 1 },
  });
  expect(await run(['verify', '--stdin'], 'k'.repeat(73))).toMatchObject({
    status: 2,
    json: { error: { code: 'api-key-malformed' } },
  });

  const again = await run(['create', '--name', 'CI', '--scope', 'organization', '--out', out]);
  expect(again).toMatchObject({ status: 2, json: { error: { code: 'file-exists' } } });
  const next = join(folder.path, 'next.key');
  expect(await run(['replace', '--name', 'CI', '--out', next])).toMatchObject({
    status: 4,
    json: { error: { code: 'confirmation-missing' } },
  });
  expect(
    await run(['replace', '--name', 'CI', '--out', next, '--yes', '--expires', 'never', '--cost', '10']),
  ).toMatchObject({ status: 0, json: { ok: true, key: { label: 'CI', scope: 'collection:col_1' } } });
  expect(await run(['verify', '--api-key-file', out])).toMatchObject({
    status: 3,
    json: { match: { label: 'CI', active: false } },
  });
  expect(await run(['verify', '--api-key-file', next])).toMatchObject({ status: 0 });

  expect(await run(['revoke', '--name', 'from before', '--yes'])).toMatchObject({
    status: 0,
    json: { ok: true },
  });
  expect(await run(['revoke', '--name', 'from before', '--yes'])).toMatchObject({
    status: 6,
    json: { error: { code: 'already-revoked' } },
  });
  const listed = await run(['list']);
  expect(listed.json.keys.map(({ label, active }: any) => [label, active])).toEqual([
    ['CI', true],
    ['CI', false],
    ['from before', false],
  ]);
  expect(JSON.stringify(listed.json)).not.toContain('$2b$');

  const keys = [key, (await readFile(next, 'utf8')).trim()];
  const state = await folder.state();
  expect(state).toContain('API key replaced');
  for (const text of keys) expect(`${talk.join('\n')}\n${state}`).not.toContain(text);
});

test('--print shows the key once, and a key that cannot be handed over is not made', async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  await database.client.query(serverFilled);
  const create = (...args: string[]) =>
    folder.run([
      'api-key',
      'create',
      '--name',
      'CI',
      '--scope',
      'organization',
      '--cost',
      '10',
      '--database',
      database.url,
      ...args,
    ]);
  expect(await create()).toMatchObject({ status: 2 });
  expect(await create('--out', join(folder.path, 'nowhere', 'x.key'))).toMatchObject({ status: 1 });
  expect((await database.client.query('SELECT FROM api_keys')).rowCount).toBe(0);
  const printed = await create('--print');
  expect(printed).toMatchObject({ status: 0, stdout: expect.stringMatching(/^bk_\w{43}\n$/) });
  const failed = join(folder.path, 'failed.key');
  expect(await create('--out', failed, '--set', 'nonsense=1')).toMatchObject({ status: 2 });
  await expect(stat(failed)).rejects.toMatchObject({ code: 'ENOENT' });
});

describe.skipIf(process.platform === 'win32')('a key that is printed', () => {
  const making = 'api-key create --print --name CI --scope organization --cost 10';

  async function ran(database: { readonly url: string }, script: string) {
    await using folder = await KeelFolder.create();
    const env = {
      PATH: process.env['PATH'],
      HOME: folder.path,
      KEEL_HOME: join(folder.path, 'home'),
      KEEL_DATABASE_URL: database.url,
    };
    const keel = resolve(import.meta.dirname, '../../../out/main/cli.js');
    const run = spawnSync('sh', ['-c', `node '${keel}' ${making} ${script}`], { env, encoding: 'utf8' });
    return { ...run, state: await folder.state() };
  }

  test('is not stored where it cannot be written', async () => {
    await using database = await createTestDatabase();
    await database.client.query(serverFilled);
    expect(await ran(database, '> /dev/full')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('nothing was changed [file-unwritable]'),
    });
    expect((await database.client.query('SELECT FROM api_keys')).rowCount).toBe(0);
  });

  test('is printed before COMMIT, and is said not to work where that fails', async () => {
    await using database = await createTestDatabase();
    await database.client.query(`${serverFilled};
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'late'; END $$;
      CREATE CONSTRAINT TRIGGER late AFTER INSERT ON api_keys DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION fail()`);
    const { status, stdout, stderr, state } = await ran(database, '');
    expect(status).not.toBe(0);
    expect(stdout).toMatch(/^bk_\w{43}\n$/);
    expect(stderr).toContain('The key that was printed does not work');
    expect(state).toContain('API key revealed');
  });
});

test('a table without an expiry date says what to pass', async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  await database.client.query(serverFilled.replace(/,\s*expires_at timestamptz/, ''));
  await insertKeys(database.client, [{ name: 'one', hash: foreignKey(1).hash }]);
  const create = (...args: string[]) =>
    folder.run([
      ...['api-key', 'create', '--json', '--print', '--name', 'CI', '--scope', 'organization'],
      ...['--cost', '10', '--database', database.url, ...args],
    ]);
  expect((await create()).json.error).toMatchObject({
    code: 'usage',
    remedy: 'pass the column with `--column expires=COLUMN`, or pass `--expires never`',
  });
  expect(await create('--expires', 'never')).toMatchObject({ status: 0 });
});

test('with two tables of keys one has to be named, by an option or a file', async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  await database.client.query(
    `${serverFilled}; CREATE TABLE service_token (id int PRIMARY KEY, title text, secret text, scope text, last_used timestamptz)`,
  );
  await insertKeys(database.client, [{ name: 'one', hash: foreignKey(1).hash }]);
  await database.client.query(`INSERT INTO service_token VALUES (1, 'other', $1, 'organization')`, [
    foreignKey(2).hash,
  ]);
  const run = (...args: string[]) =>
    folder.run(['api-key', ...args, '--json', '--database', urlOf(database.url, database.name)]);
  const unsure = await run('list');
  expect(unsure).toMatchObject({
    status: 4,
    json: {
      error: { code: 'api-key-table-missing', message: expect.stringContaining('public.service_token') },
    },
  });
  expect((await run('list', '--table', 'service_token', '--column', 'hash=secret')).json.keys).toMatchObject([
    { label: 'other' },
  ]);
  const mapping = await folder.file('mapping.json', JSON.stringify(serverFilledMapping));
  expect((await run('list', '--mapping', mapping)).json.keys).toMatchObject([{ label: 'one' }]);
  const wrong = await folder.file('wrong.json', '{"schema":"public"}');
  expect(await run('list', '--mapping', wrong)).toMatchObject({
    status: 2,
    json: { error: { code: 'inventory-malformed' } },
  });
  const out = join(folder.path, 'found.json');
  expect(await run('find', '--out', out)).toMatchObject({ status: 0 });
  expect(JSON.parse(await readFile(out, 'utf8')).columns.hash).toBe('key_hash');
});
