import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Input, LongName } from '#contract/procedures';
import { base64 } from '#test/support/databases/foreign-database';
import { startStallingProxy } from '#test/support/postgres/stalling-proxy';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';
import type { TestWindow } from '#test/support/window';
import { openTwin } from './twin.ts';

// Who cancels waits for no server, and whichever of the two is waiting.

const timeout = 120_000;
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

/** Runs long work, and cancels it once `waiting` is fulfilled. */
async function cancelled<Name extends LongName>(
  window: TestWindow,
  waiting: Promise<unknown>,
  name: Name,
  input: Input<Name>,
) {
  const running = window.run(name, input);
  await Promise.race([waiting, running]);
  for (const { operation } of await window.must('operations.list', {}))
    await window.must('operations.cancel', { operation });
  return running;
}

test('recovering is cancelled while the server is silent, and noted, in both', { timeout }, async () => {
  await using proxy = await startStallingProxy(database.url);
  await using byCommand = await openTwin({ url: proxy.url, key });
  await using byWindow = await openTwin({ url: proxy.url, key });
  proxy.stall();

  const ran = await byCommand.keel(['recover', '--json'], { interruptOn: proxy.connected() });
  expect(ran).toMatchObject({ status: 5, json: { error: { code: 'cancelled' } } });
  const { environment, window } = byWindow;
  const answered = await cancelled(window, proxy.connected(), 'rotation.recover', { environment });
  expect(answered).toMatchObject({ error: { code: 'cancelled' } });

  expect(await byCommand.state()).toEqual(await byWindow.state());
  expect(await byCommand.log()).toEqual(await byWindow.log());
  expect(await byWindow.log()).toMatchObject([{ action: 'recovery broke off', detail: 'cancelled' }]);
});

test('every work of the window on a database is cancelled while the server is silent', {
  timeout,
}, async () => {
  await using proxy = await startStallingProxy(database.url);
  await using twin = await openTwin({ url: proxy.url, key });
  const { environment, window } = twin;
  const [active] = await window.must('keys.list', { environment });
  const fingerprint = active?.fingerprint ?? '';
  await window.must('keys.generate', { environment });
  const databases = [new URL(database.url).pathname.slice(1)];
  const rotation = { environment, excluded: [], accepted: [] };
  proxy.stall();
  /** What long work is given, or what it takes before it asks a server, or instead. */
  const works: { readonly [Name in LongName]: Input<Name> | string } = {
    'proof.run': { environment, fingerprint },
    'inventory.discover': { environment, fingerprint },
    'census.take': { environment },
    'fleet.prove': { environment, databases },
    'matrix.run': { environment, keys: [fingerprint], databases: [environment] },
    'connections.test': { environment, allowPrivate: true },
    'apiKeys.find': { environment },
    'posture.check': { environment },
    // the last one: more of its connections come while it is being cancelled
    'rotation.preflight': rotation,
    'rotation.recover': 'the test before this one',
    'rotation.sweep': 'a rotation first',
    'rotation.rehearse': 'a preflight first',
    'rotation.rotate': 'a preflight first',
    'rotation.undo': 'a rotation first',
    'rotation.sweepRewrite': 'a rotation first',
    'fleet.rotate': 'a preflight of each database first',
    'fleet.undo': 'a rotation of a fleet first',
    'fleet.sweep': 'a rotation of a fleet first',
    'fleet.recover': 'a rotation of a fleet first',
    'apiKeys.verify': 'a table that was chosen before',
    'credentials.export': 'a file that was chosen before',
    'credentials.verify': 'an archive first',
    'credentials.import': 'an archive first',
    'credentials.readArchive': 'no database',
    'restored.open': 'no database',
    'backup.create': 'no database',
    'backup.drill': 'no database',
    'keyring.search': 'no database',
    'matrix.addArtefact': 'no database',
    'connection.test': 'no environment',
    'practice.start': 'a server of its own',
  };
  for (const [name, input] of Object.entries(works)) {
    if (typeof input === 'string') continue;
    const answered = await cancelled(window, proxy.connected(), name as LongName, input as never);
    expect(answered, name).toMatchObject({ error: { code: 'cancelled' } });
  }
});
