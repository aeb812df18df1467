import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder, type KeelRun } from '#test/support/processes/keel-process';
import { consent, fill, plaintexts, readRows, vectorsOf } from '#test/support/schemes/application-database';
import { otherReadersLacking } from '#test/support/schemes/vectors';

// An environment of another application, by the command line: its keys are in the ring, and everything reads them as it does.

const passphrase = { KEEL_PASSPHRASE: 'tin-otter-velvet-cargo-lemon-57-aspen' };
/** An environment does not keep the password of its URL. */
const secretsOf = (url: string) => ({ ...passphrase, PGPASSWORD: new URL(url).password });

const addingShop = (url: string, application: string) => [
  ...['env', 'add', 'shop', '--database', url],
  ...['--keep-keys-in', 'sealed-file', '--application', application],
];

/** One whose key is a passphrase, one with 64 digits and parts between colons, one with a mark before its key. */
describe.for([
  ['n8n', 'N8N_ENCRYPTION_KEY'],
  ['langfuse', 'ENCRYPTION_KEY'],
  ['laravel', 'APP_KEY'],
])('an environment of %s', ([application = '', variable = '']) => {
  test(`imports its key, proves, backs up, rotates, hands off, sweeps and goes back${otherReadersLacking}`, async ({
    skip,
  }) => {
    skip(otherReadersLacking !== '');
    await using database = await createTestDatabase();
    await using folder = await KeelFolder.create();
    const vectors = vectorsOf(application);
    await fill(database, vectors);
    const before = await readRows(database);
    const oldKey = vectors[0]?.key ?? '';
    const env = secretsOf(database.url);
    const keel = async (...args: string[]) => done(await folder.run([...args, '--json'], { env }));
    const inEnvironment = (...args: string[]) => keel(...args, '--env', 'shop');

    await keel(...addingShop(database.url, application));
    const imported = await inEnvironment(
      'key',
      'import',
      '--key-file',
      await folder.file('old.key', `${oldKey}\n`),
    );
    const inventory = join(folder.path, 'inventory.json');
    await inEnvironment('discover', '--key-file', join(folder.path, 'old.key'), '--out', inventory);
    await keel('env', 'update', 'shop', '--inventory', inventory);
    expect(await inEnvironment('prove')).toMatchObject({ verdict: 'correct' });

    const { key } = await inEnvironment('key', 'generate');
    const backup = join(folder.path, 'new.age');
    await inEnvironment(
      'backup',
      'create',
      '--fingerprint',
      key.fingerprint,
      '--format',
      'age',
      '--out',
      backup,
    );
    const restored = join(folder.path, 'restored.key');
    await keel('backup', 'restore', '--artefact', backup, '--out', restored, '--expect', key.fingerprint);
    const newKey = (await readFile(restored, 'utf8')).trimEnd();
    expect(newKey).toHaveLength(oldKey.length);

    await inEnvironment('rotate', ...consent);
    const rotated = await readRows(database);
    const [first] = vectors;
    if (!first) throw new Error('no vector');
    expect(plaintexts(rotated, first, newKey)).toEqual(plaintexts(before, first, oldKey));

    const file = await folder.file('.env', `A=1\n${variable}=${oldKey}\nB=2\n`);
    expect(await inEnvironment('handoff', 'apply', '--env-file', file)).toMatchObject({
      places: [{ changed: true, before: imported.key.fingerprint }],
    });
    expect(await readFile(file, 'utf8')).toBe(`A=1\n${variable}=${newKey}\nB=2\n`);
    expect(await inEnvironment('handoff', 'apply')).toMatchObject({ places: [{ changed: false }] });

    expect(await inEnvironment('sweep')).toMatchObject({ stragglers: 0 });
    await database.client.query('CREATE TABLE kept AS SELECT * FROM store LIMIT 2');
    expect(await folder.run(['census', '--env', 'shop', '--json'], { env })).toMatchObject({
      status: 3,
      json: {
        places: expect.arrayContaining([
          expect.objectContaining({ table: 'store', key: key.fingerprint, inInventory: true }),
          expect.objectContaining({ table: 'kept', key: key.fingerprint, inInventory: false }),
        ]),
      },
    });
    await database.client.query('DROP TABLE kept');

    await inEnvironment('undo', ...consent);
    expect(plaintexts(await readRows(database), first, oldKey)).toEqual(plaintexts(before, first, oldKey));
    await inEnvironment('handoff', 'apply');
    expect(await readFile(file, 'utf8')).toBe(`A=1\n${variable}=${oldKey}\nB=2\n`);
  });
});

