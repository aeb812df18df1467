import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { base64 } from '#test/support/databases/foreign-database';
import { tlsFixtures } from '#test/support/postgres/postgres-server';
import { createSourcesDatabase } from '#test/support/databases/sources-database';
import { connectPlainly } from '#test/support/postgres/test-database';
import { openTwin, type Twin } from './twin.ts';

const timeout = 120_000;

/** Names the tests' authority as the admin would. */
async function nameAuthority({ window, environment }: Twin): Promise<void> {
  const path = join(tlsFixtures, 'ca.crt');
  window.desk.nextFile = path;
  await window.must('files.choose', { purpose: 'open-certificate' });
  const places = { oauth: [], keyFiles: [], rootCertificate: path };
  await window.must('posture.configure', { environment, places });
}

test('a test of the credentials finds, keeps and notes the same on the command line as in the window', {
  timeout,
}, async () => {
  await using here = await createSourcesDatabase();
  await using there = await createSourcesDatabase();
  await using typed = await openTwin(here);
  await using clicked = await openTwin(there);
  await nameAuthority(typed);
  await nameAuthority(clicked);

  const run = await typed.keel(['connections', 'test', '--allow-private', '--json']);
  const { environment } = clicked;
  const report = await clicked.window.must('connections.test', { environment, allowPrivate: true });

  expect(run.status).toBe(3);
  expect(run.json.counts).toEqual(report.counts);
  expect(run.json.unopened).toBe(report.unopened);
  const log = await typed.log();
  expect(log.at(-1)).toMatchObject({
    action: 'connections verified',
    outcome: 'failed',
    detail: '2 work, 2 refused, 1 unreachable, 1 with certificate problems, 2 not probed',
  });
  expect(log).toEqual(await clicked.log());
  expect(await typed.state()).toEqual(await clicked.state());
  const shown = await typed.window.must('connections.last', { environment: typed.environment });
  expect(shown.report?.counts).toEqual(report.counts);
});

test('a test of some of the credentials is noted with its scope, and is not kept as the last one', {
  timeout,
}, async () => {
  await using sources = await createSourcesDatabase();
  await using twin = await openTwin(sources);
  await nameAuthority(twin);
  expect((await twin.keel(['connections', 'test', '--allow-private', '--only', 'wiki'])).status).toBe(3);
  expect((await twin.log()).at(-1)).toMatchObject({
    action: 'connections verified',
    detail: expect.stringMatching(/^1 work, 1 refused, .*; only wiki$/),
    outcome: 'failed',
  });
  const { environment, window } = twin;
  expect(await window.must('connections.last', { environment })).toEqual({});
});

test('a test that is called off while servers hear their credentials leaves an entry, in both', {
  timeout,
}, async () => {
  const silent = createServer().listen(0, 'localhost');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const withSilence = async () => {
    const sources = await createSourcesDatabase();
    const client = await connectPlainly(sources.url);
    const login = { host: 'localhost', port, username: 'postgres', password: 'pw', database: 'postgres' };
    await client.query("INSERT INTO source_connection VALUES (50, 'postgresql', 'Silent', $1)", [
      base64(JSON.stringify(login), sources.key),
    ]);
    await client.end();
    return sources;
  };
  await using here = await withSilence();
  await using there = await withSilence();
  await using typed = await openTwin(here);
  await using clicked = await openTwin(there);

  const heard = once(silent, 'connection');
  const run = await typed.keel(['connections', 'test', '--allow-private', '--timeout', '60', '--json'], {
    interruptOn: heard,
  });
  expect([run.status, run.json.error.code]).toEqual([5, 'cancelled']);

  const { window, environment } = clicked;
  const again = once(silent, 'connection');
  const running = window.run('connections.test', { environment, allowPrivate: true });
  await again;
  const [one] = await window.must('operations.list', {});
  await window.must('operations.cancel', { operation: one?.operation ?? '' });
  expect(await running).toMatchObject({ ok: false, error: { code: 'cancelled' } });

  expect(await typed.log()).toMatchObject([
    { action: 'verifying connections begun' },
    { action: 'verifying connections broke off', detail: expect.stringContaining('cancelled') },
  ]);
  expect(await typed.log()).toEqual(await clicked.log());
  expect(await typed.state()).toEqual(await clicked.state());
  silent.close();
});
