import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { inParallel } from '#shared/in-parallel';
import { isFullLength } from '#test/support/how-often';
import { base64, createForeignDatabase } from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';
import { connectPlainly } from '#test/support/postgres/test-database';

const size = isFullLength ? 50 : 12;

test(`of a fleet of ${size} databases with a broken one, ${size - 1} go over, and a second run does only the one`, {
  timeout: 480_000,
}, async () => {
  await using home = await createForeignDatabase({ rows: 3 });
  await using folder = await KeelFolder.create();
  const admin = home.client;
  const prefix = `fleet_${Date.now().toString(36)}`;
  const names = Array.from({ length: size }, (_, i) => `${prefix}_${String(i).padStart(2, '0')}`);
  const at = (name: string) => {
    const url = new URL(home.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  const openAt = (name: string) => connectPlainly(at(name));
  const inEach = async <T>(work: (client: pg.Client, name: string) => Promise<T>): Promise<T[]> => {
    const results: T[] = [];
    for (const name of names) {
      const client = await openAt(name);
      results.push(await work(client, name));
      await client.end();
    }
    return results;
  };
  try {
    for (const name of names) await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    await inEach(async (client, name) => {
      await client.query('CREATE TABLE connection (id int PRIMARY KEY, secret text)');
      for (let id = 0; id < 3; id++)
        await client.query('INSERT INTO connection VALUES ($1, $2)', [
          id,
          base64(`${name}, secret ${id}`, home.from),
        ]);
    });
    const broken = names[7] as string;
    const breaker = await openAt(broken);
    await breaker.query(`UPDATE connection SET secret = 'not a ciphertext at all' WHERE id = 1`);
    await breaker.end();

    const oldFile = await folder.file('old.key', home.from.toString('base64'));
    const newFile = await folder.file('new.key', home.to.toString('base64'));
    const list = await folder.file(
      'databases.txt',
      `# the fleet\r\n${names.join('\r\n')}\r\n\r\n${names[3]}\r\n`,
    );
    const inventory = await folder.file(
      'inventory.json',
      JSON.stringify({
        version: 1,
        columns: [
          { schema: 'public', table: 'connection', column: 'secret', layout: 'base64', kind: 'credentials' },
        ],
      }),
    );
    const url = new URL(at(names[0] as string));
    const { password } = url;
    url.password = '';
    const env = { PGPASSWORD: decodeURIComponent(password), KEEL_PASSPHRASE: 'five random words for a test' };
    const keel = (...args: string[]) => folder.run([...args, '--env', 'fleet', '--json'], { env });
    const added = await folder.run(
      [
        'env',
        'add',
        'fleet',
        '--database',
        url.href,
        '--keep-keys-in',
        'sealed-file',
        '--inventory',
        inventory,
      ],
      { env },
    );
    expect(added.status, added.stderr).toBe(0);

    const first = await keel(
      ...['fleet', 'rotate', '--databases', list, '--yes', '--concurrency', '3'],
      ...['--from-key-file', oldFile, '--to-key-file', newFile],
    );
    expect(first.status, first.stderr).toBe(3);
    const states = (run: typeof first) => run.json.databases.map(({ state }: any) => state);
    expect(states(first).filter((state: string) => state === 'done')).toHaveLength(size - 1);
    expect(first.json.databases.filter(({ state }: any) => state === 'failed')).toMatchObject([
      { name: broken, code: 'rows-unopened', message: expect.any(String), remedy: expect.any(String) },
    ]);
    const given = await keel(
      ...['key', 'destroy', '--fingerprint', first.json.from, '--yes', '--accept', 'undo'],
      ...['--accept', 'not-swept'],
    );
    expect(given.json.error).toMatchObject({ code: 'key-needed' });
    const secrets = (client: pg.Client) =>
      client
        .query('SELECT secret FROM connection ORDER BY id')
        .then(({ rows }) => rows.map(({ secret }) => secret));
    const after = await inEach(secrets);

    const mender = await openAt(broken);
    await mender.query('UPDATE connection SET secret = $1 WHERE id = 1', [
      base64(`${broken}, secret 1`, home.from),
    ]);
    await mender.end();
    const second = await keel('fleet', 'rotate', '--databases', list, '--yes');
    expect(second.status, second.stderr).toBe(0);
    expect(new Set(states(second))).toEqual(new Set(['done']));
    const last = await inEach(secrets);
    // nothing but the one was touched again
    expect(names.filter((_, i) => String(last[i]) !== String(after[i]))).toEqual([broken]);

    const proven = await keel('fleet', 'prove', '--like', `${prefix}\\_%`);
    expect(proven).toMatchObject({ status: 0, json: { ok: true } });
    expect(proven.json.databases).toHaveLength(size);
    // each database that keys of the fleet may be in is asked for before the old one may go
    const unsearched = await keel('key', 'dumps', '--none-before', 'now');
    expect(unsearched.json.error).toMatchObject({ code: 'key-needed' });
    expect(unsearched.json.error.message).toContain(`and ${size - 1} more reasons`);
    const searched = await keel('fleet', 'census');
    expect(searched.status, searched.stderr).toBe(0);
    expect(searched.json.databases).toHaveLength(size);
    expect((await keel('key', 'dumps', '--none-before', 'now')).json).toMatchObject({ ok: true });
    const destroy = ['key', 'destroy', '--fingerprint', first.json.from, '--yes'];
    expect((await keel(...destroy)).json).toMatchObject({ ok: true });
    const posture = await keel('fleet', 'posture', '--like', `${prefix}\\_%`);
    expect(posture.json.databases).toHaveLength(size);
    for (const { findings } of posture.json.databases) expect(findings.length).toBeGreaterThan(5);
    const state = await folder.state();
    for (const key of [home.from, home.to]) expect(state).not.toContain(key.toString('base64'));
    const ring = await readFile(join(folder.path, 'home', 'activity.jsonl'), 'utf8');
    expect(ring).toContain('fleet rotated');
  } finally {
    for (const name of names) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
});

test('work in parallel is bounded, outlives failures, and begins nothing once it is called off', async () => {
  const controller = new AbortController();
  let now = 0;
  let most = 0;
  const outcomes = await inParallel(
    [0, 1, 2, 3, 4, 5],
    { limit: 2, signal: controller.signal },
    async (item) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((later) => setTimeout(later, 5));
      now -= 1;
      if (item === 1) throw new Error('broken');
      if (item === 3) controller.abort();
      return item;
    },
  );
  expect(most).toBe(2);
  expect(outcomes[0]).toEqual({ value: 0 });
  expect(outcomes[1]).toMatchObject({ error: { message: 'broken' } });
  expect(outcomes[5]).toBeUndefined();
});
