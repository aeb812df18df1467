import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createForeignDatabase,
  readPlaintexts,
  readSurroundings,
} from '#test/support/databases/foreign-database';
import { openTestWindow, type TestWindow } from '#test/support/window';

const passphrase = 'five random words for a test';
/** The test itself is connected to the database. */
const accepted = ['other-sessions'];

async function connectForeign(window: TestWindow, url: string): Promise<string> {
  const { environment } = await window.must('environments.add', {
    name: 'Acme',
    colour: 'blue',
    production: true,
    connection: { url },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase,
  });
  return environment;
}

test('the window’s procedures lead from a pasted URL to a rotation that is handed off, swept and undone', {
  timeout: 180_000,
}, async () => {
  await using database = await createForeignDatabase({ rows: 60, strangers: 2 });
  await using window = await openTestWindow();
  const { client, url, from, stranger } = database;
  const before = await readPlaintexts(client, from, stranger);
  const around = await readSurroundings(client);

  const report = await window.must('connection.test', { connection: { url } });
  expect(report.ok).toBe(true);
  const environment = await connectForeign(window, url);
  const card = async () => (await window.must('environments.list', {}))[0];
  expect(await card()).toMatchObject({ name: 'Acme', next: { action: 'adopt-key' } });

  const adopted = await window.must('keys.adopt', {
    environment,
    source: { kind: 'typed', text: from.toString('base64') },
  });
  expect((await card())?.next.action).toBe('discover');
  const discovery = await window.must('inventory.discover', {
    environment,
    fingerprint: adopted.fingerprint,
  });
  // a window that holds it must not take it for another key's
  expect(discovery.fingerprint).toBe(adopted.fingerprint);
  await window.must('inventory.write', {
    environment,
    columns: discovery.proposed.map(({ entry }) => entry),
    excluded: ['tok.acc'],
  });
  const proof = await window.must('proof.run', { environment, fingerprint: adopted.fingerprint });
  expect(proof.verdict).toBe('mixed');
  expect((await card())?.proof?.verdict).toBe('correct');
  expect(await card()).toMatchObject({
    activeKey: { fingerprint: adopted.fingerprint },
    next: { action: 'back-up' },
  });

  const { rows: own } = await client.query('SELECT pg_backend_pid() AS pid');
  const connected = await window.must('rotation.sessions', { environment });
  expect(connected.sessions).toContainEqual(
    expect.objectContaining({ pid: own[0].pid, user: expect.any(String), since: expect.any(String) }),
  );
  expect(connected.total).toBe(connected.sessions.length);

  const generated = await window.must('keys.generate', { environment });
  const request = { environment, excluded: ['tok.acc'], accepted };
  const unproven = await window.run('rotation.rotate', request);
  expect(unproven).toMatchObject({ ok: false, error: { code: 'rehearsal-missing' } });

  const rehearsed = await window.must('rotation.rehearse', request);
  expect(rehearsed).toMatchObject({ rehearsal: true, to: generated.fingerprint });
  const takenOnLater = { ...request, accepted: [...accepted, 'unproven-column'] };
  const unlike = await window.run('rotation.rotate', takenOnLater);
  expect(unlike).toMatchObject({ ok: false, error: { code: 'rehearsal-missing' } });
  await window.must('rotation.rehearse', request);
  const withoutBackup = await window.run('rotation.rotate', request);
  expect(withoutBackup).toMatchObject({ ok: false, error: { code: 'artefact-missing' } });
  expect(await readPlaintexts(client, from, stranger)).toEqual(before);

  window.desk.nextFile = join(window.home, 'new.age');
  const { path = '' } = await window.must('files.choose', { purpose: 'save-age', ...generated });
  await window.must('backup.create', {
    environment,
    ...generated,
    artefact: { form: 'passphrase', path, passphrase: { typed: passphrase } },
  });
  expect(
    await window.must('backup.drill', {
      environment,
      ...generated,
      from: { from: 'file', path, passphrase: 'another one' },
    }),
  ).toMatchObject({ result: 'invalid', breaksAt: 'passphrase' });
  expect(
    await window.must('backup.drill', {
      environment,
      ...generated,
      from: { from: 'file', path, passphrase },
    }),
  ).toMatchObject({
    result: 'correct',
  });

  window.desk.agrees = false;
  const refused = await window.run('rotation.rotate', request);
  expect(refused).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  expect(await readPlaintexts(client, from, stranger)).toEqual(before);
  expect(window.desk.questions.at(-1)?.detail).toContain(`${rehearsed.rows} rows`);
  window.desk.agrees = true;
  const rotated = await window.must('rotation.rotate', request);
  expect(rotated).toMatchObject({ rehearsal: false, rows: rehearsed.rows });
  window.desk.gestureHeld = true;
  const { key } = await window.must('keys.reveal', { environment, ...generated });
  expect(window.desk.isProtected).toBe(true);
  await window.must('keys.hide', {});
  const late = window.call('keys.reveal', { environment, ...generated });
  window.desk.gestureHeld = false;
  expect(await late).toMatchObject({ ok: false, error: { code: 'gesture-missing' } });
  expect(window.desk.isProtected).toBe(false);
  expect(await readPlaintexts(client, Buffer.from(key, 'base64'), stranger)).toEqual(before);
  expect(await readSurroundings(client)).toEqual(around);

  expect(await card()).toMatchObject({ next: { action: 'hand-off' }, proof: { verdict: 'correct' } });
  await window.must('handoff.confirm', { environment });
  expect(await window.must('rotation.sweep', { environment })).toMatchObject({ stragglers: 0 });
  const undo = { environment, accepted, rehearse: false };
  const unrehearsed = await window.run('rotation.undo', undo);
  expect(unrehearsed).toMatchObject({ ok: false, error: { code: 'rehearsal-missing' } });
  await window.must('rotation.undo', { ...undo, rehearse: true });
  const undone = await window.must('rotation.undo', undo);
  expect(undone.to).toBe(adopted.fingerprint);
  expect(await readPlaintexts(client, from, stranger)).toEqual(before);

  const { entries, intact } = await window.must('activity.list', { limit: 100 });
  expect(intact).toBe(true);
  expect(entries.map(({ action }) => action)).toContain('key rotated');
  const reported = JSON.stringify([entries, window.desk.events]);
  for (const secret of [key, from.toString('base64'), passphrase]) expect(reported).not.toContain(secret);
});

