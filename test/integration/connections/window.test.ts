import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tlsFixtures } from '#test/support/postgres/postgres-server';
import { createSourcesDatabase, type SourcesDatabase } from '#test/support/databases/sources-database';
import { openTestWindow, type TestWindow } from '#test/support/window';

const passphrase = 'five random words for a test';

async function connected(window: TestWindow, { url, key }: SourcesDatabase): Promise<string> {
  const { environment } = await window.must('environments.add', {
    name: 'Acme',
    colour: 'blue',
    production: false,
    connection: { url },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase,
  });
  const source = { kind: 'typed', text: key.toString('base64') } as const;
  const { fingerprint } = await window.must('keys.adopt', { environment, source });
  const { proposed } = await window.must('inventory.discover', { environment, fingerprint });
  const columns = proposed.map(({ entry }) => entry);
  await window.must('inventory.write', { environment, columns, excluded: ['source_connection.credentials'] });
  await window.must('proof.run', { environment, fingerprint });
  return environment;
}

/** Names the tests' authority as the admin would. */
async function nameAuthority(window: TestWindow, environment: string): Promise<void> {
  const path = join(tlsFixtures, 'ca.crt');
  window.desk.nextFile = path;
  await window.must('files.choose', { purpose: 'open-certificate' });
  const places = { oauth: [], keyFiles: [], rootCertificate: path };
  await window.must('posture.configure', { environment, places });
}

test('the window tries the credentials with the active key, and hears of each fate but of no secret', {
  timeout: 120_000,
}, async () => {
  await using sources = await createSourcesDatabase();
  await using window = await openTestWindow();
  const environment = await connected(window, sources);
  expect(await window.must('connections.last', { environment })).toEqual({});
  await nameAuthority(window, environment);
  const report = await window.must('connections.test', { environment, allowPrivate: true });
  expect(report.counts).toEqual({ works: 2, refused: 2, unreachable: 1, certificate: 1, 'not-probed': 2 });
  expect(report.unopened).toBe(1);
  const { entries } = await window.must('activity.list', { limit: 1 });
  expect(entries[0]).toMatchObject({ action: 'connections verified', outcome: 'failed' });

  const last = await window.must('connections.last', { environment });
  expect(last.report?.at).toBe(report.at);
  expect(last.report?.results.every(({ target }) => target === undefined)).toBe(true);
  const files = (await readdir(window.home, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  );
  const kept = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
  const everything = JSON.stringify([report, window.desk.events, ...kept]);
  for (const secret of sources.secrets) expect(everything).not.toContain(secret);
});

test('without the admin’s word nothing in a private network is tried', { timeout: 120_000 }, async () => {
  await using sources = await createSourcesDatabase();
  await using window = await openTestWindow();
  const environment = await connected(window, sources);
  const report = await window.must('connections.test', { environment, allowPrivate: false });
  expect(report.counts).toMatchObject({ works: 0, refused: 0, 'not-probed': 8 });
  expect(sources.api.heard).toEqual([]);
});

test('a test that is called off ends at once and leaves the last one standing', {
  timeout: 120_000,
}, async () => {
  await using sources = await createSourcesDatabase();
  await using window = await openTestWindow();
  const environment = await connected(window, sources);
  const first = await window.must('connections.test', { environment, allowPrivate: false });
  const running = window.run('connections.test', { environment, allowPrivate: true });
  // its id is known as soon as it is listed
  let operation: string | undefined;
  while (operation === undefined) {
    const [one] = await window.must('operations.list', {});
    operation = one?.operation;
  }
  await window.must('operations.cancel', { operation });
  expect(await running).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  expect((await window.must('connections.last', { environment })).report?.at).toBe(first.at);
});
