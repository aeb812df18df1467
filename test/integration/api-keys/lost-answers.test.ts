import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareSync } from 'bcrypt';
import { describe, expect, test } from 'vitest';
import { foreignKey, insertKeys, serverFilled, serverFilledMapping } from '#test/support/databases/api-keys';
import { type SeveringOptions, startSeveringProxy } from '#test/support/postgres/severing-proxy';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder } from '#test/support/processes/keel-process';
import { openTestWindow } from '#test/support/window';

// Who holds a key, and who believes to, after the answer to COMMIT was lost.

type Lost = Pick<SeveringOptions, 'forward' | 'forGood' | 'keepsFar'>;

/** A table with one key, behind a line that is cut at COMMIT. */
async function openDesk(lost: Lost) {
  const database = await createTestDatabase();
  await database.client.query(serverFilled);
  const [old = ''] = await insertKeys(database.client, [{ name: 'CI', hash: foreignKey(1).hash }]);
  const proxy = await startSeveringProxy(database.url, { statement: 'COMMIT', ...lost });
  const folder = await KeelFolder.create();
  const out = join(folder.path, 'new.key');
  const actives = async () =>
    (await database.client.query('SELECT id::text, key_hash FROM api_keys WHERE is_active ORDER BY id')).rows;
  return {
    database,
    folder,
    old,
    out,
    proxy,
    actives,
    run: (...args: string[]) =>
      folder.run(['api-key', ...args, '--json'], { env: { KEEL_DATABASE_URL: proxy.url } }),
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

const making = {
  replace: ['replace', '--name', 'CI', '--yes', '--cost', '10'],
  create: ['create', '--name', 'new', '--scope', 'organization', '--cost', '10'],
};

describe.each(['replace', 'create'] as const)('api-key %s', (deed) => {
  test('is done, and its key handed over, where the table has its hash', async () => {
    await using desk = await openDesk({ forward: true });
    const ran = await desk.run(...making[deed], '--out', desk.out);
    expect(desk.proxy.severed).toBe(true);
    expect(ran).toMatchObject({ status: 0, json: { ok: true } });
    const key = (await readFile(desk.out, 'utf8')).trim();
    expect(compareSync(key, (await desk.actives()).at(-1).key_hash)).toBe(true);
  });

  test('says that nothing was changed, and leaves no key, where it has not', async () => {
    await using desk = await openDesk({ forward: false });
    const ran = await desk.run(...making[deed], '--out', desk.out);
    expect(desk.proxy.severed).toBe(true);
    expect(ran).toMatchObject({
      status: 1,
      json: { ok: false, error: { message: expect.stringContaining('nothing was changed') } },
    });
    await expect(stat(desk.out)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await desk.actives()).toMatchObject([{ id: desk.old }]);
  });
});

describe('where the server cannot be asked either', () => {
  test.each([true, false])(
    'a replacement hands the key over, and says that it cannot be told (committed: %s)',
    async (forward) => {
      await using desk = await openDesk({ forward, forGood: true });
      const ran = await desk.run(...making.replace, '--out', desk.out);
      expect(ran).toMatchObject({
        status: 1,
        json: { ok: false, key: { file: desk.out }, error: { code: 'commit-unsettled' } },
      });
      expect(ran.json.error.remedy).toContain('keel api-key verify');
      expect(ran.json.error.message).not.toContain('nothing was changed');
      await desk.proxy.reopen();
      const verified = await desk.run('verify', '--api-key-file', desk.out);
      expect(verified.status).toBe(forward ? 0 : 3);
    },
  );

  test('a new key is printed', async () => {
    await using desk = await openDesk({ forward: true, forGood: true });
    const ran = await desk.run(...making.create, '--print');
    expect(ran.status).toBe(1);
    expect(compareSync(ran.json.key.text, (await desk.actives()).at(-1).key_hash)).toBe(true);
  });

  test('a revoked key may or may not be revoked', async () => {
    await using desk = await openDesk({ forward: true, forGood: true });
    expect(await desk.run('revoke', '--name', 'CI', '--yes')).toMatchObject({
      status: 1,
      json: {
        error: { code: 'commit-unsettled', message: expect.stringContaining('may or may not be revoked') },
      },
    });
  });
});

describe('api-key revoke', () => {
  test('says what the table shows', async () => {
    await using done = await openDesk({ forward: true });
    expect(await done.run('revoke', '--name', 'CI', '--yes')).toMatchObject({ status: 0 });
    expect(await done.actives()).toEqual([]);
    await using undone = await openDesk({ forward: false });
    expect(await undone.run('revoke', '--name', 'CI', '--yes')).toMatchObject({
      status: 1,
      json: { error: { code: 'connection-lost', message: expect.stringContaining('nothing was changed') } },
    });
    expect(await undone.actives()).toHaveLength(1);
  });
});

test('a transaction whose COMMIT never came is ended before it is said that nothing was changed', async () => {
  await using desk = await openDesk({ forward: false, keepsFar: true });
  const ran = await desk.run(...making.replace, '--out', desk.out);
  expect(ran).toMatchObject({ status: 1, json: { error: { code: 'connection-lost' } } });
  const { rows } = await desk.database.client.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
  );
  expect(rows).toEqual([]);
  expect(await desk.actives()).toMatchObject([{ id: desk.old }]);
});

test('the window keeps a key of which it cannot be told whether the table has it, and says so', async () => {
  await using desk = await openDesk({ forward: true, forGood: true });
  await using window = await openTestWindow();
  const { environment } = await window.must('environments.add', {
    name: 'Acme',
    colour: 'blue',
    production: false,
    connection: { url: desk.proxy.url },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase: 'five random words for a test',
  });
  await window.must('apiKeys.chooseTable', { environment, table: serverFilledMapping });
  const made = await window.must('apiKeys.replace', { environment, id: desk.old, cost: 10, values: {} });
  expect(made).toMatchObject({
    replaced: 'CI',
    unsettled: { message: expect.stringContaining('could not check whether the new key is in the database') },
  });
  await window.must('apiKeys.copy', { environment, ticket: made.ticket });
  const key = window.desk.copied.at(-1) ?? '';
  expect(compareSync(key, (await desk.actives()).at(-1).key_hash)).toBe(true);
});
