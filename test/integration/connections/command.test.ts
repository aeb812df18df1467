import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KeelFolder, type KeelRun } from '#test/support/processes/keel-process';
import { tlsFixtures } from '#test/support/postgres/postgres-server';
import { createSourcesDatabase, type SourcesDatabase } from '#test/support/databases/sources-database';

/** Runs `keel connections test` on the sources; nothing that it prints or keeps may hold a secret. */
async function tried(sources: SourcesDatabase, args: readonly string[]): Promise<KeelRun> {
  await using folder = await KeelFolder.create();
  return await triedIn(folder, sources, args);
}

async function triedIn(
  folder: KeelFolder,
  sources: SourcesDatabase,
  args: readonly string[],
): Promise<KeelRun> {
  const key = await folder.file('key', sources.key.toString('base64'));
  const roots = ['--root-certificate', join(tlsFixtures, 'ca.crt')];
  const run = await folder.run(
    [
      'connections',
      'test',
      '--database',
      sources.url,
      '--key-file',
      key,
      '--timeout',
      '5',
      ...roots,
      ...args,
    ],
    { env: { NODE_EXTRA_CA_CERTS: join(tlsFixtures, 'expired-ca.crt') } },
  );
  for (const secret of sources.secrets) {
    expect(run.stdout + run.stderr + (await folder.state())).not.toContain(secret);
  }
  return run;
}

test('every credential is tried, and each fate is told by name, without any secret', async () => {
  await using sources = await createSourcesDatabase();
  const run = await tried(sources, ['--allow-private', '--json']);
  expect(run.status).toBe(3);
  const reported = run.json.results.map(({ name, outcome, reason }: any) => [name, outcome, reason]);
  expect(reported).toEqual([
    ['Orders of last year', 'refused', 'login-refused'],
    ['Old handbook', 'refused', 'token-refused'],
    ['Support desk', 'certificate', expect.stringMatching(/^(expired|authority-unknown)$/)],
    ['Warehouse', 'unreachable', 'port-closed'],
    ['Orders', 'works', 'logged-in'],
    ['Handbook', 'works', 'token-accepted'],
    ['Customers', 'not-probed', 'unknown'],
    ['Shared drive', 'not-probed', 'refresh-token'],
  ]);
  expect(run.json).toMatchObject({
    ok: false,
    unopened: 1,
    counts: { works: 2, refused: 2, unreachable: 1, certificate: 1, 'not-probed': 2 },
  });

  const words = await tried(sources, ['--allow-private']);
  expect(words.status).toBe(3);
  expect(words.stdout).toContain('Refused (2)');
  expect(words.stdout).toContain('source_connection id=1');
  expect(words.stdout).toContain('2 credentials refused; 2 of 6 tested credentials work');
  expect(words.stdout).toContain('Skipped: 1 value that the key does not decrypt.');
});

test('without the admin’s word nothing on this machine is tried', async () => {
  await using sources = await createSourcesDatabase();
  const run = await tried(sources, ['--json']);
  expect(run.status).toBe(0);
  expect(run.json.counts).toMatchObject({ works: 0, 'not-probed': 8 });
  expect(sources.api.heard).toEqual([]);
});

test('--only tries what it names, by source or by kind of server', async () => {
  await using sources = await createSourcesDatabase();
  const run = await tried(sources, ['--allow-private', '--json', '--only', 'wiki']);
  expect(run.json.counts).toMatchObject({ works: 1, refused: 1, 'not-probed': 0 });
  expect(
    (await tried(sources, ['--allow-private', '--json', '--only', 'postgresql', '--concurrency', '1'])).json
      .counts,
  ).toMatchObject({ works: 1, refused: 1, unreachable: 1 });
});

test('a key that opens nothing tries nothing, and a wrong option says what is right', async () => {
  await using sources = await createSourcesDatabase();
  const wrong = { ...sources, key: Buffer.alloc(32, 'another key of 32 bytes, or more') };
  const inventory = JSON.stringify({
    version: 1,
    columns: [
      {
        schema: 'public',
        table: 'source_connection',
        column: 'credentials',
        layout: 'base64',
        kind: 'credentials',
      },
    ],
  });
  await using folder = await KeelFolder.create();
  const path = await folder.file('inventory.json', inventory);
  const run = await tried(wrong, ['--inventory', path, '--json']);
  expect([run.status, run.json.error.code]).toEqual([4, 'key-wrong']);
  const odd = await tried(sources, ['--concurrency', 'many', '--json']);
  expect([odd.status, odd.json.error.code]).toEqual([2, 'usage']);
});

test('a credential that its server accepts is kept as a proof of where the IV of its column is, without the credential', async () => {
  await using sources = await createSourcesDatabase();
  await using folder = await KeelFolder.create();
  await triedIn(folder, sources, ['--allow-private', '--only', 'tickets']);
  expect(await folder.state()).not.toContain('"by": "connection"');
  await triedIn(folder, sources, ['--allow-private', '--only', 'wiki']);
  const state = await folder.state();
  expect(state).toContain('"by": "connection"');
  expect(state).toContain('"shows": "whole"');
  expect(state).toContain('"column": "credentials"');
});
