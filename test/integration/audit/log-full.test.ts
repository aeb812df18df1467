import { mkdir, rename, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createForeignDatabase, readPlaintexts } from '#test/support/databases/foreign-database';
import { openTestWindow } from '#test/support/window';

const passphrase = 'five random words for a test';
/** The test itself is connected to the database. */
const accepted = ['other-sessions'];

/** Puts a folder where the activity log should be, so that nothing can be noted; as if the disk were full. */
function closableLog(home: string) {
  const log = join(home, 'activity.jsonl');
  return {
    async close() {
      await rename(log, `${log}.kept`).catch(() => undefined);
      await mkdir(log);
    },
    async open() {
      await rmdir(log);
      await rename(`${log}.kept`, log).catch(() => undefined);
    },
  };
}

test('what cannot be taken back is told as done where it cannot be noted, and the window looks again', {
  timeout: 180_000,
}, async () => {
  await using database = await createForeignDatabase({ rows: 20 });
  await using window = await openTestWindow();
  const { client, url, from, stranger } = database;
  const before = await readPlaintexts(client, from, stranger);
  const log = closableLog(window.home);
  const lookedAgain = () => window.desk.events.filter(({ kind }) => kind === 'environments-changed').length;

  await log.close();
  const { environment } = await window.must('environments.add', {
    name: 'Acme',
    colour: 'blue',
    production: true,
    connection: { url },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase,
  });
  const { fingerprint } = await window.must('keys.adopt', {
    environment,
    source: { kind: 'typed', text: from.toString('base64') },
  });
  const generated = await window.must('keys.generate', { environment });
  expect(lookedAgain()).toBe(3);
  window.desk.nextFile = join(window.home, 'new.age');
  const { path = '' } = await window.must('files.choose', { purpose: 'save-age', ...generated });
  await window.must('backup.create', {
    environment,
    ...generated,
    artefact: { form: 'passphrase', path, passphrase: { typed: passphrase } },
  });
  await window.must('backup.drill', { environment, ...generated, from: { from: 'file', path, passphrase } });
  await log.open();

  const discovery = await window.must('inventory.discover', { environment, fingerprint });
  const columns = discovery.proposed.map(({ entry }) => entry);
  await window.must('inventory.write', { environment, columns, excluded: [] });
  await window.must('proof.run', { environment, fingerprint });
  const request = { environment, excluded: [], accepted };
  await window.must('rotation.rehearse', request);
  const { rows: late } = await client.query('SELECT id, acc FROM tok LIMIT 1');

  await log.close();
  await window.must('rotation.rotate', request);
  const envFile = join(window.home, '.env');
  await writeFile(envFile, `ENCRYPTION_KEY=${from.toString('base64')}\n`);
  window.desk.nextFile = envFile;
  await window.must('files.choose', { purpose: 'open-handoff' });
  expect(
    await window.must('handoff.apply', {
      environment,
      target: { kind: 'env-file', path: envFile, variable: 'ENCRYPTION_KEY' },
    }),
  ).toMatchObject({
    upToDate: true,
  });
  await client.query('UPDATE tok SET acc = $2 WHERE id = $1', [late[0].id, late[0].acc]);
  expect(await window.must('rotation.sweep', { environment })).toMatchObject({ stragglers: 1 });
  const sofar = lookedAgain();
  const swept = { environment, accepted };
  expect(await window.must('rotation.sweepRewrite', swept)).toMatchObject({ rows: 1 });
  expect(await window.must('rotation.recover', { environment })).toMatchObject({ outcomes: [] });
  const undo = { environment, accepted, rehearse: false };
  expect(await window.run('rotation.undo', undo)).toMatchObject({ error: { code: 'rehearsal-missing' } });
  expect(lookedAgain()).toBe(sofar + 3);
  await window.must('rotation.undo', { ...undo, rehearse: true });
  await window.must('rotation.undo', undo);
  expect(lookedAgain()).toBe(sofar + 4);
  expect(await readPlaintexts(client, from, stranger)).toEqual(before);

  await log.open();
  await window.run('rotation.undo', undo);
  const { entries } = await window.must('activity.list', { limit: 1 });
  expect(entries).toMatchObject([{ action: 'undo broke off', detail: 'already-undone' }]);
});
