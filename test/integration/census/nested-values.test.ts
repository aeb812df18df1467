import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { desk, fill, inner, outerOf, read, rows } from '#test/support/databases/nested-values';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder } from '#test/support/processes/keel-process';

const texts = Object.keys(inner).filter((name) => name !== 'bytes');
const nestedIn = (json: any): [string, number, number, boolean][] =>
  json.places
    .filter((place: any) => place.nested)
    .map(({ column, values, nested, inInventory }: any) => [column, values, nested.depth, inInventory])
    .toSorted(([a]: [string], [b]: [string]) => a.localeCompare(b));
const expected = texts
  .map((name) => [name, name === 'three' ? 2 * rows : rows, name === 'three' ? 2 : 1, false])
  .toSorted(([a], [b]) => String(a).localeCompare(String(b)));

describe('values that are encrypted once more within what others decrypt to', () => {
  test('are told by a census, and stop a rotation, which changes nothing', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const key = randomBytes(32);
    await fill(database, key);
    await database.client.query('ALTER TABLE s DROP COLUMN bytes');
    const { inventory, old, rotate, run } = await desk(database, folder, ['plain', ...texts], key);
    const census = await run('census', ...inventory, '--key-file', old, '--json');
    expect(census.status).toBe(3);
    const said = await run('census', ...inventory, '--key-file', old);
    expect(said.stdout + said.stderr).toContain('inside its decrypted values, up to 2 layers deep');
    expect(nestedIn(census.json)).toEqual(expected);
    const before = await read(database);
    for (const more of [
      [],
      ['--leave', 's'],
      ['--leave', 'public.s.leaf'],
      ['--accept', 'unlisted-columns'],
    ]) {
      const stopped = await rotate(...more);
      expect([more, stopped.status]).toEqual([more, 4]);
      expect(stopped.stdout).toMatch(/nested-values.*nothing was changed/s);
      expect(stopped.stdout).toContain('--leave public.s.leaf:decrypted');
    }
    expect(await read(database)).toEqual(before);
  });

  test('are left by name only, and then sweep, census and the end of the key still see them', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const key = randomBytes(32);
    await fill(database, key);
    await database.client.query('ALTER TABLE s DROP COLUMN bytes');
    const { inventory, old, next, rotate, run } = await desk(database, folder, ['plain', ...texts], key);
    const before = await read(database);
    const rotated = await rotate(...texts.flatMap((name) => ['--leave', `public.s.${name}:decrypted`]));
    expect(rotated.status, rotated.stderr).toBe(0);
    const after = await read(database);
    for (const [i, row] of before.entries()) {
      for (const name of ['plain', ...texts])
        expect(outerOf(after[i] as typeof row, name, next)).toBe(outerOf(row, name, key));
    }
    const sweep = await run('sweep', '--json', '--keep-keys-in', 'own-files');
    expect([sweep.status, sweep.json.stragglers]).toEqual([3, 0]);
    expect(nestedIn(sweep.json.census)).toEqual(expected);
    const census = await run('census', ...inventory, '--key-file', old, '--json');
    expect(census.status).toBe(3);
    expect(nestedIn(census.json)).toEqual(expected);

    const [fingerprint] = sweep.json.census.keys;
    const stated = await run('key', 'dumps', '--none-before', 'now', '--accept', 'undo', '--json');
    const destroyed = await run(
      ...[
        'key',
        'destroy',
        '--fingerprint',
        fingerprint,
        '--accept',
        'undo',
        '--accept',
        'not-swept',
        '--yes',
      ],
    );
    expect(stated.status).not.toBe(0);
    expect(stated.stdout).toContain('its decrypted values');
    expect(destroyed.status).not.toBe(0);

    const undone = await run(
      'undo',
      '--json',
      '--yes',
      '--accept',
      'other-sessions',
      '--keep-keys-in',
      'own-files',
    );
    expect(undone.status, undone.stderr).toBe(0);
    for (const [i, row] of (await read(database)).entries()) {
      for (const name of texts)
        expect(outerOf(row, name, key)).toBe(outerOf(before[i] as typeof row, name, key));
    }
  });

  test('are told under the key that they are under, and one under the new key is no reason to stop', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const [key, other] = [randomBytes(32), randomBytes(32)];
    await fill(database, key, other);
    await database.client.query('ALTER TABLE s DROP COLUMN bytes');
    const { inventory, old, rotate, run } = await desk(database, folder, ['plain', ...texts], key);
    const rotated = await rotate();
    expect(rotated.status, rotated.stderr).toBe(0);
    const sweep = await run('sweep', '--json', '--keep-keys-in', 'own-files');
    expect([sweep.status, sweep.stderr]).toEqual([0, expect.anything()]);
    const census = await run('census', ...inventory, '--key-file', old, '--json');
    expect([census.status, census.json.opened.length]).toEqual([0, 2]);
    // the other key looks within what the ring's keys decrypt
    const third = await folder.file('third.key', other.toString('base64'));
    const under = await run('census', ...inventory, '--key-file', third, '--json');
    expect(nestedIn(under.json)).toEqual(expected);
  });

  test('are found as bare bytes, in large objects and in a dump', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const key = randomBytes(32);
    await fill(database, key);
    await database.client.query('ALTER TABLE s DROP COLUMN three, ADD COLUMN raw bytea');
    await database.client.query(`UPDATE s SET raw = decode(bytes, 'base64')`);
    await database.client.query('SELECT lo_from_bytea(0, raw) FROM s');
    const { old, run } = await desk(database, folder, ['plain'], key);
    const census = await run('census', '--key-file', old, '--json');
    const found = nestedIn(census.json);
    for (const column of ['bytes', 'raw', 'data']) expect(found).toContainEqual([column, rows, 1, false]);
    const lines = (await read(database)).map(({ id, leaf }) => `${id}\t${leaf}`);
    const dump = await folder.file(
      'dump.sql',
      `COPY public.s (id, leaf) FROM stdin;\n${lines.join('\n')}\n\\.\n`,
    );
    const file = await folder.run(['census', '--file', dump, '--key-file', old, '--json']);
    expect([file.status, nestedIn(file.json)]).toEqual([3, [['leaf', rows, 1, false]]]);
  });
});
