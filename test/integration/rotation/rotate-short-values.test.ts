import { createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { base64, base64Column, openBase64 } from '#test/support/databases/foreign-database';
import { drawn } from '#test/support/how-often';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';

/** A token that nobody encrypted, of 16 bytes and so many more, that a key opens as text by luck (or does not). */
function luckyToken(key: Buffer, more: number, isLucky = true): string {
  for (;;) {
    const bytes = randomBytes(16 + more);
    const opened = createDecipheriv('aes-256-cfb', key, bytes.subarray(0, 16)).update(bytes.subarray(16));
    if (/^[ -~]+$/.test(opened.toString('latin1')) === isLucky) return bytes.toString('base64');
  }
}

/** `beside`: each row has a long value in another column too. */
async function prepare(cells: (from: Buffer) => readonly string[], { beside = false } = {}) {
  const database = await createTestDatabase();
  const folder = await KeelFolder.create();
  const { client, url } = database;
  const [from, to] = [randomBytes(32), randomBytes(32)];
  await client.query('CREATE TABLE vault (id int PRIMARY KEY, s text, beside text)');
  for (const [i, cell] of cells(from).entries())
    await client.query('INSERT INTO vault VALUES ($1, $2, $3)', [
      i,
      cell,
      beside ? base64(`{"token": "beside ${i}"}`, from) : null,
    ]);
  const columns = [base64Column(), ...(beside ? [{ ...base64Column(), column: 'beside' }] : [])];
  const args = [
    ...['rotate', '--json', '--yes', '--accept', 'other-sessions', '--database', url],
    ...['--inventory', await folder.file('inventory.json', JSON.stringify({ version: 1, columns }))],
    ...['--from-key-file', await folder.file('from.key', from.toString('base64'))],
    ...['--to-key-file', await folder.file('to.key', to.toString('base64'))],
  ];
  return {
    client,
    from,
    to,
    rotate: (...more: readonly string[]) => folder.run([...args, ...more]),
    undo: (...more: readonly string[]) =>
      folder.run(['undo', '--json', '--yes', '--accept', 'other-sessions', '--database', url, ...more]),
    sweep: (...more: readonly string[]) =>
      folder.run([
        ...['sweep', '--json', '--yes', '--accept', 'other-sessions', '--database', url],
        ...['--accept', 'unlisted-columns', ...more],
      ]),
    cells: async (): Promise<string[]> => {
      const { rows } = await client.query('SELECT s FROM vault ORDER BY id');
      return rows.map(({ s }) => s);
    },
    [Symbol.asyncDispose]: async () => {
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

const documents = (key: Buffer) =>
  Array.from({ length: 60 }, (_, i) => base64(`{"password": "secret ${i}"}`, key));

describe.concurrent('among ciphertexts', () => {
  test.for(drawn(2, [1, 2, 3, 4]))(
    'a value of an IV and %i bytes that opens by luck stops the rotation by name, and is left if the admin says so',
    async (more) => {
      await using scene = await prepare((key) => [...documents(key), luckyToken(key, more)]);
      const before = await scene.cells();
      const stopped = await scene.rotate();
      expect(stopped).toMatchObject({ status: 4, json: { ok: false } });
      expect(stopped.json.error.message).toContain('[too-short]');
      expect(await scene.cells()).toEqual(before);

      const run = await scene.rotate('--accept', 'too-short');
      expect(run).toMatchObject({ status: 0, json: { rotation: { rows: 60, excluded: 1 } } });
      const after = await scene.cells();
      expect(after[60]).toBe(before[60]);
      for (const [i, cell] of after.slice(0, 60).entries())
        expect(openBase64(cell, scene.to)).toBe(`{"password": "secret ${i}"}`);

      expect(await scene.undo('--accept', 'too-short')).toMatchObject({ status: 0 });
      const back = await scene.cells();
      expect(back[60]).toBe(before[60]);
      expect(openBase64(back[0] as string, scene.from)).toBe('{"password": "secret 0"}');
    },
  );

  test('random tokens, of which some open by luck, are left in a column that the admin excluded', async () => {
    await using scene = await prepare((key) => [
      ...documents(key),
      ...[1, 1, 1, 2, 2, 3, 4].map((more) => luckyToken(key, more)),
      ...[1, 2, 3, 4].map((more) => luckyToken(key, more, false)),
    ]);
    const before = await scene.cells();
    expect(await scene.rotate()).toMatchObject({ status: 4 });
    expect(await scene.cells()).toEqual(before);
    const run = await scene.rotate('--exclude', 'vault.s');
    expect(run).toMatchObject({ status: 0, json: { rotation: { rows: 60, excluded: 11 } } });
    expect((await scene.cells()).slice(60)).toEqual(before.slice(60));
  });

  test('a sweep leaves them too, and calls them neither the old key’s nor nobody’s', async () => {
    await using scene = await prepare((key) => [
      ...documents(key),
      ...[1, 1, 2, 3].map((more) => luckyToken(key, more)),
    ]);
    expect(await scene.rotate('--exclude', 'vault.s')).toMatchObject({ status: 0 });
    await scene.client.query('INSERT INTO vault VALUES (99, $1)', [
      base64('{"password": "late"}', scene.from),
    ]);
    const before = await scene.cells();
    expect(await scene.sweep()).toMatchObject({ status: 3, json: { stragglers: 1, ambiguous: 4 } });
    expect(await scene.sweep('--rewrite')).toMatchObject({
      status: 3,
      json: { stragglers: 1, remaining: 0, ambiguous: 4, rotation: { rows: 1 } },
    });
    const after = await scene.cells();
    expect(after.slice(0, 64)).toEqual(before.slice(0, 64));
    expect(openBase64(after[64] as string, scene.to)).toBe('{"password": "late"}');
  });

  test('those that the admin let be too short to tell are left by a sweep as well', async () => {
    await using scene = await prepare((key) => [...documents(key), luckyToken(key, 2)]);
    expect(await scene.rotate('--accept', 'too-short')).toMatchObject({ status: 0 });
    const before = await scene.cells();
    expect(await scene.sweep()).toMatchObject({ status: 3, json: { stragglers: 0, ambiguous: 1 } });
    expect(await scene.cells()).toEqual(before);
  });

  test('what a rotation left in a row that it wrote is left by its undo, or stops that', async () => {
    const pins = Array.from({ length: 12 }, (_, i) => `${i % 10}`);
    await using scene = await prepare((key) => [...documents(key), ...pins.map((pin) => base64(pin, key))], {
      beside: true,
    });
    expect(await scene.rotate('--accept', 'too-short')).toMatchObject({ status: 0 });
    const rotated = await scene.cells();
    for (const [i, pin] of pins.entries())
      expect(openBase64(rotated[60 + i] as string, scene.from)).toBe(pin);
    expect(await scene.undo()).toMatchObject({ status: 4 });
    expect(await scene.cells()).toEqual(rotated);
    expect(await scene.undo('--accept', 'too-short')).toMatchObject({ status: 0 });
    const back = await scene.cells();
    expect(back.slice(60)).toEqual(rotated.slice(60));
    expect(openBase64(back[0] as string, scene.from)).toBe('{"password": "secret 0"}');
  });

  test('what an exclusion left in a row that was written is no straggler, and a sweep leaves it', async () => {
    await using scene = await prepare(
      (key) => [...documents(key), ...[1, 1, 2, 2, 3].map((more) => luckyToken(key, more))],
      { beside: true },
    );
    expect(await scene.rotate('--exclude', 'vault.s')).toMatchObject({ status: 0 });
    const before = await scene.cells();
    expect(await scene.sweep()).toMatchObject({ json: { stragglers: 0, ambiguous: 5 } });
    await scene.sweep('--rewrite');
    expect(await scene.cells()).toEqual(before);
  });

  test('a short value that is the key’s is rewritten if the admin vouches for it', async () => {
    await using scene = await prepare((key) => [...documents(key), base64('7', key)]);
    expect(await scene.rotate('--accept', 'ambiguous-rows')).toMatchObject({ status: 0 });
    expect(openBase64((await scene.cells())[60] as string, scene.to)).toBe('7');
  });

  test('a value in which nothing is encrypted is neither excluded nor the new key’s', async () => {
    await using scene = await prepare((key) => [...documents(key), base64('', key)]);
    const before = await scene.cells();
    const run = await scene.rotate();
    expect(run).toMatchObject({ status: 0, json: { rotation: { rows: 60, excluded: 0, already: 0 } } });
    expect((await scene.cells())[60]).toBe(before[60]);
  });

  test('many short values vouch for each other', async () => {
    const pins = Array.from({ length: 40 }, (_, i) => `${1000 + i * 13}`);
    await using scene = await prepare((key) => [...documents(key), ...pins.map((pin) => base64(pin, key))]);
    expect(await scene.rotate()).toMatchObject({ status: 0, json: { rotation: { rows: 100, excluded: 0 } } });
    expect((await scene.cells()).slice(60).map((cell) => openBase64(cell, scene.to))).toEqual(pins);
  });
});
