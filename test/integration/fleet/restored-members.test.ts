import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  createPart,
  type FleetDesk,
  openFleetDesk,
  type ServersPart,
} from '#test/support/databases/fleet-on-servers';
import type { KeelRun } from '#test/support/processes/keel-process';
import { sharedServerUrl, urlOf } from '#test/support/postgres/test-database';

/** A fleet of three databases whose second one can be taken back to how it was before a rotation, as a restored dump takes it. */
async function openFleet() {
  const oldKey = randomBytes(32);
  const prefix = `restored_${randomBytes(4).toString('hex')}`;
  const part = await createPart(sharedServerUrl(), { prefix, count: 3, key: oldKey });
  const desk = await openFleetDesk(urlOf(part.url, part.names[0] ?? ''), oldKey);
  const [, second = '', third = ''] = part.names;
  const read = 'SELECT id, credentials FROM source_connection ORDER BY id';
  const before = await part.ask(second, read);
  const list = await desk.folder.file('databases.txt', part.names.join('\n'));
  return {
    ...{ part, desk, second, third },
    async restore() {
      for (const { id, credentials } of before)
        await part.ask(second, 'UPDATE source_connection SET credentials = $1 WHERE id = $2', [
          credentials,
          id,
        ]);
      await part.ask(second, 'DROP SCHEMA IF EXISTS keel CASCADE');
    },
    rotate: (...more: string[]) => desk.keel('fleet', 'rotate', '--databases', list, '--yes', ...more),
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]();
      await part[Symbol.asyncDispose]();
    },
  };
}

function statesOf(run: KeelRun): Record<string, string> {
  expect(run.json.databases, run.stderr).toBeDefined();
  return Object.fromEntries(run.json.databases.map(({ name, state }: any) => [name, state]));
}

async function expectAllUnder(part: ServersPart, key: Buffer): Promise<void> {
  for (const name of part.names) expect(await part.opened(name, key), name).toBe(3);
}

const noise = `UPDATE source_connection SET credentials = 'no ciphertext at all' WHERE id = 1`;

test('a database that went over and was restored from an old dump is rotated again by the next run, and one that cannot be reached is no success', {
  timeout: 300_000,
}, async () => {
  await using fleet = await openFleet();
  const { part, desk, second, third, rotate } = fleet;
  const [{ credentials }] = await part.ask(third, 'SELECT credentials FROM source_connection WHERE id = 1');
  await part.ask(third, noise);
  const first = await rotate(...desk.keys);
  expect(first.status, first.stderr).toBe(3);
  expect(statesOf(first)).toMatchObject({ [second]: 'done', [third]: 'failed' });
  await fleet.restore();

  await part.administer(`ALTER DATABASE ${second} ALLOW_CONNECTIONS false`);
  const closed = await rotate();
  expect(closed.status, closed.stdout).toBe(3);
  expect(statesOf(closed)).toMatchObject({ [second]: 'failed', [third]: 'failed' });
  await part.administer(`ALTER DATABASE ${second} ALLOW_CONNECTIONS true`);

  await part.ask(third, 'UPDATE source_connection SET credentials = $1 WHERE id = 1', [credentials]);
  const last = await rotate();
  expect(last.status, last.stderr).toBe(0);
  await expectAllUnder(part, desk.newKey);
});

/** A fleet that was rotated to its end, and whose second database was restored then. */
async function rotatedAndRestored(fleet: Awaited<ReturnType<typeof openFleet>>): Promise<FleetDesk> {
  const rotated = await fleet.rotate(...fleet.desk.keys);
  expect(rotated.status, rotated.stderr).toBe(0);
  await fleet.restore();
  return fleet.desk;
}

test('a recovery fails a database of a fleet that was restored from an old dump, and the next rotation takes it over again', {
  timeout: 300_000,
}, async () => {
  await using fleet = await openFleet();
  const { part, second, third, rotate } = fleet;
  const { keel, newKey } = await rotatedAndRestored(fleet);
  const recovered = await keel('fleet', 'recover');
  expect(recovered.status, recovered.stdout).toBe(3);
  expect(statesOf(recovered)).toMatchObject({ [second]: 'failed', [third]: 'done' });
  const { record } = (await keel('fleet', 'status')).json;
  expect(record.finishedAt).toBeUndefined();
  expect(record.databases.find(({ name }: any) => name === second)).toMatchObject({ state: 'failed' });

  const again = await rotate();
  expect(again.status, again.stderr).toBe(0);
  await expectAllUnder(part, newKey);
  const settled = await keel('fleet', 'recover');
  expect(settled.status, settled.stderr).toBe(0);
});

test('a fleet with a restored database is undone: it is encrypted with the previous key already', {
  timeout: 300_000,
}, async () => {
  await using fleet = await openFleet();
  const { part, third } = fleet;
  const { keel, oldKey } = await rotatedAndRestored(fleet);
  await part.administer(`ALTER DATABASE ${third} ALLOW_CONNECTIONS false`);
  const partly = await keel('fleet', 'undo', '--yes');
  expect(partly.status, partly.stdout).toBe(3);
  expect(statesOf(partly)).toMatchObject({ [fleet.second]: 'done', [third]: 'failed' });
  await part.administer(`ALTER DATABASE ${third} ALLOW_CONNECTIONS true`);
  const undone = await keel('fleet', 'undo', '--yes');
  expect(undone.status, undone.stderr).toBe(0);
  await expectAllUnder(part, oldKey);
});
