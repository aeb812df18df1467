import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newRecord, RotationRecords } from '#records/rotation-record';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';
import { openTwin, type Twin } from './twin.ts';

// What stands against a deed is found on record by both, before anything is asked or noted.

const timeout = 120_000;
const fingerprint = '0123-4567-89ab-cdef';
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

/** A rotation that this process, which is alive, has begun. */
async function beginRotation({ window, environment }: Twin, ...member: readonly string[]): Promise<string> {
  const id = randomUUID();
  const keys = { from: fingerprint, to: 'fedc-ba98-7654-3210' };
  const folder = join(window.home, 'environments', environment, ...member);
  await new RotationRecords(folder).write(
    newRecord({ id, purpose: 'rotate', ...keys, inventory: { version: 1, columns: [] }, excluded: [] }),
  );
  return id;
}

test.each([
  ['of its database', []],
  ['of a database of its fleet', ['fleet', 'localhost-5432-birch']],
])('an environment is not forgotten during a rotation %s, by neither', { timeout }, async (_, member) => {
  await using byCommand = await openTwin(database);
  await using byWindow = await openTwin(database);
  const rotations = [await beginRotation(byCommand, ...member), await beginRotation(byWindow, ...member)];

  const refused = await byCommand.folder.run(['env', 'remove', 'Acme', '--yes', '--json'], {
    env: { KEEL_HOME: byCommand.window.home },
  });
  const { environment, window } = byWindow;
  const asked = window.desk.questions.length;
  const answered = await window.call('environments.remove', { environment });
  const said = (id: string | undefined) => `rotation ${id} is in progress on Acme; nothing was changed`;
  expect(refused.json.error).toMatchObject({ code: 'rotation-running', message: said(rotations[0]) });
  expect(answered).toMatchObject({ error: { code: 'rotation-running', message: said(rotations[1]) } });

  expect(window.desk.questions).toHaveLength(asked);
  expect(await byCommand.state()).toEqual(await byWindow.state());
  expect([await byCommand.log(), await byWindow.log()]).toEqual([[], []]);
});

test('a key that a dump may need is not destroyed, nor is that noted as begun, by neither', {
  timeout,
}, async () => {
  await using byCommand = await openTwin(database);
  await using byWindow = await openTwin(database);
  const at = new Date().toISOString();
  for (const { window, environment } of [byCommand, byWindow]) {
    const path = join(window.home, 'environments', environment, 'keyring.json');
    const keys = [
      {
        ...{ fingerprint, state: 'retired', heldIn: 'sealed-file', proofs: [] },
        ...{ createdAt: at, activatedAt: at, retiredAt: at },
      },
    ];
    await writeFile(path, JSON.stringify({ version: 1, writtenBy: '0.1.0', keys }));
    expect(await readFile(path, 'utf8')).toContain(fingerprint);
  }

  const destroy = ['key', 'destroy', '--fingerprint', fingerprint, '--yes', '--json'];
  const refused = await byCommand.keel(destroy);
  const { environment, window } = byWindow;
  const asked = window.desk.questions.length;
  const answered = await window.call('keyring.destroy', { environment, fingerprint, accepted: [] });
  expect(refused.json.error).toMatchObject({ code: 'key-needed' });
  const { code, message } = refused.json.error;
  expect(answered).toMatchObject({ error: { code, message } });

  expect(window.desk.questions).toHaveLength(asked);
  expect(await byCommand.state()).toEqual(await byWindow.state());
  expect([await byCommand.log(), await byWindow.log()]).toEqual([[], []]);
});
