import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareSync } from 'bcrypt';
import { expect, test } from 'vitest';
import { foreignKey, insertKeys, serverFilled, serverFilledMapping } from '#test/support/databases/api-keys';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow, type TestWindow } from '#test/support/window';

async function connected(window: TestWindow, { client, url }: TestDatabase): Promise<string> {
  await client.query(serverFilled);
  const { environment } = await window.must('environments.add', {
    name: 'Acme',
    colour: 'blue',
    production: false,
    connection: { url },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase: 'five random words for a test',
  });
  await window.must('apiKeys.chooseTable', { environment, table: serverFilledMapping });
  return environment;
}

const asked = { name: 'CI', scope: 'organization', cost: 10, values: {} };

/** What is replaced meanwhile is left out: its successor is there. */
async function everythingIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return (
    await Promise.all(
      files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1').catch(() => '')),
    )
  ).join();
}

test('a new key is copied past the window, shown only while held, and gone once it is put away', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const environment = await connected(window, database);
  const made = await window.must('apiKeys.create', { environment, ...asked });
  const ticket = { environment, ticket: made.ticket };
  await window.must('apiKeys.copy', ticket);
  const key = window.desk.copied.at(-1) ?? '';
  const { rows } = await database.client.query('SELECT key_hash FROM api_keys');
  expect(compareSync(key, rows[0].key_hash)).toBe(true);
  expect(await window.call('apiKeys.reveal', ticket)).toMatchObject({
    ok: false,
    error: { code: 'gesture-missing' },
  });
  window.desk.gestureHeld = true;
  expect(await window.must('apiKeys.reveal', ticket)).toEqual({ key });
  expect(await window.must('apiKeys.fresh', { environment })).toEqual([made]);
  await window.must('apiKeys.discard', ticket);
  expect(await window.call('apiKeys.reveal', ticket)).toMatchObject({
    ok: false,
    error: { code: 'api-key-missing' },
  });
  expect(await window.call('apiKeys.copy', ticket)).toMatchObject({
    ok: false,
    error: { code: 'api-key-missing' },
  });

  const verified = await window.must('apiKeys.verify', { environment, key, everything: false });
  expect(verified).toMatchObject({ tried: 1, match: { label: 'CI', active: true } });
  const { entries } = await window.must('activity.list', { limit: 50 });
  expect(entries.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['API key created', 'API key copied', 'API key revealed', 'API key verified']),
  );
  expect(await everythingIn(window.home)).not.toContain(key);
  expect(JSON.stringify(window.desk.events)).not.toContain(key);
});

test('the lock takes a key that was not put away', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const environment = await connected(window, database);
  const { ticket } = await window.must('apiKeys.create', { environment, ...asked });
  await window.lock();
  expect(await window.call('apiKeys.copy', { environment, ticket })).toMatchObject({
    error: { code: 'app-locked' },
  });
  await window.must('app.unlock', {});
  expect(await window.must('apiKeys.fresh', { environment })).toEqual([]);
  expect(await window.call('apiKeys.copy', { environment, ticket })).toMatchObject({
    error: { code: 'api-key-missing' },
  });
});

test('nothing is made, revoked or replaced unless the admin agreed to it', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const environment = await connected(window, database);
  const [id = ''] = await insertKeys(database.client, [{ name: 'one', hash: foreignKey(1).hash }]);
  const refused = { ok: false, error: { code: 'cancelled' } };
  window.desk.agrees = false;
  expect(await window.call('apiKeys.revoke', { environment, id })).toMatchObject(refused);
  const making = { environment, name: 'two', scope: 'organization', cost: 10, values: {} };
  expect(await window.call('apiKeys.create', making)).toMatchObject(refused);
  const replacing = { environment, id, cost: 10, values: {} };
  expect(await window.call('apiKeys.replace', replacing)).toMatchObject(refused);
  expect((await window.must('apiKeys.list', { environment })).keys).toMatchObject([
    { label: 'one', active: true },
  ]);
  window.desk.agrees = true;
  await window.must('apiKeys.revoke', { environment, id });
  expect(window.desk.questions.at(-1)?.message).toContain('Revoke the API key “one”');
  expect((await window.must('apiKeys.list', { environment })).keys).toMatchObject([
    { label: 'one', active: false },
  ]);
});

test('what the window may not say is refused at the border', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const environment = await connected(window, database);
  const refused = { ok: false, error: { code: 'request-refused' } };
  for (const wrong of [
    { cost: 9 },
    { cost: 16 },
    { scope: 'admin' },
    { scope: 'organization\n' },
    { name: ' ' },
  ])
    expect(await window.call('apiKeys.create', { environment, ...asked, ...wrong })).toMatchObject(refused);
  const table = { ...serverFilledMapping, table: 'users' };
  expect(await window.call('apiKeys.chooseTable', { environment, table })).toMatchObject({
    error: { code: 'api-key-table-missing' },
  });
  const pasted = `bk_${'secret'.repeat(20)}`;
  const verified = await window.run('apiKeys.verify', { environment, key: pasted, everything: false });
  expect(verified).toMatchObject({ ok: false, error: { code: 'api-key-malformed' } });
  expect(JSON.stringify(verified) + (await everythingIn(window.home))).not.toContain('secretsecret');
});
