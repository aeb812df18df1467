import { describe, expect, test } from 'vitest';
import { keyClassOf, makeKeyText } from '#schemes/key-class';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder } from '#test/support/processes/keel-process';
import { consent, target } from '#test/support/schemes/application-database';
import { ownCases } from '#test/support/schemes/own-cases';
import type { Cells } from '#test/support/schemes/own-ciphers';

const secrets = Array.from({ length: 12 }, (_, i) => `secret ${i} ${'of some length '.repeat(i % 4)}`);

describe.for(ownCases)('a database of an application with $name', ({ columns, forms, key, seal, open }) => {
  test('goes to a new key and back by the description of a file, and nothing else in its rows changes', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const old = key();
    const fresh = makeKeyText(keyClassOf(Buffer.from(old))).toString();
    const names = Object.keys(columns);
    const types = names.map((name) => `"${name}" ${columns[name]}`);
    await database.client.query(
      `CREATE TABLE store (id int PRIMARY KEY, note text, ${types.join(', ')}, other varchar(40) DEFAULT 'aGVsbG8gd29ybGQh')`,
    );
    for (const [i, secret] of secrets.entries()) {
      const cells = seal(secret, old);
      await database.client.query(
        `INSERT INTO store (id, note, ${names.map((name) => `"${name}"`).join(', ')}) VALUES ($1, $2, ${names.map((_, at) => `$${at + 3}`).join(', ')})`,
        [i, `note ${i}`, ...names.map((name) => cells[name])],
      );
    }
    const read = async () => (await database.client.query<Cells>('SELECT * FROM store ORDER BY id')).rows;
    const around = (rows: readonly Cells[]) => rows.map(({ id, note, other }) => [id, note, other]);
    const before = await read();
    const description = {
      ...{ id: 'mine', name: 'Mine', variables: ['KEY'], newKey: { as: 'characters', length: 32 } },
      ...{ forms, restart: 'Restart it.' },
    };
    const named = ['--application', await folder.file('mine.json', JSON.stringify(description))];
    const keys = [
      ...['--from-key-file', await folder.file('old.key', old)],
      ...['--to-key-file', await folder.file('new.key', fresh)],
    ];
    const rotated = await folder.run(['rotate', ...target(database), ...named, ...keys, ...consent]);
    expect(rotated.json).toMatchObject({ ok: true });
    const after = await read();
    expect(after.map((row) => open(row, fresh))).toEqual(secrets);
    expect(around(after)).toEqual(around(before));
    const undone = await folder.run(['undo', ...target(database), ...consent]);
    expect(undone).toMatchObject({ status: 0, json: { ok: true } });
    const back = await read();
    expect(back.map((row) => open(row, old))).toEqual(secrets);
    expect(around(back)).toEqual(around(before));
  });
});
