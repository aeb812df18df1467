import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databasesLike } from '#fleet/members';
import { createPart, openFleetDesk } from '#test/support/databases/fleet-on-servers';
import { type OwnServer, startOwnServer } from '#test/support/postgres/own-server';
import { majorsOfThisRun, missingServer, startVersion } from '#test/support/postgres/postgres-versions';
import { connectPlainly, sharedServerUrl, urlOf } from '#test/support/postgres/test-database';
import { openDatabase } from '#workspace/database';

const timeout = 600_000;
const statesOf = ({ json }: { json: any }) => json.databases.map(({ state }: any) => state);

const older = majorsOfThisRun().find((major) => major !== 18) ?? 13;
const missing = missingServer(older);

/** A server that comes and goes, and has few connections. */
const connections = 6;
let small: OwnServer;
beforeAll(async () => {
  small = await startOwnServer([`max_connections=${connections}`, 'fsync=off', 'full_page_writes=off']);
});
afterAll(() => small[Symbol.asyncDispose]());

test.skipIf(missing !== undefined)(
  `a fleet over servers of two majors, as another role on each, is rotated, swept, undone and rotated again${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  { timeout },
  async () => {
    await using second = await startVersion(older);
    const key = randomBytes(32);
    const prefix = `two_${randomBytes(4).toString('hex')}`;
    await using near = await createPart(sharedServerUrl(), { prefix, count: 2, key });
    await using far = await createPart(second.url, { prefix, count: 2, key, first: 3 });
    await far.administer('CREATE ROLE fleet_keeper LOGIN SUPERUSER');
    const [first = ''] = near.names;
    await using desk = await openFleetDesk(urlOf(near.url, first), key);
    const { keel, keys, newKey, oldFile } = desk;
    const at = new URL(second.url);
    const servers = await desk.folder.file(
      'servers.txt',
      `# further servers\npostgres://fleet_keeper@127.0.0.1:${at.port}/postgres?sslmode=disable\n`,
    );
    const farNames = far.names.map((name) => `localhost:${at.port}/${name}`);
    const pattern = ['--like', `${prefix}\\_%`, '--servers', servers];

    const proven = await keel('fleet', 'prove', ...pattern, '--key-file', oldFile);
    expect(proven.json, proven.stderr).toMatchObject({ ok: true });
    expect(proven.json.databases.map(({ name }: any) => name)).toEqual([...farNames, ...near.names]);

    const rotated = await keel('fleet', 'rotate', ...pattern, '--yes', ...keys);
    expect(rotated.status, rotated.stderr).toBe(0);
    expect(statesOf(rotated)).toEqual(['done', 'done', 'done', 'done']);
    for (const part of [near, far])
      for (const name of part.names) expect(await part.opened(name, newKey)).toBe(3);

    // how each is reached is on record, without a password, and needs no list any more
    const { record } = (await keel('fleet', 'status')).json;
    expect(record.elsewhere).toMatchObject([
      { name: farNames[0], address: { user: 'fleet_keeper', sslmode: 'disable' } },
      { name: farNames[1], address: { port: Number(at.port) } },
    ]);
    expect((await keel('fleet', 'recover')).json).toMatchObject({ ok: true });
    const swept = await keel('fleet', 'sweep');
    expect(swept.json, swept.stderr).toMatchObject({ ok: true });
    expect(swept.json.databases).toHaveLength(4);
    const searched = await keel('fleet', 'census');
    expect(searched.json, searched.stderr).toMatchObject({ ok: true });
    expect(searched.json.databases.map(({ name }: any) => name)).toEqual(expect.arrayContaining(farNames));

    const undone = await keel('fleet', 'undo', '--yes');
    expect(undone.json, undone.stderr).toMatchObject({ ok: true });
    for (const part of [near, far])
      for (const name of part.names) expect(await part.opened(name, key)).toBe(3);
    const again = await keel('fleet', 'rotate', ...pattern, '--yes', ...keys);
    expect(statesOf(again), again.stderr).toEqual(['done', 'done', 'done', 'done']);
    for (const name of far.names) expect(await far.opened(name, newKey)).toBe(3);
  },
);

