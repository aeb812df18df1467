import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { base64, openBase64 } from '#test/support/databases/foreign-database';
import { createSourcesDatabase, type SourcesDatabase } from '#test/support/databases/sources-database';
import { startSeveringProxy } from '#test/support/postgres/severing-proxy';
import { connectPlainly } from '#test/support/postgres/test-database';
import { openTwin, type Twin } from './twin.ts';

const timeout = 120_000;
const archivePassphrase = 'spare anvil under the old bridge';
const column = { schema: 'public', table: 'source_connection', column: 'credentials' };
const accepted = ['other-sessions'];
const accept = accepted.flatMap((code) => ['--accept', code]);

/** The same environment twice, each on a database and in a home of its own. */
async function openTwins() {
  const databases = await Promise.all([createSourcesDatabase(), createSourcesDatabase()]);
  const [typed, clicked] = await Promise.all(databases.map((database) => openTwin(database)));
  return {
    databases,
    typed: typed as Twin,
    clicked: clicked as Twin,
    async [Symbol.asyncDispose]() {
      await typed?.[Symbol.asyncDispose]();
      await clicked?.[Symbol.asyncDispose]();
      for (const database of databases) await database[Symbol.asyncDispose]();
    },
  };
}

/** Runs a credentials command, which knows the archive's passphrase. */
function withArchive({ keel }: Twin, args: readonly string[]) {
  return keel(['credentials', ...args, '--json'], { env: { KEEL_ARCHIVE_PASSPHRASE: archivePassphrase } });
}

function archiveIn({ folder }: Pick<Twin, 'folder'>): string {
  return join(folder.path, 'credentials.age');
}

/** Names the archive in a native dialog. */
async function chosen(twin: Twin) {
  twin.window.desk.nextFile = archiveIn(twin);
  await twin.window.must('files.choose', { purpose: 'save-archive' });
  return { environment: twin.environment, path: archiveIn(twin), passphrase: archivePassphrase };
}

async function change({ url, key }: SourcesDatabase): Promise<void> {
  const client = await connectPlainly(url);
  await client.query('UPDATE source_connection SET credentials = $1 WHERE id = 7', [
    base64('{"token": "another"}', key),
  ]);
  await client.end();
}

test('an archive is written, compared, rehearsed and written back with the same outcome and the same entries', {
  timeout,
}, async () => {
  await using twins = await openTwins();
  const { typed, clicked, databases } = twins;
  const { window } = clicked;
  const archive = await chosen(clicked);

  const out = await withArchive(typed, ['export', '--out', archiveIn(typed)]);
  const exported = await window.must('credentials.export', archive);
  expect(out.json).toMatchObject({ ok: true, values: exported.values, unopened: exported.unopened });

  const equal = await withArchive(typed, ['verify', '--archive', archiveIn(typed)]);
  const compared = await window.must('credentials.verify', archive);
  expect([equal.status, compared.differing]).toEqual([0, 0]);
  expect(equal.json.archive).toMatchObject({ environment: 'Acme' });
  expect(compared.archive.environment).toBe('Acme');

  await Promise.all(databases.map(change));
  const differs = await withArchive(typed, ['verify', '--archive', archiveIn(typed)]);
  const differing = await window.must('credentials.verify', archive);
  expect([differs.status, differs.json.differing, differing.differing]).toEqual([3, 1, 1]);

  const importing = { ...archive, accepted };
  const args = ['import', '--archive', archiveIn(typed), ...accept];
  const rehearsed = await withArchive(typed, [...args, '--rehearse']);
  const tried = await window.must('credentials.import', { ...importing, rehearse: true });
  expect([rehearsed.json.values, rehearsed.json.rehearsal]).toEqual([tried.values, tried.rehearsal]);
  const written = await withArchive(typed, [...args, '--yes']);
  const imported = await window.must('credentials.import', { ...importing, rehearse: false });
  expect([written.json.values, written.json.rows]).toEqual([imported.values, imported.rows]);

  const log = await typed.log();
  expect(log.map(({ action, outcome }) => [action, outcome])).toEqual([
    ['credentials exported', 'done'],
    ['archive of credentials verified', 'done'],
    ['archive of credentials verified', 'failed'],
    ['import of credentials rehearsed', 'done'],
    ['credentials imported', 'done'],
  ]);
  expect(log).toEqual(await clicked.log());
  expect(await typed.state()).toEqual(await clicked.state());
});

test('a credential is listed and looked at without an entry, and shown only after one', {
  timeout,
}, async () => {
  await using twins = await openTwins();
  const { typed, clicked } = twins;
  const { window, environment } = clicked;
  const address = { ...column, key: { id: '7' } };
  const which = ['--column', 'source_connection.credentials', '--row', 'id=7'];

  const listed = await typed.keel(['credentials', 'list', '--json']);
  const page = await window.must('credentials.list', { environment, limit: 100 });
  expect(listed.json.credentials).toEqual(page.credentials);
  const looked = await typed.keel(['credentials', 'show', ...which, '--json']);
  const { version, state, fields } = await window.must('credentials.inspect', { environment, address });
  expect(looked.json).toMatchObject({ state, fields });
  expect([await typed.log(), await clicked.log()]).toEqual([[], []]);

  const shown = await typed.keel(['credentials', 'show', ...which, '--reveal']);
  expect(await window.call('credentials.reveal', { environment, address, version })).toMatchObject({
    error: { code: 'gesture-missing' },
  });
  expect(await clicked.log()).toMatchObject([{ action: 'request refused' }]);
  window.desk.gestureHeld = true;
  const { text } = await window.must('credentials.reveal', { environment, address, version });
  expect(shown.stdout.trim()).toBe(text);
  const log = await typed.log();
  expect(log).toMatchObject([
    { action: 'credential revealed', detail: expect.stringMatching(/ id=7, to the terminal$/) },
  ]);
  const onScreen = JSON.stringify(log).replace('to the terminal', 'on the screen, while held');
  expect(JSON.parse(onScreen)).toEqual((await clicked.log()).slice(1));
});

