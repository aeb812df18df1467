import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFolderLock } from '#storage/folder-lock';
import { createFleetDatabases } from '#test/support/databases/fleet-databases';
import { openTwin } from './twin.ts';

const timeout = 180_000;
const passphrase = 'five random words for a test';

test('a fleet is rotated by one of both at a time, and what each did of it is one record', {
  timeout,
}, async () => {
  await using fleet = await createFleetDatabases();
  await using twin = await openTwin(fleet);
  const { environment, window } = twin;
  const { names } = fleet;
  const generated = await window.must('keys.generate', { environment });
  window.desk.nextFile = join(window.home, 'new.age');
  const { path = '' } = await window.must('files.choose', { purpose: 'save-age', ...generated });
  const artefact = { form: 'passphrase', path, passphrase: { typed: passphrase } } as const;
  await window.must('backup.create', { environment, ...generated, artefact });
  await window.must('backup.drill', { environment, ...generated, from: { from: 'file', path, passphrase } });
  const request = { environment, databases: [...names], accepted: [] };
  await window.must('fleet.rotate', { ...request, rehearse: true });

  const list = await twin.folder.file('left.txt', `${fleet.broken}\n`);
  const byCommand = () => twin.keel(['fleet', 'rotate', '--databases', list, '--yes', '--json']);
  const byWindow = () => window.run('fleet.rotate', { ...request, rehearse: false });
  const folder = join(window.home, 'environments', environment);
  const before = (await twin.log()).length;
  await withFolderLock(folder, 'fleet-rotation', async () => {
    const [ran, answered] = await Promise.all([byCommand(), byWindow()]);
    expect(ran.json.error.code).toBe('rotation-running');
    expect(answered).toMatchObject({ error: { code: 'rotation-running', message: ran.json.error.message } });
  });
  const broken = { action: 'rotation broke off', detail: 'rotation-running', outcome: 'failed' };
  expect((await twin.log()).slice(before)).toMatchObject([broken, broken]);

  expect(await byWindow()).toMatchObject({ ok: true });
  await fleet.mend();
  const ran = await byCommand();
  expect(ran.status, ran.stderr).toBe(0);
  const { record } = await window.must('fleet.state', { environment });
  const done = record?.databases.map(({ name, state }) => `${name.split('/').at(-1)} ${state}`);
  expect(done?.sort()).toEqual(names.map((name) => `${name} done`).sort());
  expect(record).toHaveProperty('finishedAt');
});