test('rows that the application writes with its old key after a rotation are found by a sweep, and rewritten', async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  const vectors = vectorsOf('langfuse');
  await fill(database, vectors);
  const env = secretsOf(database.url);
  const late = (await database.client.query('SELECT * FROM store WHERE id = 0')).rows[0];
  const keel = async (...args: string[]) => done(await folder.run([...args, '--json'], { env }));
  const oldKey = await folder.file('old.key', vectors[0]?.key ?? '');
  await keel(...addingShop(database.url, 'langfuse'));
  await keel('key', 'import', '--env', 'shop', '--key-file', oldKey);
  await keel('prove', '--env', 'shop');
  const { key } = await keel('key', 'generate', '--env', 'shop');
  await keel(
    'backup',
    'create',
    '--env',
    'shop',
    '--fingerprint',
    key.fingerprint,
    '--format',
    'age',
    '--out',
    join(folder.path, 'b.age'),
  );
  await keel('rotate', '--env', 'shop', ...consent);
  await database.client.query('INSERT INTO store VALUES (1000, $1, $2)', [late.note, late.secret]);
  const found = await folder.run(['sweep', '--env', 'shop'], { env });
  expect(found.status).toBe(3);
  expect(found.stdout).toContain('Found 1 row with values still encrypted with the old key');
  expect(found.stdout).toContain('Give Langfuse the new key first');
  // a key that such a row needs is not destroyed: the census tells what is in listed columns too
  const census = await folder.run(['census', '--env', 'shop', '--json'], { env });
  expect(census.json.places).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ table: 'store', values: 1 }),
      expect.objectContaining({ table: 'store', key: key.fingerprint }),
    ]),
  );
  expect(await keel('sweep', '--env', 'shop', '--rewrite', ...consent)).toMatchObject({ remaining: 0 });
});

test('what stands for 32 bytes is refused for the key of another application, and nothing is written', async () => {
  await using folder = await KeelFolder.create();
  const keyFile = await folder.file('old.key', 'UZgMKf1qHRLcO8QH5J7p9BBjlpoL+rOf');
  const run = (...args: string[]) => folder.run(args, { env: passphrase });
  const words = await run(
    'backup',
    'create',
    '--key-file',
    keyFile,
    '--application',
    'n8n',
    '--format',
    'words',
    '--out',
    join(folder.path, 'words.txt'),
  );
  expect(words.status).toBe(2);
  expect(words.stderr).toContain('recovery words and shares are for keys of 32 bytes in base64');
  const file = await run('census', '--application', 'n8n', '--key-file', keyFile, '--file', keyFile);
  expect(file.stderr).toContain('files are read for Ballast’s values only');
  const plain = await run('key', 'inspect', '--key-file', keyFile);
  expect(plain.stderr).toContain('pass --application NAME');
});

test('where an application reads a file, a place that is named without a variable needs none', async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  const env = secretsOf(database.url);
  const run = (...args: string[]) => folder.run(args, { env });
  done(await run(...addingShop(database.url, 'harbor')));
  const path = await folder.file('key', 'AAAAAAAAAAAAAAAA\n');
  const named = await run('handoff', 'apply', '--env', 'shop', '--key-file-at', path);
  expect(named.stderr).toContain('[key-unproven]');
  const without = await run('handoff', 'apply', '--env', 'shop', '--env-file', path);
  expect(without.stderr).toContain('Harbor reads its key from');
});

test('the application of an environment is changed only while its key ring is empty', async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  const run = (...args: string[]) => folder.run(args, { env: secretsOf(database.url) });
  done(await run('env', 'add', 'shop', '--database', database.url, '--keep-keys-in', 'sealed-file'));
  done(await run('env', 'update', 'shop', '--application', 'n8n'));
  expect((await run('env', 'show', 'shop')).stdout).toContain('n8n');
  done(await run('key', 'generate', '--env', 'shop'));
  const late = await run('env', 'update', 'shop', '--application', 'ballast');
  expect(late.status).toBe(2);
  expect(late.stderr).toContain('the key ring of shop has keys already');
});

/** The answer of a command that did what was asked. */
function done(run: KeelRun): any {
  expect(run, run.stderr + run.stdout).toMatchObject({ status: 0 });
  return run.json;
}