test('a server that is gone keeps its databases on record, and a key that they need', {
  timeout,
}, async () => {
  const key = randomBytes(32);
  const prefix = `gone_${randomBytes(4).toString('hex')}`;
  await using near = await createPart(sharedServerUrl(), { prefix, count: 2, key });
  const far = await createPart(small.url, { prefix, count: 1, key, first: 3 });
  const [first = '', second = ''] = near.names;
  await using desk = await openFleetDesk(urlOf(near.url, first), key);
  const { keel, keys, newKey } = desk;
  const farUrl = urlOf(small.url, far.names[0] ?? '');
  const list = await desk.folder.file('list.txt', `${first}\n${second}\n${farUrl}\n`);
  const farName = `localhost:${new URL(farUrl).port}/${far.names[0]}`;

  await small.stop('fast');
  const servers = await desk.folder.file('servers.txt', `${small.url}\n`);
  const unasked = await keel(
    'fleet',
    'rotate',
    '--like',
    `${prefix}\\_%`,
    '--servers',
    servers,
    '--yes',
    ...keys,
  );
  expect(unasked.json.error).toMatchObject({ code: 'server-unreachable' });
  expect(await near.opened(first, key)).toBe(3);

  const rotated = await keel('fleet', 'rotate', '--databases', list, '--yes', ...keys);
  expect(rotated.status, rotated.stderr).toBe(3);
  expect(rotated.json.databases).toMatchObject([
    { name: first, state: 'done' },
    { name: second, state: 'done' },
    { name: farName, state: 'failed', code: 'server-unreachable' },
  ]);
  const { from } = rotated.json;
  expect((await keel('key', 'destroy', '--fingerprint', from, '--yes')).json.error.code).toBe('key-needed');
  const swept = await keel('fleet', 'sweep');
  expect(swept.status).toBe(3);
  expect(swept.json.databases).toMatchObject([
    { name: first, state: 'done' },
    { name: second, state: 'done' },
    { name: farName, state: 'failed', code: 'rotation-unsettled' },
  ]);

  const given = await keel('fleet', 'give-up', farName);
  expect(given.json, given.stderr).toMatchObject({ left: 0, givenUp: [{ name: farName, key: from }] });
  const stated = await keel('key', 'dumps', '--none-before', 'now');
  expect(stated.json.error).toMatchObject({ code: 'key-needed', message: expect.stringContaining(farName) });
  expect((await keel('fleet', 'sweep')).json).toMatchObject({ ok: true, givenUp: [{ name: farName }] });

  await small.start();
  expect((await keel('fleet', 'give-up', farName, '--withdraw')).json).toMatchObject({ left: 1 });
  const last = await keel('fleet', 'rotate', '--databases', list, '--yes');
  expect(last.status, last.stderr).toBe(0);
  expect(await far.opened(far.names[0] ?? '', newKey)).toBe(3);
});

test('a fleet that needs more connections than its server has waits for them', { timeout }, async () => {
  const key = randomBytes(32);
  const prefix = `room_${randomBytes(4).toString('hex')}`;
  await using part = await createPart(small.url, { prefix, count: 5, key });
  await using desk = await openFleetDesk(urlOf(part.url, part.names[0] ?? ''), key);
  const { keel, keys, newKey } = desk;
  const together = ['--concurrency', '5'];
  const pattern = ['--like', `${prefix}\\_%`, ...together];
  const rotated = await keel('fleet', 'rotate', ...pattern, '--yes', ...keys);
  expect(
    rotated.json.databases?.filter(({ state }: any) => state !== 'done'),
    rotated.stderr,
  ).toEqual([]);
  for (const name of part.names) expect(await part.opened(name, newKey)).toBe(3);
  expect((await keel('fleet', 'prove', ...pattern)).json).toMatchObject({ ok: true });
  expect((await keel('fleet', 'sweep', ...together)).json).toMatchObject({ ok: true });
  expect((await keel('fleet', 'undo', '--yes', ...together)).json).toMatchObject({ ok: true });
  for (const name of part.names) expect(await part.opened(name, key)).toBe(3);
});

test('the databases under a pattern are looked up as soon as the server has a connection again', {
  timeout,
}, async () => {
  const others = await Promise.all(Array.from({ length: connections }, () => connectPlainly(small.url)));
  const leave = async () => void (await Promise.all(others.splice(0).map((client) => client.end())));
  try {
    const database = openDatabase(small.url);
    let refused = 0;
    const found = await databasesLike(
      {
        ...database,
        open: (name) =>
          database.open(name).catch(async (error: unknown) => {
            refused += 1;
            await leave();
            throw error;
          }),
      },
      'postgres',
    );
    expect(refused).toBeGreaterThan(0);
    expect(found.names).toEqual(['postgres']);
  } finally {
    await leave();
  }
});
