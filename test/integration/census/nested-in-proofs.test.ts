import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { desk, document, fill, inner, rows, seal, token } from '#test/support/databases/nested-values';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder } from '#test/support/processes/keel-process';

const nested = Object.keys(inner).filter((name) => name !== 'bytes');
const inName = (a: readonly unknown[], b: readonly unknown[]) => String(a[0]).localeCompare(String(b[0]));
const expected = nested.map((name) => [name, name === 'three' ? 2 * rows : rows]).toSorted(inName);
const reported = (places: { column: string; values: number }[]) =>
  places.map(({ column, values }) => [column, values]).toSorted(inName);

async function filled(database: TestDatabase, folder: KeelFolder) {
  const key = randomBytes(32);
  await fill(database, key);
  await database.client.query('ALTER TABLE s DROP COLUMN bytes');
  return { key, ...(await desk(database, folder, ['plain', ...nested], key)) };
}

describe('values within what others decrypt to', () => {
  test('are told by a proof of the key, which says where it did not look', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const { inventory, old, fresh, run } = await filled(database, folder);
    const proof = await run('prove', ...inventory, '--key-file', old, '--json');
    expect([proof.status, proof.json.verdict]).toEqual([0, 'correct']);
    expect(reported(proof.json.nested)).toEqual(expected);
    const said = await run('prove', ...inventory, '--key-file', old);
    expect(said.stdout + said.stderr).toContain(
      `public.s.leaf: ${rows} values encrypted with this key inside its decrypted values`,
    );
    const wrong = await run('prove', ...inventory, '--key-file', fresh);
    expect(wrong.status).toBe(3);
    expect(wrong.stdout + wrong.stderr).toContain('Values encrypted with other keys were not scanned');
  });

  test('are told of each backup that they need', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const [outer, within] = [randomBytes(32), randomBytes(32)];
    await fill(database, outer, within);
    await database.client.query('ALTER TABLE s DROP COLUMN bytes');
    const { inventory, old, at } = await desk(database, folder, ['plain', ...nested], outer);
    const second = await folder.file('within.key', within.toString('base64'));
    const env = { KEEL_PASSPHRASE: 'carbon-otter-lantern-sofa-violin-42' };
    const artefacts = await Promise.all(
      [old, second].map(async (path, i) => {
        const copy = `${folder.path}/backup${i}.age`;
        const backUp = ['backup', 'create', '--format', 'age', '--key-file', path, '--out', copy];
        const made = await folder.run(backUp, { env });
        expect(made.status, made.stderr).toBe(0);
        return copy;
      }),
    );
    const matrix = await folder.run(
      ['backup', 'prove', '--artefact', ...artefacts, ...at, ...inventory, '--json'],
      { env },
    );
    const [of, inside] = matrix.json.artefacts;
    expect([of.opens[0].verdict, of.opens[0].nested]).toEqual(['correct', []]);
    expect([inside.opens[0].verdict, inside.opens[0].opened]).toEqual(['mixed', 0]);
    expect(reported(inside.opens[0].nested)).toEqual(expected);
    expect(matrix.status).toBe(3);
  });

  test('stop a rotation that looks at samples only', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const { rotate } = await filled(database, folder);
    const stopped = await rotate('--sampled');
    expect(stopped.status).toBe(4);
    expect(stopped.stdout).toMatch(/in a sample.*nested-values.*nothing was changed/s);
    const left = await rotate(
      '--sampled',
      '--rehearse',
      ...nested.flatMap((name) => ['--leave', `public.s.${name}:decrypted`]),
    );
    expect(left.status, left.stderr).toBe(0);
  });

  test('keep a sweep that rewrote stragglers from ending as done', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const { key, rotate, run } = await filled(database, folder);
    await database.client.query(nested.map((name) => `UPDATE s SET ${name} = NULL`).join(';'));
    const rotated = await rotate();
    expect(rotated.status, rotated.stderr).toBe(0);
    const straggler = seal(document(seal(token(), key).toString('base64')), key).toString('base64');
    await database.client.query(`UPDATE s SET leaf = $1 WHERE id < 10`, [straggler]);
    const rewrite = ['sweep', '--rewrite', '--yes', '--keep-keys-in', 'own-files'];
    const sweep = await run(...rewrite, '--accept', 'other-sessions', '--json');
    expect([sweep.status, sweep.json?.ok], sweep.stdout + sweep.stderr).toEqual([3, false]);
    expect(sweep.json.rotation.rows).toBe(9);
    expect(sweep.json).toMatchObject({ stragglers: 9, remaining: 0 });
    expect(reported(sweep.json.census.places.filter((place: any) => place.nested))).toEqual([['leaf', 9]]);
    const again = await run(...rewrite);
    expect(again.status).toBe(3);
    expect(again.stdout + again.stderr).toContain('inside its decrypted values');
    // once they are gone a sweep that rewrites ends as done, and confirms the rotation
    const late = seal(token(), key).toString('base64');
    await database.client.query(`UPDATE s SET leaf = $1 WHERE id < 10`, [late]);
    const last = await run(...rewrite, '--accept', 'other-sessions', '--json');
    expect([last.status, last.json.ok, last.json.remaining, last.json.rotation.rows]).toEqual([
      0,
      true,
      0,
      9,
    ]);
  });
});
