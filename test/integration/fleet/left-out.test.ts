import { randomBytes, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newRecord, RotationRecords } from '#records/rotation-record';
import { createFleetDatabases, type FleetDatabases } from '#test/support/databases/fleet-databases';
import { KeelFolder } from '#test/support/processes/keel-process';

/** The fleet as an environment of its own, under the key in `old.key`, with a new key in `new.key`. */
async function startFleet(fleet: FleetDatabases, folder: KeelFolder) {
  await fleet.mend();
  const oldFile = await folder.file('old.key', fleet.key.toString('base64'));
  const newFile = await folder.file('new.key', randomBytes(32).toString('base64'));
  const inventory = await folder.file(
    'inventory.json',
    JSON.stringify({
      version: 1,
      columns: [
        {
          ...{ schema: 'public', table: 'source_connection', column: 'credentials' },
          ...{ layout: 'base64', kind: 'credentials' },
        },
      ],
    }),
  );
  const url = new URL(fleet.url);
  const { password } = url;
  url.password = '';
  const env = { PGPASSWORD: decodeURIComponent(password), KEEL_PASSPHRASE: 'five random words for a test' };
  const keel = (...args: string[]) => folder.run([...args, '--env', 'fleet', '--json'], { env });
  const added = await folder.run(
    [
      ...['env', 'add', 'fleet', '--database', url.href, '--keep-keys-in', 'sealed-file'],
      ...['--inventory', inventory],
    ],
    { env },
  );
  expect(added.status, added.stderr).toBe(0);
  const rotate = (...args: string[]) => keel('fleet', 'rotate', '--like', fleet.like, '--yes', ...args);
  return { keel, rotate, keys: ['--from-key-file', oldFile, '--to-key-file', newFile], oldFile, env };
}

test('a closed database is a part of the fleet: it is named, its key is kept, and it goes over once it is open', {
  timeout: 600_000,
}, async () => {
  await using fleet = await createFleetDatabases();
  await using folder = await KeelFolder.create();
  const { keel, rotate, keys, oldFile } = await startFleet(fleet, folder);
  const before = await fleet.ciphertexts();
  const [, , closed = ''] = fleet.names;
  await fleet.allow(closed, false);

  const first = await rotate(...keys);
  expect(first.status, first.stderr).toBe(3);
  expect(first.stderr).toContain(`1 database matching the pattern does not allow connections: ${closed}`);
  expect(first.json.databases).toMatchObject([
    { state: 'done' },
    { state: 'done' },
    { name: closed, state: 'failed', message: expect.stringContaining('does not allow connections') },
  ]);
  const { from } = first.json;
  expect((await keel('fleet', 'census')).status).toBe(3);
  const stated = await keel('key', 'dumps', '--none-before', 'now');
  expect(stated.json.error).toMatchObject({ code: 'key-needed', message: expect.stringContaining(closed) });
  const accepted = ['--accept', 'undo', '--accept', 'not-swept'];
  const destroyed = await keel('key', 'destroy', '--fingerprint', from, '--yes', ...accepted);
  expect(destroyed.json.error).toMatchObject({ code: 'key-needed' });
  for (const job of ['prove', 'census']) {
    const reported = await keel('fleet', job, '--like', fleet.like);
    expect(reported.status).toBe(3);
    expect(reported.json.databases.find(({ name }: { name: string }) => name === closed)).toBeDefined();
  }

  await fleet.allow(closed, true);
  expect((await fleet.ciphertexts())[closed]).toEqual(before[closed]);
  const proven = await keel('fleet', 'prove', '--like', closed, '--key-file', oldFile);
  expect(proven.json.databases).toMatchObject([{ name: closed, verdict: 'correct', opened: 4 }]);
  const second = await rotate();
  expect(second.status, second.stderr).toBe(0);
  expect((await fleet.ciphertexts())[closed]).not.toEqual(before[closed]);
});

test('a database that is dropped before it went over is accounted for, until it is given up by name, and its key after', {
  timeout: 600_000,
}, async () => {
  await using fleet = await createFleetDatabases();
  await using folder = await KeelFolder.create();
  const { keel, rotate, keys } = await startFleet(fleet, folder);
  const [, , dropped = ''] = fleet.names;
  await fleet.allow(dropped, false);
  expect((await rotate(...keys)).status).toBe(3);
  await fleet.drop(dropped);
  const again = await rotate();
  expect(again.status, again.stderr).toBe(3);
  expect(again.json.databases.at(-1)).toMatchObject({
    name: dropped,
    state: 'failed',
    code: 'database-missing',
  });
  const { from } = again.json;
  expect((await keel('key', 'destroy', '--fingerprint', from, '--yes')).json.error.code).toBe('key-needed');
  expect((await keel('fleet', 'status')).json.record.databases.at(-1)).toMatchObject({ state: 'failed' });

  expect((await keel('fleet', 'give-up', 'no_such_database')).json.error.code).toBe('usage');
  expect((await keel('fleet', 'give-up', fleet.names[0] ?? '')).json.error.code).toBe('usage');
  const given = await keel('fleet', 'give-up', dropped);
  expect(given.json, given.stderr).toMatchObject({
    ok: true,
    left: 0,
    givenUp: [{ name: dropped, key: from }],
  });
  const { record } = (await keel('fleet', 'status')).json;
  expect(record).toMatchObject({
    finishedAt: expect.any(String),
    databases: [{ state: 'done' }, { state: 'done' }],
  });
  // the rotation is over; what the database may need is kept until it is accepted by its name
  expect((await keel('fleet', 'census')).status).toBe(3);
  const stated = await keel('key', 'dumps', '--none-before', 'now');
  expect(stated.json.error).toMatchObject({ code: 'key-needed', message: expect.stringContaining(dropped) });
  expect((await keel('key', 'destroy', '--fingerprint', from, '--yes')).json.error.code).toBe('key-needed');

  const back = await keel('fleet', 'give-up', dropped, '--withdraw');
  expect(back.json, back.stderr).toMatchObject({ left: 1, givenUp: [] });
  expect((await rotate()).json.databases.at(-1)).toMatchObject({ name: dropped, code: 'database-missing' });
});