test('a field of a credential is replaced with the same outcome and the same entry', {
  timeout,
}, async () => {
  await using twins = await openTwins();
  const { typed, clicked, databases } = twins;
  const { window, environment } = clicked;
  const address = { ...column, key: { id: '1' } };
  const which = ['--column', 'source_connection.credentials', '--row', 'id=1'];
  const { version, fields } = await window.must('credentials.inspect', { environment, address });
  const field = fields?.indexOf('password') ?? -1;
  expect(field).toBe(3);
  const value = 'n3w – with "quotes" & 🐍';

  const secret = join(typed.folder.path, 'new-password');
  await writeFile(secret, `${value}\n`);
  const replace = (...args: string[]) =>
    typed.keel(['credentials', 'replace', ...which, '--value-file', secret, '--json', ...args]);
  expect(await replace('--field', 'pasword', '--yes')).toMatchObject({ status: 2 });
  const unasked = await replace('--field', 'password');
  expect(unasked).toMatchObject({ status: 4, json: { error: { code: 'confirmation-missing' } } });
  const done = await replace('--field', 'password', '--yes');
  expect(done, done.stderr).toMatchObject({ status: 0, json: { ok: true, field: 'password' } });
  expect(done.stdout + done.stderr).not.toContain('n3w');
  await window.must('credentials.replace', { environment, address, version, field, value });

  const [byCommand, byWindow] = await Promise.all(databases.map(({ url, key }) => credentialAt(url, key, 1)));
  expect(JSON.parse(byCommand as string)).toMatchObject({ password: value });
  expect(byCommand).toBe(byWindow);
  const replaced = ({ action }: { action: string }) => action === 'credential replaced';
  expect((await typed.log()).filter(replaced)).toEqual((await clicked.log()).filter(replaced));
});

async function credentialAt(url: string, key: Buffer, id: number): Promise<string> {
  const client = await connectPlainly(url);
  const { rows } = await client.query('SELECT credentials FROM source_connection WHERE id = $1', [id]);
  await client.end();
  return openBase64(rows[0].credentials, key);
}

test('a credential is not shown where the log cannot be written, in neither', { timeout }, async () => {
  await using twins = await openTwins();
  for (const twin of [twins.typed, twins.clicked]) {
    const { window, environment, keel } = twin;
    const address = { ...column, key: { id: '7' } };
    const { version } = await window.must('credentials.inspect', { environment, address });
    const log = join(window.home, 'activity.jsonl');
    await rm(log);
    await mkdir(log);
    window.desk.gestureHeld = true;
    const revealed = await window.call('credentials.reveal', { environment, address, version });
    const shown = await keel([
      'credentials',
      'show',
      '--column',
      'source_connection.credentials',
      '--row',
      'id=7',
      '--reveal',
    ]);
    expect(revealed).toMatchObject({ ok: false });
    expect([shown.status === 0, shown.stdout]).toEqual([false, '']);
  }
});

test('a credential is replaced only once the admin agreed to it, and that is noted', {
  timeout,
}, async () => {
  await using database = await createSourcesDatabase();
  await using twin = await openTwin(database);
  const { window, environment } = twin;
  const address = { ...column, key: { id: '7' } };
  const { version } = await window.must('credentials.inspect', { environment, address });
  const replacing = { environment, address, version, value: '{"token":"new"}' };
  window.desk.agrees = false;
  expect(await window.call('credentials.replace', replacing)).toMatchObject({
    error: { code: 'cancelled' },
  });
  window.desk.agrees = true;
  await window.must('credentials.replace', replacing);
  expect(await twin.log()).toMatchObject([
    { action: 'request refused' },
    {
      action: 'credential replaced',
      detail: 'public.source_connection.credentials id=7, read back and compared',
    },
  ]);
});

test('an import whose COMMIT was not answered is noted as not settled', { timeout }, async () => {
  await using database = await createSourcesDatabase();
  await using twin = await openTwin(database);
  await twin.window.must('credentials.export', await chosen(twin));
  await change(database);
  await using proxy = await startSeveringProxy(database.url, {
    statement: 'COMMIT',
    forward: false,
    forGood: true,
  });
  const key = await twin.folder.file('key', database.key.toString('base64'));
  const run = await twin.folder.run(
    [
      ...[
        'credentials',
        'import',
        '--archive',
        archiveIn(twin),
        ...accept,
        '--accept',
        'other-database',
        '--yes',
        '--json',
      ],
      ...['--database', proxy.url, '--key-file', key],
    ],
    { env: { KEEL_HOME: twin.window.home, KEEL_ARCHIVE_PASSPHRASE: archivePassphrase } },
  );
  expect([proxy.severed, run.json.error.code]).toEqual([true, 'rotation-unsettled']);
  expect((await twin.log()).at(-1)).toMatchObject({
    action: 'import of credentials not settled',
    outcome: 'failed',
  });
});
