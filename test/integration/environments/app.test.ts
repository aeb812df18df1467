import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectPlainly, createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow, type TestWindow } from '#test/support/window';

const actions = async (window: TestWindow) =>
  (await window.must('activity.list', { limit: 100 })).entries.map(({ action, detail, outcome }) =>
    [outcome, action, detail].filter(Boolean).join(' '),
  );

async function choose(window: TestWindow, path: string): Promise<string> {
  window.desk.nextFile = path;
  return (await window.must('files.choose', { purpose: 'open-connection' })).path ?? '';
}

describe('the lock', () => {
  test('without a passphrase closes and opens at a word, and tells the window', async () => {
    await using window = await openTestWindow();
    expect(await window.must('app.state', {})).toMatchObject({ locked: false, guarded: false });
    await window.must('app.lock', {});
    expect(await window.must('app.state', {})).toMatchObject({ locked: true, guarded: false });
    expect(await window.call('activity.list', { limit: 10 })).toMatchObject({
      error: { code: 'app-locked' },
    });
    await window.must('app.unlock', {});
    expect(window.desk.events).toEqual([{ kind: 'app-changed' }, { kind: 'app-changed' }]);
    expect(await actions(window)).toEqual(['done Keel unlocked', 'done Keel locked']);
  });

  test('with a passphrase opens to it alone, and begins closed', async () => {
    await using window = await openTestWindow();
    await window.must('settings.setLockPassphrase', { next: 'correct horse' });
    await window.lock();
    const wrong = { ok: false, error: { code: 'passphrase-wrong' } };
    expect(await window.call('app.unlock', {})).toMatchObject(wrong);
    expect(await window.call('app.unlock', { passphrase: 'another one' })).toMatchObject(wrong);
    expect(await window.must('app.state', {})).toMatchObject({ locked: true, guarded: true });
    await window.must('app.unlock', { passphrase: 'correct horse' });
    expect(
      await window.call('settings.setLockPassphrase', { current: 'no', next: 'battery staple' }),
    ).toMatchObject(wrong);
    await window.must('settings.setLockPassphrase', { current: 'correct horse', next: 'battery staple' });
    await using again = await openTestWindow(window.home);
    expect(await again.must('app.state', {})).toMatchObject({ locked: true, guarded: true });
    await again.must('app.unlock', { passphrase: 'battery staple' });
    await again.must('settings.setLockPassphrase', { current: 'battery staple' });
    expect(await again.must('app.state', {})).toMatchObject({ guarded: false });
    const noted = await actions(again);
    for (const action of ['set', 'changed', 'removed'])
      expect(noted).toContain(`done lock passphrase ${action}`);
    expect(noted.filter((line) => line.includes('wrong lock passphrase'))).toHaveLength(3);
    await expectNowhere(window.home, ['correct horse', 'battery staple', 'another one']);
  });
});

describe('the settings', () => {
  test('are kept, and a change is told to the window and noted', async () => {
    await using window = await openTestWindow();
    const before = await window.must('settings.read', {});
    expect(await window.must('settings.write', { theme: 'dark', idleMinutes: 9 })).toEqual({
      ...before,
      theme: 'dark',
      idleMinutes: 9,
    });
    expect(window.desk.events).toEqual([{ kind: 'app-changed' }]);
    expect(await actions(window)).toEqual(['done settings changed theme: dark, idleMinutes: 9']);
    await using again = await openTestWindow(window.home);
    expect(await again.must('app.state', {})).toMatchObject({ theme: 'dark' });
  });

  test('that are damaged are the defaults again, which is said', async () => {
    await using window = await openTestWindow();
    await writeFile(join(window.home, 'settings.json'), '{"theme":"pink"');
    await using again = await openTestWindow(window.home);
    expect(await again.must('settings.read', {})).toMatchObject({ theme: 'system' });
    expect(await actions(again)).toEqual([expect.stringContaining('failed settings not read')]);
  });
});

describe('files and the clipboard', () => {
  test('are as the native dialog and the desktop have them', async () => {
    await using window = await openTestWindow();
    expect(await window.must('files.choose', { purpose: 'open-env' })).toEqual({});
    expect(await choose(window, '/some/file')).toBe('/some/file');
    await window.must('clipboard.write', { text: '8cae-a7a9-782e-a0a5' });
    expect(window.desk.copied).toEqual(['8cae-a7a9-782e-a0a5']);
  });
});

