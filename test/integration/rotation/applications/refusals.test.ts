import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { keyClassOf, makeKeyText } from '#schemes/key-class';
import { KeelFolder } from '#test/support/processes/keel-process';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { consent, fill, readRows, target, vectorsOf } from '#test/support/schemes/application-database';
import { base64, sealGcm } from '#test/support/schemes/own-ciphers';
import type { Vector } from '#test/support/schemes/vectors';

describe('a database of another application', () => {
  test('stays as it is under a wrong key, a key of another class, and where a value is damaged', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const vectors = vectorsOf('langfuse');
    const { key } = vectors[0] as Vector;
    await fill(database, vectors);
    const fromFile = await folder.file('from.key', key);
    const toFile = await folder.file('to.key', 'ab12'.repeat(16));
    const wrongFile = await folder.file('wrong.key', 'cd34'.repeat(16));
    const otherClass = await folder.file('class.key', 'ab12'.repeat(8));
    const rotate = (from: string, to: string, ...more: string[]) =>
      folder.run([
        ...['rotate', ...target(database), '--application', 'langfuse', ...consent],
        ...['--from-key-file', from, '--to-key-file', to, ...more],
      ]);
    const before = await readRows(database);
    expect(await rotate(wrongFile, toFile)).toMatchObject({
      status: 4,
      json: { error: { code: 'key-wrong' } },
    });
    expect(await rotate(fromFile, otherClass)).toMatchObject({ json: { error: { code: 'key-malformed' } } });
    expect(await readRows(database)).toEqual(before);

    await database.client.query(
      `UPDATE store SET secret = left(secret, -2) || CASE WHEN right(secret, 2) = '00' THEN '11' ELSE '00' END WHERE id = 1`,
    );
    const damaged = await readRows(database);
    const stopped = await rotate(fromFile, toFile);
    expect(stopped).toMatchObject({ status: 4, json: { ok: false } });
    expect(JSON.stringify(stopped.json)).toContain('1 of 12');
    expect(await readRows(database)).toEqual(damaged);
    const excluded = await rotate(fromFile, toFile, '--exclude', 'store.secret');
    expect(excluded).toMatchObject({ status: 0 });
    const after = await readRows(database);
    expect(
      after.filter(({ ciphertext }, i) => ciphertext === damaged[i]?.ciphertext).map(({ id }) => id),
    ).toEqual([1]);
  });

  test('with values under the key beside the inventory is not rotated', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const vectors = vectorsOf('airweave');
    const { key } = vectors[0] as Vector;
    await fill(database, vectors);
    const files = [
      ...['--from-key-file', await folder.file('from.key', key)],
      ...['--to-key-file', await folder.file('to.key', makeKeyText(keyClassOf(Buffer.from(key))).toString())],
    ];
    const inventory = `${folder.path}/inventory.json`;
    const named = ['--application', 'airweave'];
    await folder.run([
      'discover',
      ...target(database),
      ...named,
      '--key-file',
      files[1] as string,
      '--out',
      inventory,
    ]);
    await database.client.query(
      `CREATE TABLE copy AS SELECT id, secret FROM store; ALTER TABLE copy ADD PRIMARY KEY (id)`,
    );
    const stopped = await folder.run([
      ...['rotate', ...target(database), ...named, ...files, ...consent, '--inventory', inventory],
    ]);
    expect(stopped).toMatchObject({ status: 4, json: { error: { code: 'preflight-stopped' } } });
    expect(JSON.stringify(stopped.json)).toContain('public.copy.secret');
    const left = await folder.run([
      ...['rotate', ...target(database), ...named, ...files, ...consent, '--inventory', inventory],
      ...['--leave', 'copy.secret'],
    ]);
    expect(left).toMatchObject({ status: 0 });
  });

  test('whose values are written like those of another is told by its own tables, and stays as it is', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const vectors = vectorsOf('semaphore');
    const { key } = vectors[0] as Vector;
    await fill(database, vectors);
    await database.client.query('CREATE TABLE dbcrypt_keys (number int PRIMARY KEY, active_key_digest text)');
    const before = await readRows(database);
    const files = [
      ...['--from-key-file', await folder.file('from.key', key)],
      ...['--to-key-file', await folder.file('to.key', makeKeyText(keyClassOf(Buffer.from(key))).toString())],
    ];
    const stopped = await folder.run([
      ...['rotate', ...target(database), '--application', 'semaphore', ...files, ...consent],
    ]);
    expect(stopped).toMatchObject({ status: 4, json: { error: { code: 'preflight-stopped' } } });
    expect(JSON.stringify(stopped.json)).toContain('Coder');
    expect(JSON.stringify(stopped.json)).toContain('coder server dbcrypt rotate');
    expect(await readRows(database)).toEqual(before);
  });

  test('is named by what its values begin with or how they are written, with a key of Ballast and without one', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    for (const application of ['airweave', 'n8n', 'laravel', 'langfuse', 'directus']) {
      await database.client.query(`CREATE TABLE "${application}" (id serial PRIMARY KEY, secret text)`);
      for (const { ciphertext } of vectorsOf(application))
        await database.client.query(`INSERT INTO "${application}" (secret) VALUES ($1)`, [ciphertext]);
    }
    const ballast = await folder.file('ballast.key', Buffer.alloc(32, 'keel test').toString('base64'));
    const names = {
      airweave: 'Airweave',
      n8n: 'n8n',
      laravel: 'Coolify',
      langfuse: 'Langfuse',
      directus: 'Directus',
    };
    for (const key of [[], ['--key-file', ballast]]) {
      const { json } = await folder.run(['discover', ...target(database), ...key]);
      expect(json.inventory.columns).toEqual([]);
      const said = new Map(json.unopened.map(({ entry, why }: any) => [entry.table, why]));
      for (const [table, name] of Object.entries(names)) expect(said.get(table)).toContain(name);
    }
    const { json } = await folder.run(['census', ...target(database), '--key-file', ballast]);
    const undecided = new Map(json.undecided.map(({ table, why }: any) => [table, why]));
    for (const [table, name] of Object.entries(names)) expect(undecided.get(table)).toContain(name);
    const proven = await folder.run(['prove', ...target(database), '--key-file', ballast]);
    expect(proven.status).toBe(3);
    expect(proven.json.foreign.map(({ table }: any) => table).sort()).toEqual(Object.keys(names).sort());
  });

  test('gets a new key that is written like the old one', async () => {
    await using folder = await KeelFolder.create();
    const old = await folder.file('old.key', `${'5d58'.repeat(8)}\n`);
    const made = await folder.run([
      ...['key', 'generate', '--json', '--application', 'activepieces', '--like-file', old],
      ...['--out', `${folder.path}/new.key`],
    ]);
    expect(made).toMatchObject({ status: 0, json: { key: { writtenAs: '32 hexadecimal digits' } } });
    const inspect = ['key', 'inspect', '--json', '--application', 'activepieces', '--key-file'];
    const inspected = await folder.run([...inspect, `${folder.path}/new.key`]);
    expect(inspected.json.key.fingerprint).toBe(made.json.key.fingerprint);
    const short = await folder.file('short.key', 'abc');
    expect(await folder.run([...inspect, short])).toMatchObject({
      status: 2,
      json: { error: { code: 'key-malformed' } },
    });
  });

  test('whose values are bound to their rows is not called unproven, and gets no inventory without columns', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const key = Buffer.alloc(32, 7);
    await database.client.query('CREATE TABLE bound (id int PRIMARY KEY, secret text)');
    for (let id = 0; id < 20; id++) {
      const { iv, tag, body } = sealGcm(key, 'secret'.repeat(5 + id), { aad: `bound ${id}` });
      const text = base64(Buffer.concat([iv, tag, body]));
      await database.client.query('INSERT INTO bound VALUES ($1, $2)', [id, text]);
    }
    const description = {
      ...{ id: 'mine', name: 'Mine', variables: ['KEY'], newKey: { as: 'hex', length: 32 } },
      forms: [{ layout: '"{iv12+tag16+body base64}" aes-gcm key:hex' }],
      restart: 'Restart it.',
    };
    const inventory = `${folder.path}/inventory.json`;
    const discover = ['discover', '--database', database.url, '--out', inventory];
    const found = await folder.run([
      ...[...discover, '--application', await folder.file('mine.json', JSON.stringify(description))],
      ...['--key-file', await folder.file('key', key.toString('hex'))],
    ]);
    expect(found.stdout).toContain('bound to their rows by associated data');
    expect(found.stdout).toContain('No inventory was written');
    expect(existsSync(inventory)).toBe(false);
    await database.client.query('DELETE FROM bound');
    const { stdout } = await folder.run(['discover', '--database', database.url]);
    expect(stdout).toContain('No key was given, so nothing was decrypted');
  });

  test('that Keel does not rotate is refused with the reason and its own command', async () => {
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const key = await folder.file('key', 'x'.repeat(32));
    const refused = await folder.run([
      ...['prove', ...target(database), '--application', 'coder', '--key-file', key],
    ]);
    expect(refused).toMatchObject({ status: 2, json: { error: { code: 'usage' } } });
    expect(refused.json.error.remedy).toContain('coder server dbcrypt rotate');
  });
});
