import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replaceApiKey } from '#api-keys/use-cases/replace';
import { revokeApiKey } from '#api-keys/use-cases/revoke';
import type { AuditEntry } from '#audit/audit';
import { openDatabase } from '#workspace/database';
import { openWorkspace } from '#workspace/workspace';
import { foreignKey, insertKeys, serverFilled, serverFilledMapping } from '#test/support/databases/api-keys';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTwin } from './twin.ts';

const timeout = 120_000;

/** A database with three keys of other programs, and the environment of it. */
async function openKeys() {
  const database = await createTestDatabase();
  await database.client.query(serverFilled);
  const ids = await insertKeys(
    database.client,
    [1, 2, 3].map((n) => ({ name: `key ${n}`, hash: foreignKey(n).hash, scope: 'organization' })),
  );
  const twin = await openTwin(database);
  const { environment } = twin;
  await twin.window.must('apiKeys.chooseTable', { environment, table: serverFilledMapping });
  const { client } = database;
  return {
    ...twin,
    client,
    ids,
    async rows() {
      const { rows } = await client.query(
        'SELECT name, scope, is_active, expires_at::date::text AS expires FROM api_keys ORDER BY name, is_active',
      );
      return rows;
    },
    async [Symbol.asyncDispose]() {
      await twin[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

test('keys are made, verified, replaced and revoked with the same rows and the same entries', {
  timeout,
}, async () => {
  await using typed = await openKeys();
  await using clicked = await openKeys();
  const { window, environment, ids } = clicked;
  const end = '2099-06-30';
  const cost = ['--cost', '10', '--expires', end];
  const asked = { environment, cost: 10, values: {}, expiresAt: `${end}T00:00:00.000Z` };
  const out = join(typed.folder.path, 'ci.key');
  const keel = (args: readonly string[], stdin?: string) =>
    typed.keel(['api-key', ...args, '--json'], stdin === undefined ? {} : { stdin });

  const made = await keel(['create', '--name', 'CI', '--scope', 'organization', ...cost, '--out', out]);
  const fresh = await window.must('apiKeys.create', { ...asked, name: 'CI', scope: 'organization' });
  expect(made.json.key.label).toBe(fresh.label);
  expect(await readFile(out, 'utf8')).toMatch(/^bk_/);

  for (const [text, status] of [
    [foreignKey(1).text, 0],
    ['bk_somebody_elses', 3],
  ] as const) {
    const verified = await keel(['verify', '--stdin'], text);
    const { match } = await window.must('apiKeys.verify', { environment, key: text, everything: false });
    expect([verified.status, verified.json.match?.label]).toEqual([status, match?.label]);
  }

  expect(await keel(['replace', '--name', 'key 2', ...cost, '--out', `${out}.2`, '--yes'])).toMatchObject({
    status: 0,
  });
  await window.must('apiKeys.replace', { ...asked, id: ids[1] ?? '' });
  expect(await keel(['revoke', '--id', typed.ids[2] ?? '', '--yes'])).toMatchObject({ status: 0 });
  await window.must('apiKeys.revoke', { environment, id: ids[2] ?? '' });

  const again = await keel(['revoke', '--name', 'key 3', '--yes']);
  const late = await window.call('apiKeys.revoke', { environment, id: ids[2] ?? '' });
  expect([again.json.error.code, late]).toMatchObject([
    'already-revoked',
    { error: { code: 'already-revoked' } },
  ]);
  const listed = await keel(['list']);
  const list = await window.must('apiKeys.list', { environment });
  const reported = (keys: readonly { label: string; active: boolean }[]) =>
    keys.map(({ label, active }) => [label, active]);
  expect(reported(listed.json.keys)).toEqual(reported(list.keys));

  const log = await typed.log();
  expect(log.map(({ action, outcome }) => [action, outcome])).toEqual([
    ['table of API keys chosen', 'done'],
    ['API key created', 'done'],
    ['API key verified', 'done'],
    ['API key verified', 'failed'],
    ['API key replaced', 'done'],
    ['API key revoked', 'done'],
  ]);
  expect(log).toEqual(await clicked.log());
  expect(await typed.rows()).toEqual(await clicked.rows());
  expect(await typed.state()).toEqual(await clicked.state());
});

test('a key of which nothing says what it is for is made by neither', { timeout }, async () => {
  await using keys = await openKeys();
  const { window, environment } = keys;
  const before = await keys.rows();
  const run = await keys.keel(['api-key', 'create', '--name', 'CI', '--print', '--json']);
  const call = await window.call('apiKeys.create', { environment, name: 'CI', cost: 10, values: {} });
  expect([run.json.error.code, call]).toMatchObject(['usage', { error: { code: 'usage' } }]);
  expect(await keys.rows()).toEqual(before);
});

test('a new key that is shown is noted as shown, in both', { timeout }, async () => {
  await using typed = await openKeys();
  await using clicked = await openKeys();
  const args = ['--name', 'CI', '--scope', 'organization', '--cost', '10', '--expires', 'never', '--print'];
  const run = await typed.keel(['api-key', 'create', ...args]);
  expect(run.stdout).toMatch(/^bk_\w{43}\n$/);
  const { window, environment } = clicked;
  const asked = { environment, name: 'CI', scope: 'organization', cost: 10, values: {} };
  const { ticket } = await window.must('apiKeys.create', asked);
  window.desk.gestureHeld = true;
  await window.must('apiKeys.reveal', { environment, ticket });
  const log = await typed.log();
  // on the terminal it is shown before COMMIT, so that it cannot be lost after it
  expect(log.at(-2)).toMatchObject({ action: 'API key revealed', detail: 'CI, to the terminal' });
  const onScreen = JSON.stringify(log).replace('to the terminal', 'on the screen, while held');
  const shown = JSON.parse(onScreen) as typeof log;
  expect([...shown.slice(0, -2), shown.at(-1), shown.at(-2)]).toEqual(await clicked.log());
});

test('the name that was confirmed is held against the row under its lock', async () => {
  await using database = await createTestDatabase();
  await database.client.query(serverFilled);
  const [id = ''] = await insertKeys(database.client, [{ name: 'old name', hash: foreignKey(1).hash }]);
  const folder = await mkdtemp(join(tmpdir(), 'keel-test-'));
  using workspace = openWorkspace(folder, undefined, {
    database: async () => openDatabase(database.url),
    openKeys: () => Promise.reject(new Error('no key is needed')),
  });
  const noted: AuditEntry[] = [];
  const note = async (entry: AuditEntry) => void noted.push(entry);
  const asked: string[] = [];
  const context = {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    audit: { before: note, after: note },
    async confirm(confirmation: object) {
      asked.push(JSON.stringify(confirmation));
      // somebody else is quicker
      await database.client.query("UPDATE api_keys SET name = 'in use' WHERE name = 'old name'");
    },
  };
  const choice = { mapping: serverFilledMapping };
  for (const which of [{ id }, { name: 'old name' }]) {
    const refused = { code: 'confirmation-missing' };
    await expect(revokeApiKey(workspace, { choice, which }, context)).rejects.toMatchObject(refused);
    await database.client.query("UPDATE api_keys SET name = 'old name'");
    const replacing = { choice, which, asked: { cost: 10, values: {} } };
    await expect(replaceApiKey(workspace, replacing, context)).rejects.toMatchObject(refused);
    await database.client.query("UPDATE api_keys SET name = 'old name'");
  }
  expect(asked).toHaveLength(4);
  expect(asked.every((question) => question.includes('old name'))).toBe(true);
  expect(noted).toEqual([]);
  const { rows } = await database.client.query('SELECT is_active FROM api_keys');
  expect(rows).toEqual([{ is_active: true }]);
  await rm(folder, { recursive: true });
});