describe('a connection', () => {
  test('that fails in its test says what to do in the window’s words', async () => {
    await using database = await createTestDatabase();
    await using window = await openTestWindow();
    const url = new URL(database.url);
    url.pathname = '/nowhere';
    const { stages } = await window.must('connection.test', { connection: { url: url.href } });
    expect(stages.find(({ outcome }) => outcome === 'failed')).toMatchObject({
      stage: 'login',
      remedy: 'check the database name',
    });
  });

  test('is imported from a chosen file, tried and added without its password ever leaving', async () => {
    await using database = await createTestDatabase();
    await using window = await openTestWindow();
    const { username, password, hostname, port } = new URL(database.url);
    const folder = join(window.home, 'elsewhere');
    await mkdir(folder);
    const env = join(folder, '.env');
    await writeFile(
      env,
      `POSTGRES_HOST=${hostname}\nPOSTGRES_PORT=${port}\nPOSTGRES_DB=${database.name}\nPOSTGRES_USER=${username}\nPOSTGRES_PASSWORD=${password}\n`,
    );
    expect(await window.call('connection.import', { path: env })).toMatchObject({
      error: { code: 'file-not-chosen' },
    });
    const found = await window.must('connection.import', { path: await choose(window, env) });
    expect(found).toEqual([
      {
        imported: expect.any(String),
        from: 'POSTGRES_HOST',
        address: {
          host: hostname,
          port: Number(port),
          database: database.name,
          user: username,
          sslmode: 'prefer',
        },
        hasPassword: true,
        notes: [],
      },
    ]);
    const connection = { imported: found[0]?.imported ?? '' };
    const report = await window.must('connection.test', { connection });
    expect(report).toMatchObject({ ok: true, address: found[0]?.address });
    const wrong = await window.must('connection.test', {
      connection: { ...connection, password: 'hunter2' },
    });
    expect(wrong.stages.find(({ stage }) => stage === 'login')).toMatchObject({ outcome: 'failed' });
    const steps = window.desk.events.flatMap((event) => (event.kind === 'progress' ? [event.step] : []));
    expect(steps.slice(0, 6)).toEqual([
      'resolving the host name',
      'connecting to the port',
      'setting up TLS',
      'logging in',
      'reading the catalog',
      'reading privileges',
    ]);
    expect(JSON.stringify([found, report, wrong, window.desk.events])).not.toContain(password);

    await window.lock();
    await window.must('app.unlock', {});
    const gone = await window.run('connection.test', { connection });
    expect(gone).toMatchObject({ ok: false, error: { remedy: 'choose the file again' } });
    await expectNowhere(window.home, [password, 'hunter2'], folder);
  });

  test('that is called off ends as cancelled, with no session left', async () => {
    await using database = await createTestDatabase();
    await using window = await openTestWindow();
    // a lock on the catalog makes the server wait
    await database.client.query('BEGIN; LOCK pg_class IN ACCESS EXCLUSIVE MODE');
    const testing = window.run('connection.test', { connection: { url: database.url } });
    await expect
      .poll(() => window.must('operations.list', {}))
      .toMatchObject([{ procedure: 'connection.test' }]);
    const [running] = await window.must('operations.list', {});
    await window.must('operations.cancel', { operation: running?.operation ?? '' });
    expect(await testing).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    await database.client.query('ROLLBACK');
    const admin = await connectPlainly(database.url);
    const sessions = `SELECT FROM pg_stat_activity WHERE application_name LIKE 'keel%' AND datname = '${database.name}'`;
    await expect.poll(async () => (await admin.query(sessions)).rowCount).toBe(0);
    await admin.end();
  });
});

describe('the practice', () => {
  test('that is called off while it begins leaves nothing', async () => {
    await using window = await openTestWindow();
    const starting = window.run('practice.start', {});
    await expect
      .poll(
        () =>
          window.desk.events.some(
            (event) => event.kind === 'progress' && event.step === 'adding the sample data',
          ),
        {
          interval: 5,
          timeout: 30_000,
        },
      )
      .toBe(true);
    const [running] = await window.must('operations.list', {});
    await window.must('operations.cancel', { operation: running?.operation ?? '' });
    expect(await starting).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(await window.must('environments.list', {})).toEqual([]);
    await window.must('practice.leave', {});
  });
});

describe('a window that was taken over', () => {
  test('does not fill the log with what it is refused', async () => {
    await using window = await openTestWindow();
    for (let n = 0; n < 200; n++) await window.call(`attack.${n}` as 'app.lock', {});
    const { intact, entries } = await window.must('activity.list', { limit: 1000 });
    expect(intact).toBe(true);
    expect(entries).toHaveLength(20);
    expect(entries.at(-1)).toMatchObject({
      action: 'request refused',
      detail: 'attack.0: no such procedure',
      outcome: 'refused',
    });
  });
});

/** No file under a folder holds any of these, but those in `except`. */
async function expectNowhere(home: string, secrets: readonly string[], except?: string): Promise<void> {
  for (const entry of await readdir(home, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath === except) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'latin1');
    for (const secret of secrets) expect(text.includes(secret), `${entry.name} holds a secret`).toBe(false);
  }
}
