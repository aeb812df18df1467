import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { base64 } from '#test/support/databases/foreign-database';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTwin } from './twin.ts';

// What fails before a row is read is noted as what fails later is, whoever asked for it.

const timeout = 120_000;
const accepted = ['other-sessions'];
const column = {
  schema: 'public',
  table: 'credential',
  column: 'data',
  layout: 'base64',
  kind: 'credentials' as const,
};

async function databaseUnder(key: Buffer) {
  const database = await createTestDatabase();
  await database.client.query('CREATE TABLE credential (id int PRIMARY KEY, data text NOT NULL)');
  for (let id = 0; id < 20; id++) {
    const value = JSON.stringify({ host: `db${id}.example.org`, password: randomBytes(9).toString('hex') });
    await database.client.query('INSERT INTO credential VALUES ($1, $2)', [id, base64(value, key)]);
  }
  return database;
}

test('an undo with nothing to undo is noted, in both', { timeout }, async () => {
  await using database = await createTestDatabase();
  await using byCommand = await openTwin(database);
  await using byWindow = await openTwin(database);

  const ran = await byCommand.keel(['undo', '--yes', '--json']);
  expect(ran.json.error.code).toBe('nothing-to-undo');
  const { environment, window } = byWindow;
  const request = { environment, accepted, rehearse: false };
  expect(await window.run('rotation.undo', request)).toMatchObject({ error: { code: 'nothing-to-undo' } });

  const noted = { action: 'undo broke off', detail: 'nothing-to-undo', outcome: 'failed' };
  expect(await byCommand.log()).toMatchObject([noted]);
  expect(await byWindow.log()).toMatchObject([noted]);
});

test('a rehearsed undo with nothing to undo leaves no entry, in neither', { timeout }, async () => {
  await using database = await createTestDatabase();
  await using byCommand = await openTwin(database);
  await using byWindow = await openTwin(database);

  const ran = await byCommand.keel(['undo', '--rehearse', '--json']);
  expect(ran.json.error.code).toBe('nothing-to-undo');
  const { environment, window } = byWindow;
  const request = { environment, accepted, rehearse: true };
  expect(await window.run('rotation.undo', request)).toMatchObject({ error: { code: 'nothing-to-undo' } });

  expect(await byCommand.log()).toEqual([]);
  expect(await byWindow.log()).toEqual([]);
});

test('a rotation without an old key, or without a new one, is noted, in both', { timeout }, async () => {
  const key = randomBytes(32);
  await using database = await databaseUnder(key);
  const { url } = database;
  for (const [twin, code] of [
    [{ url }, 'key-unproven'],
    [{ url, key }, 'artefact-missing'],
  ] as const) {
    await using byCommand = await openTwin(twin);
    await using byWindow = await openTwin(twin);
    const inventory = await byCommand.folder.file(
      'inventory.json',
      JSON.stringify({ version: 1, columns: [column] }),
    );

    const ran = await byCommand.keel(['rotate', '--inventory', inventory, '--yes', '--json']);
    expect(ran.json.error.code).toBe(code);
    const { environment, window } = byWindow;
    await window.must('inventory.write', { environment, columns: [column], excluded: [] });
    const before = (await byWindow.log()).length;
    const request = { environment, excluded: [], accepted };
    expect(await window.run('rotation.rotate', request)).toMatchObject({ error: { code } });

    const noted = { action: 'rotation broke off', detail: code, outcome: 'failed' };
    expect(await byCommand.log()).toMatchObject([noted]);
    expect((await byWindow.log()).slice(before)).toMatchObject([noted]);
  }
});