test('the practice database goes through a rotation, and leaves nothing behind', {
  timeout: 180_000,
}, async () => {
  await using window = await openTestWindow();
  const { environment } = await window.must('practice.start', {});
  const [card] = await window.must('environments.list', {});
  expect(card).toMatchObject({ practice: true, next: { action: 'discover' } });
  const fingerprint = card?.pendingKey ?? '';
  const discovery = await window.must('inventory.discover', { environment, fingerprint });
  const columns = discovery.proposed.map(({ entry }) => entry);
  const excluded = ['source_connection.credentials'];
  await window.must('inventory.write', { environment, columns, excluded });
  await window.must('proof.run', { environment, fingerprint });
  const generated = await window.must('keys.generate', { environment });
  window.desk.nextFile = join(window.home, 'practice.age');
  const { path = '' } = await window.must('files.choose', { purpose: 'save-age', ...generated });
  await window.must('backup.create', {
    environment,
    ...generated,
    artefact: { form: 'passphrase', path, passphrase: { typed: passphrase } },
  });
  await window.must('backup.drill', { environment, ...generated, from: { from: 'file', path, passphrase } });
  const request = { environment, excluded, accepted: [] };
  const { findings } = await window.must('rotation.preflight', request);
  expect(findings.filter(({ level }) => level === 'stop')).toEqual([]);
  await window.must('rotation.rehearse', request);
  // locking must not take away what nobody could type again
  await window.lock();
  await window.must('app.unlock', {});
  await window.must('rotation.rotate', request);
  const state = await window.must('rotation.state', { environment });
  expect(state.canUndo).toBe(true);
  await window.must('practice.leave', {});
  expect(await window.must('environments.list', {})).toEqual([]);
});

test('a locked app answers nothing, and a file that no dialog named is neither read nor written', async () => {
  await using database = await createForeignDatabase({ rows: 5, strangers: 0 });
  await using window = await openTestWindow();
  const environment = await connectForeign(window, database.url);
  const refused = await window.call('handoff.preview', {
    environment,
    target: { kind: 'env-file', path: '/etc/passwd', variable: 'ENCRYPTION_KEY' },
  });
  expect(refused).toMatchObject({ ok: false, error: { code: 'file-not-chosen' } });
  const unchosen = await window.run('backup.create', {
    environment,
    fingerprint: '0000-0000-0000-0000',
    artefact: { form: 'passphrase', path: join(window.home, 'x.age'), passphrase: { typed: passphrase } },
  });
  expect(unchosen).toMatchObject({ ok: false, error: { code: 'file-not-chosen' } });
  await expect(readFile(join(window.home, 'x.age'))).rejects.toThrow('ENOENT');
  await window.lock();
  expect(await window.call('environments.list', {})).toMatchObject({
    ok: false,
    error: { code: 'app-locked' },
  });
  await window.must('app.unlock', {});
  const [card] = await window.must('environments.list', {});
  expect(card?.needs).toContain('passphrase');
});
