import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { base64Column, base64, openBase64 } from '#test/support/databases/foreign-database';
import { seal } from '#test/support/forms/application-cipher';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';

async function prepare(create: string, entry: Readonly<Record<string, unknown>>) {
  const database = await createTestDatabase();
  const folder = await KeelFolder.create();
  const { client, url } = database;
  const [from, to] = [randomBytes(32), randomBytes(32)];
  await client.query(create);
  const column = { ...base64Column('s', 'x'), ...entry };
  const inventory = await folder.file('i.json', JSON.stringify({ version: 2, columns: [column] }));
  const keys = {
    from: await folder.file('from.key', from.toString('base64')),
    to: await folder.file('to.key', to.toString('base64')),
  };
  const at = ['--json', '--database', url];
  return {
    ...{ client, from, to },
    census: () => folder.run(['census', ...at, '--inventory', inventory, '--key-file', keys.from]),
    sweep: () => folder.run(['sweep', ...at]),
    rotate: (...more: readonly string[]) =>
      folder.run([
        ...['rotate', '--yes', '--accept', 'other-sessions', ...at, '--inventory', inventory],
        ...['--from-key-file', keys.from, '--to-key-file', keys.to, ...more],
      ]),
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

const secretOf = (i: number) => `{"host": "db-${i}.internal", "password": "p${i}"}`;

test('a column that the server computes from the ciphertexts is no reason to stop: it follows, and a sweep says so', async () => {
  await using scene = await prepare(
    `CREATE TABLE s (id int PRIMARY KEY, x text, copy text GENERATED ALWAYS AS ('v1:' || x) STORED)`,
    {},
  );
  for (let i = 0; i < 40; i++)
    await scene.client.query('INSERT INTO s (id, x) VALUES ($1, $2)', [i, base64(secretOf(i), scene.from)]);
  const rotated = await scene.rotate();
  expect(rotated, JSON.stringify(rotated.json)).toMatchObject({ status: 0 });
  const { rows } = await scene.client.query('SELECT copy FROM s ORDER BY id');
  expect(rows.map(({ copy }, i) => openBase64(copy.slice(3), scene.to) === secretOf(i))).not.toContain(false);
  expect(await scene.sweep()).toMatchObject({ status: 0 });
});

test('numbers and nulls beside ciphertexts in a list are none of its values', async () => {
  await using scene = await prepare('CREATE TABLE s (id int PRIMARY KEY, x jsonb)', { path: '$[*]' });
  for (let i = 0; i < 40; i++) {
    const list = [base64(secretOf(i), scene.from), i, null, true];
    await scene.client.query('INSERT INTO s VALUES ($1, $2)', [i, JSON.stringify(list)]);
  }
  const rotated = await scene.rotate();
  expect(rotated, JSON.stringify(rotated.json)).toMatchObject({ status: 0 });
  const { rows } = await scene.client.query('SELECT x FROM s ORDER BY id');
  for (const [i, { x }] of rows.entries()) {
    expect(openBase64(x[0], scene.to)).toBe(secretOf(i));
    expect(x.slice(1)).toEqual([i, null, true]);
  }
});

test('a value in pieces of sixteen bytes, each a UUID, is named by a census', async () => {
  await using scene = await prepare(
    'CREATE TABLE s (id int PRIMARY KEY, x text, pieces uuid[], written text)',
    {},
  );
  for (let i = 0; i < 20; i++) {
    const { iv, body } = seal(secretOf(i).padEnd(64), scene.from);
    const pieces = Buffer.concat([iv, body])
      .toString('hex')
      .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/g, '$1-$2-$3-$4-$5,')
      .slice(0, -1);
    await scene.client.query('INSERT INTO s VALUES ($1, $2, $3::uuid[], $4)', [
      i,
      base64(secretOf(i), scene.from),
      `{${pieces}}`,
      pieces,
    ]);
  }
  const { status, json } = await scene.census();
  expect(status).toBe(3);
  const places = json.places.filter((place: any) => !place.inInventory);
  expect(places.map(({ column }: any) => column).sort()).toEqual(['pieces', 'written']);
  expect(await scene.rotate()).toMatchObject({ status: 4 });
});
