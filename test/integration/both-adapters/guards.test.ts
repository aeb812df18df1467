import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { base64 } from '#test/support/databases/foreign-database';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';
import { openTwin, type Twin } from './twin.ts';

// What one of the two once refused, kept or judged and the other did not.

const timeout = 120_000;
const accepted = ['other-sessions'];
const key = randomBytes(32);
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.client.query('CREATE TABLE credential (id int PRIMARY KEY, data text NOT NULL)');
  for (let id = 0; id < 20; id++) {
    const value = JSON.stringify({ host: `db${id}.example.org`, password: randomBytes(9).toString('hex') });
    await database.client.query('INSERT INTO credential VALUES ($1, $2)', [id, base64(value, key)]);
  }
});

afterAll(() => database[Symbol.asyncDispose]());

type Ring = { keys: Record<string, unknown>[] };

async function changeRing({ window, environment }: Twin, change: (ring: Ring) => void): Promise<void> {
  const path = join(window.home, 'environments', environment, 'keyring.json');
  const ring = JSON.parse(await readFile(path, 'utf8')) as Ring;
  change(ring);
  await writeFile(path, JSON.stringify(ring));
}

test('a backup is overdue after the days of the setting, in both', { timeout }, async () => {
  await using twin = await openTwin({ url: database.url, key });
  const { environment, window } = twin;
  const provenAt = new Date(Date.now() - 100 * 86_400_000).toISOString();
  await changeRing(twin, ({ keys: [active] }) => {
    Object.assign(active ?? {}, { proofs: [{ artefact: 'age-file', location: '/backup.age', provenAt }] });
  });
  const judged = async () => {
    const ran = await twin.keel(['posture', '--json']);
    const answered = await window.must('posture.check', { environment });
    const statusIn = (findings: { id: string; status: string }[]) =>
      findings.find(({ id }) => id === 'keys.backup')?.status;
    return [statusIn(ran.json.findings), statusIn(answered.findings)];
  };
  expect(await judged()).toEqual(['warn', 'warn']);
  await window.must('settings.write', { drillEveryDays: 365 });
  expect(await judged()).toEqual(['pass', 'pass']);
});

test('an exclusion that means no column is refused, in both', { timeout }, async () => {
  await using twin = await openTwin({ url: database.url, key });
  const { environment, window } = twin;
  await window.must('keys.generate', { environment });
  const ran = await twin.keel(['rotate', '--rehearse', '--exclude', 'credential.dta', '--json']);
  expect(ran.json.error.code).toBe('usage');
  const request = { environment, excluded: ['credential.dta'], accepted };
  expect(await window.run('rotation.rehearse', request)).toMatchObject({
    error: { code: 'usage', message: ran.json.error.message },
  });
});

test('a key that was only adopted is the target of no fleet, in both', { timeout }, async () => {
  await using twin = await openTwin({ url: database.url, key });
  const { environment, window, folder } = twin;
  const other = await folder.file('other.key', randomBytes(32).toString('base64'));
  await twin.keel(['key', 'import', '--key-file', other]);
  await changeRing(twin, ({ keys }) => {
    const provenAt = new Date().toISOString();
    for (const one of keys) one['proofs'] = [{ artefact: 'own-file', location: other, provenAt }];
  });
  const databases = [new URL(database.url).pathname.slice(1)];
  const ran = await twin.keel(['fleet', 'rotate', '--like', databases[0] ?? '', '--rehearse', '--json']);
  const answered = await window.run('fleet.rotate', {
    environment,
    databases,
    accepted,
    rehearse: true,
  });
  expect(ran.json.error.code).toBe('artefact-missing');
  expect(answered).toMatchObject({ error: { code: 'artefact-missing', message: ran.json.error.message } });
});

test('a name that another environment has is refused, in both', { timeout }, async () => {
  await using twin = await openTwin({ url: database.url });
  await using second = await createTestDatabase();
  const { window } = twin;
  const ran = await twin.folder.run(
    ['env', 'add', 'Acme', '--database', second.url, '--keep-keys-in', 'sealed-file', '--json'],
    { env: { KEEL_HOME: window.home, PGPASSWORD: new URL(second.url).password } },
  );
  expect(ran.json.error.code).toBe('environment-exists');
  const answered = await window.call('environments.add', {
    name: 'Acme',
    colour: 'red',
    production: false,
    connection: { url: second.url },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase: 'five random words for a test',
  });
  expect(answered).toMatchObject({ error: { code: 'environment-exists', message: ran.json.error.message } });
});

test('a copy of an old key that is gone, and an export of the log, leave the same entries', {
  timeout,
}, async () => {
  await using byCommand = await openTwin({ url: database.url, key });
  await using byWindow = await openTwin({ url: database.url, key });
  const createdAt = new Date().toISOString();
  const fingerprint = '0123-4567-89ab-cdef';
  const retire = ({ keys }: Ring) =>
    keys.unshift({
      fingerprint,
      state: 'retired',
      createdAt,
      activatedAt: createdAt,
      retiredAt: createdAt,
      heldIn: 'sealed-file',
      proofs: [{ artefact: 'age-file', location: '/gone/backup.age', provenAt: createdAt }],
    });
  await changeRing(byCommand, retire);
  await changeRing(byWindow, retire);
  const where = 'age file /gone/backup.age';

  const ran = await byCommand.keel(['leftovers', '--gone', where, '--json']);
  expect(ran.status, ran.stderr).toBe(0);
  const { environment, window } = byWindow;
  await window.must('leftovers.gone', { environment, fingerprint, where });
  const out = join(byCommand.folder.path, 'log.jsonl');
  const exported = await byCommand.keel(['audit', 'export', '--out', out, '--json']);
  expect(exported.status, exported.stderr).toBe(0);
  window.desk.nextFile = join(byWindow.folder.path, 'log.jsonl');
  const { path = '' } = await window.must('files.choose', { purpose: 'save-activity' });
  await window.must('activity.export', { environment, path });

  expect(await byCommand.state()).toEqual(await byWindow.state());
  expect(await byCommand.log()).toEqual(await byWindow.log());
  expect((await byCommand.log()).map(({ action }) => action)).toEqual([
    'copy of a key gone',
    'activity exported',
  ]);
});