test('a fleet is swept, and undone by the machine that rotated it, once', { timeout: 600_000 }, async () => {
  await using fleet = await createFleetDatabases();
  await using folder = await KeelFolder.create();
  const { keel, rotate, keys, oldFile } = await startFleet(fleet, folder);
  expect((await keel('fleet', 'undo', '--yes')).json.error.code).toBe('nothing-to-undo');
  const rotated = await rotate(...keys);
  expect(rotated.status, rotated.stderr).toBe(0);
  const swept = await keel('fleet', 'sweep');
  expect(swept.json, swept.stderr).toMatchObject({
    ok: true,
    databases: fleet.names.map((name) => ({ name })),
  });
  expect((await keel('fleet', 'recover')).json).toMatchObject({ ok: true });

  const [, closed = ''] = fleet.names;
  await fleet.allow(closed, false);
  const first = await keel('fleet', 'undo', '--yes');
  expect(first.status, first.stderr).toBe(3);
  expect(first.json.databases.map(({ state }: { state: string }) => state)).toEqual([
    'done',
    'failed',
    'done',
  ]);
  await fleet.allow(closed, true);
  const second = await keel('fleet', 'undo', '--yes');
  expect(second.json, second.stderr).toMatchObject({ ok: true });
  const proven = await keel('fleet', 'prove', '--like', fleet.like, '--key-file', oldFile);
  expect(proven.json.ok, proven.stdout).toBe(true);
  expect((await keel('fleet', 'status')).json.record).toMatchObject({ to: rotated.json.from, undo: true });
  expect(await keel('fleet', 'undo', '--yes')).toMatchObject({
    status: 6,
    json: { error: { code: 'already-undone' } },
  });
});

test('the environment’s own database is not left under the old key by a list without it', {
  timeout: 600_000,
}, async () => {
  await using fleet = await createFleetDatabases();
  await using folder = await KeelFolder.create();
  const { keel, keys, oldFile } = await startFleet(fleet, folder);
  const before = await fleet.ciphertexts();
  const [own = '', ...others] = fleet.names;
  expect((await keel('prove', '--key-file', oldFile)).status).toBe(0);
  const list = await folder.file('others.txt', others.join('\n'));

  const refused = await keel('fleet', 'rotate', '--databases', list, '--yes', ...keys);
  expect(refused.json.error).toMatchObject({
    code: 'preflight-stopped',
    message: expect.stringContaining(`${own}, the environment’s own database, has 4 values`),
  });
  expect(refused.status).toBe(4);
  expect(await fleet.ciphertexts()).toEqual(before);

  const all = await folder.file('all.txt', fleet.names.join('\n'));
  const rotated = await keel('fleet', 'rotate', '--databases', all, '--yes', ...keys);
  expect(rotated.status, rotated.stderr).toBe(0);
});

test('an undo that was killed before it changed a database is not taken for done', {
  timeout: 600_000,
}, async () => {
  await using fleet = await createFleetDatabases();
  await using folder = await KeelFolder.create();
  const { keel, rotate, keys, oldFile } = await startFleet(fleet, folder);
  const rotated = await rotate(...keys);
  expect(rotated.status, rotated.stderr).toBe(0);
  const [, , half = ''] = fleet.names;
  const environments = join(folder.path, 'home', 'environments');
  const [environment = ''] = await readdir(environments);
  const records = new RotationRecords(join(environments, environment), half);
  const { inventory } = (await records.list()).at(-1) ?? {};
  await records.write({
    ...newRecord({
      id: randomUUID(),
      purpose: 'undo',
      from: rotated.json.to,
      to: rotated.json.from,
      inventory: inventory ?? { version: 1, columns: [] },
      excluded: [],
    }),
    // of a process that is gone
    process: { pid: 2 ** 22 + 1, host: hostname() },
  });

  const undone = await keel('fleet', 'undo', '--yes');
  expect(undone.json, undone.stderr).toMatchObject({ ok: true });
  const proven = await keel('fleet', 'prove', '--like', fleet.like, '--key-file', oldFile);
  expect(proven.json.ok, proven.stdout).toBe(true);
});
