import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeShare } from '#backup/shares/slip39/mnemonic';
import { splitSecret } from '#backup/shares/slip39/shares';
import { slip39Words } from '#backup/shares/slip39/words';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { KeelFolder } from '#test/support/processes/keel-process';

test('a database without anything encrypted is no verdict on a backup, and a restore says what to do first', async () => {
  await using database = await createTestDatabase();
  await using folder = await KeelFolder.create();
  using key = generateEncryptionKey();
  // the tables are there, and people with them: only the dump of the sources was not loaded yet
  await database.client.query(`CREATE TABLE source (id int PRIMARY KEY, credentials text);
    CREATE TABLE person (id int PRIMARY KEY, name text); INSERT INTO person VALUES (1, 'Ada Lovelace')`);
  const words = join(folder.path, 'words.txt');
  const file = await folder.file('key', key.toBase64());
  await folder.run(['backup', 'create', '--format', 'words', '--key-file', file, '--out', words]);
  const at = ['--artefact', words, '--database', database.url];
  const restored = await folder.run(['backup', 'restore', ...at]);
  expect([restored.status, restored.stdout]).toEqual([
    3,
    expect.stringMatching(/^NO VERDICT: .*Load the dump first if the tables are empty/s),
  ]);
  const proven = await folder.run(['backup', 'prove', ...at, '--json']);
  expect([proven.status, proven.json.artefacts[0].opens]).toEqual([
    3,
    [{ verdict: 'inconclusive', opened: 0, values: 0, bits: 0, nested: [] }],
  ]);
  expect((await folder.run(['backup', 'prove', ...at])).stdout).toMatch(/^NO VERDICT: /);
});

test('shares that were made with a passphrase give the key with it, and without it nothing is said to be right', async () => {
  await using folder = await KeelFolder.create();
  using key = generateEncryptionKey();
  const [shares = []] = await splitSecret(key.bytes, {
    groupThreshold: 1,
    groups: [{ threshold: 2, count: 3 }],
    passphrase: 'TREZOR',
  });
  const paths = await Promise.all(
    shares.map((share, at) =>
      folder.file(
        `share-${at}.txt`,
        encodeShare(share)
          .map((index) => slip39Words[index])
          .join(' '),
      ),
    ),
  );
  const passphrase = ['--shares-passphrase-file', await folder.file('passphrase', 'TREZOR\n')];
  const out = (name: string) => join(folder.path, name);
  const restore = (name: string, ...more: string[]) =>
    folder.run(['backup', 'restore', '--artefact', ...paths, '--out', out(name), ...more]);
  const without = await restore('wrong');
  expect(without.status).toBe(0);
  expect(without.stderr).toMatch(/Nothing confirms yet that it is the right key.*--shares-passphrase-file/s);
  expect(await readFile(out('wrong'), 'utf8')).not.toContain(key.toBase64());
  expect(await restore('right', '--expect', key.fingerprint, ...passphrase)).toMatchObject({
    status: 0,
    stderr: '',
  });
  expect(await readFile(out('right'), 'utf8')).toBe(`${key.toBase64()}\n`);
  const drill = (...more: string[]) =>
    folder.run(['backup', 'drill', '--artefact', ...paths, '--expect', key.fingerprint, ...more]);
  expect((await drill(...passphrase)).status).toBe(0);
  const failed = await drill();
  expect([failed.status, failed.stdout]).toEqual([
    3,
    expect.stringContaining('pass it with --shares-passphrase-file'),
  ]);
});
