import { describe, expect, test } from 'vitest';
import { keyClassOf, makeKeyText } from '#schemes/key-class';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { consent, fill, vectorsOf } from '#test/support/schemes/application-database';
import type { Vector } from '#test/support/schemes/vectors';

/** How many keys each command said that it would derive, and of which places; undefined where it said nothing. */
function derivationsIn(said: string): number[] {
  return [
    ...said.matchAll(/public\.store\.secret is .*: about ([\d,]+) derivations?, .+ on this computer/g),
  ].map(([, count = '']) => Number(count.replaceAll(',', '')));
}

describe('before a command derives a key for each value, it says how many derivations and how long they take', () => {
  test('with Directus, whose scrypt takes long, and not with n8n, whose MD5 does not', async () => {
    await using folder = await KeelFolder.create();
    const saidFor = async (application: string) => {
      await using database = await createTestDatabase();
      const vectors = vectorsOf(application);
      const { key } = vectors[0] as Vector;
      await fill(database, vectors);
      const named = ['--database', database.url, '--application', application];
      const from = await folder.file(`${application}.key`, key);
      const to = await folder.file(
        `${application}-new.key`,
        makeKeyText(keyClassOf(Buffer.from(key))).toString(),
      );
      const inventory = `${folder.path}/${application}.json`;
      const said: Record<string, number[]> = {};
      const keel = async (command: string, ...args: string[]) => {
        const { status, stdout, stderr } = await folder.run([command, ...args]);
        expect(status, `${command}: ${stdout}${stderr}`).toBe(0);
        said[command] = derivationsIn(stderr);
      };
      await keel('discover', ...named, '--key-file', from, '--out', inventory);
      const listed = [...named, '--inventory', inventory];
      await keel('prove', ...listed, '--key-file', from);
      await keel('census', ...listed, '--key-file', from);
      const keys = ['--from-key-file', from, '--to-key-file', to, '--keep-keys-in', 'own-files'];
      await keel('rotate', ...listed, ...keys, ...consent);
      const own = ['--database', database.url];
      await keel('sweep', ...own);
      await keel('undo', ...own, ...consent);
      return { said, values: 3 * vectors.length };
    };
    const { said, values } = await saidFor('directus');
    expect(said).toEqual({
      discover: [Math.min(12, values)],
      prove: [values],
      census: [values],
      rotate: [6 * values],
      sweep: [3 * values],
      undo: [7 * values],
    });
    expect(Object.values((await saidFor('n8n')).said).flat()).toEqual([]);
  });
});
