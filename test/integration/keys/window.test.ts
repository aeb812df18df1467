import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createForeignDatabase } from '#test/support/databases/foreign-database';
import { openTestWindow, type TestWindow } from '#test/support/window';

const passphrase = 'five random words for a test';

async function connected(window: TestWindow, url: string, name = 'Acme'): Promise<string> {
  const { environment } = await window.must('environments.add', {
    name,
    colour: 'blue',
    production: false,
    connection: { url },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase,
  });
  return environment;
}

/** Adopts a key as it was typed. */
async function adopt(window: TestWindow, environment: string, key: Buffer): Promise<string> {
  const source = { kind: 'typed', text: key.toString('base64') } as const;
  return (await window.must('keys.adopt', { environment, source })).fingerprint;
}

async function findAndProve(window: TestWindow, environment: string, fingerprint: string) {
  const { proposed } = await window.must('inventory.discover', { environment, fingerprint });
  const columns = proposed.map(({ entry }) => entry);
  await window.must('inventory.write', { environment, columns, excluded: [] });
  return window.must('proof.run', { environment, fingerprint });
}

test('a key that was adopted by mistake never becomes the new key of a rotation', {
  timeout: 180_000,
}, async () => {
  await using database = await createForeignDatabase({ rows: 20, strangers: 0 });
  await using window = await openTestWindow();
  const environment = await connected(window, database.url);
  const mistaken = await adopt(window, environment, randomBytes(32));
  const right = await adopt(window, environment, database.from);
  expect((await findAndProve(window, environment, right)).verdict).toBe('correct');
  const afterwards = await adopt(window, environment, randomBytes(32));
  expect((await window.must('rotation.state', { environment })).to).toBeUndefined();
  const { fingerprint } = await window.must('keys.generate', { environment });
  expect([mistaken, afterwards, right]).not.toContain(fingerprint);
  expect((await window.must('rotation.state', { environment })).to).toBe(fingerprint);
  const [card] = await window.must('environments.list', {});
  expect(card).toMatchObject({ activeKey: { fingerprint: right }, pendingKey: fingerprint });
});

test('a key that was adopted by mistake can be destroyed once another one is in use, and knowingly only', {
  timeout: 180_000,
}, async () => {
  await using database = await createForeignDatabase({ rows: 20, strangers: 0 });
  await using window = await openTestWindow();
  const environment = await connected(window, database.url);
  const mistaken = await adopt(window, environment, randomBytes(32));
  const destroy = (...accepted: string[]) =>
    window.call('keyring.destroy', { environment, fingerprint: mistaken, accepted });
  const reasons = async () => {
    const { keys } = await window.must('keyring.memory', { environment });
    const memory = keys.find(({ fingerprint }) => fingerprint === mistaken);
    return { neverUsed: memory?.neverUsed, accepts: memory?.reasons.map(({ accept }) => accept) ?? [] };
  };
  // it may still be the right one
  expect((await reasons()).neverUsed).toBe(false);
  expect(await destroy('never-used')).toMatchObject({ error: { code: 'key-needed' } });

  await findAndProve(window, environment, await adopt(window, environment, database.from));
  const { neverUsed, accepts } = await reasons();
  expect(neverUsed).toBe(true);
  expect(accepts).toContain('never-used');
  expect(await destroy(...accepts.filter((accept) => accept !== 'never-used'))).toMatchObject({
    error: { code: 'key-needed' },
  });
  window.desk.agrees = false;
  expect(await destroy(...accepts)).toMatchObject({ ok: false });
  window.desk.agrees = true;
  expect(await destroy(...accepts)).toMatchObject({ ok: true });
  const keys = await window.must('keys.list', { environment });
  expect(keys.map(({ state }) => state)).toEqual(['destroyed', 'active']);
});

test('a key that opens every row becomes the active one, whatever the ring took for it before', {
  timeout: 180_000,
}, async () => {
  await using database = await createForeignDatabase({ rows: 20, strangers: 0 });
  await using window = await openTestWindow();
  const environment = await connected(window, database.url);
  const former = await adopt(window, environment, randomBytes(32));
  // as if it had been the key until somebody rotated without this Keel
  const path = join(window.home, 'environments', environment, 'keyring.json');
  await writeFile(path, (await readFile(path, 'utf8')).replace('"pending"', '"active"'));
  const right = await adopt(window, environment, database.from);
  await findAndProve(window, environment, right);
  const keys = await window.must('keys.list', { environment });
  expect(keys.map(({ fingerprint, state }) => [fingerprint, state])).toEqual([
    [former, 'retired'],
    [right, 'active'],
  ]);
});

test('a hand-off leaves a file alone that holds a key of nobody here', { timeout: 180_000 }, async () => {
  await using database = await createForeignDatabase({ rows: 20, strangers: 0 });
  await using window = await openTestWindow();
  const environment = await connected(window, database.url);
  await findAndProve(window, environment, await adopt(window, environment, database.from));
  const foreign = `ENCRYPTION_KEY=${randomBytes(32).toString('base64')}\n`;
  const path = join(window.home, 'foreign.env');
  await writeFile(path, foreign);
  window.desk.nextFile = path;
  await window.must('files.choose', { purpose: 'open-handoff' });
  const refused = await window.call('handoff.apply', {
    environment,
    target: { kind: 'env-file', path, variable: 'ENCRYPTION_KEY' },
  });
  expect(refused).toMatchObject({ ok: false, error: { code: 'key-wrong' } });
  expect(await readFile(path, 'utf8')).toBe(foreign);
});

test('an environment whose files are damaged is told, and hides no other', { timeout: 180_000 }, async () => {
  await using database = await createForeignDatabase({ rows: 5, strangers: 0 });
  await using other = await createForeignDatabase({ rows: 5, strangers: 0 });
  await using window = await openTestWindow();
  const whole = await connected(window, database.url);
  const broken = await connected(window, other.url, 'Broken');
  await writeFile(join(window.home, 'environments', broken, 'environment.json'), '{ "version": 1');
  expect((await window.must('environments.list', {})).map(({ id }) => id)).toEqual([whole]);
  expect(await window.must('environments.damaged', {})).toMatchObject([{ code: 'state-damaged' }]);
});

test('a forgotten environment does not come back, and its key ring stays', { timeout: 180_000 }, async () => {
  await using database = await createForeignDatabase({ rows: 20, strangers: 0 });
  await using window = await openTestWindow();
  const environment = await connected(window, database.url);
  const fingerprint = await adopt(window, environment, database.from);
  const discovering = window.run('inventory.discover', { environment, fingerprint });
  const busy = await window.call('environments.remove', { environment });
  expect(busy).toMatchObject({ ok: false, error: { code: 'rotation-running' } });
  await discovering;
  await window.must('environments.remove', { environment });
  expect(await window.must('environments.list', {})).toEqual([]);
  const ring = await readFile(join(window.home, 'environments', environment, 'keyring.json'), 'utf8');
  expect(ring).toContain(fingerprint);
});

test('a password that the server refuses is not kept, and the passphrase stays', {
  timeout: 180_000,
}, async () => {
  await using database = await createForeignDatabase({ rows: 5, strangers: 0 });
  await using window = await openTestWindow();
  const environment = await connected(window, database.url);
  const wrong = await window.call('environments.unlock', { environment, password: 'not it' });
  expect(wrong).toMatchObject({ ok: false, error: { code: 'login-refused' } });
  const [card] = await window.must('environments.list', {});
  expect(card?.needs).toEqual(['password']);
});
