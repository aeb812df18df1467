import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { fillSampleDatabase } from '#practice/sample-data';
import { KeelFolder, type KeelRun } from '#test/support/processes/keel-process';
import { lacking } from '#test/support/processes/other-programs';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';

const run = promisify(execFile);
const noPoppler = lacking({ pdftoppm: ['pdftoppm', '-v'] });
const passphrase = 'ebony-unlatch-trial-clump-voter';
const ringPassphrase = 'stack-remedy-plot-fanning-hub';

let database: TestDatabase;
let artefacts: KeelFolder;
let fingerprint: string;
let keyText: string;

beforeAll(async () => {
  database = await createTestDatabase();
  artefacts = await KeelFolder.create();
  using key = generateEncryptionKey();
  using personal = generateEncryptionKey();
  await fillSampleDatabase(database.client, { rows: 200, seed: 3, key, personalKey: personal });
  keyText = key.toBase64();
  fingerprint = key.fingerprint;
  await artefacts.file('key', `${keyText}\n`);
  await artefacts.file('passphrase', passphrase);
  const create = async (...args: string[]) => {
    const made = await artefacts.run([
      ...['backup', 'create', '--key-file', at('key'), '--name', 'Acme', '--json'],
      ...args,
    ]);
    expect(made).toMatchObject({ status: 0, json: { ok: true } });
  };
  const sealed = ['--passphrase-file', at('passphrase')];
  await create('--format', 'age', '--out', at('backup.age'), ...sealed);
  await create('--format', 'words', '--out', at('words.txt'));
  const holders = ['--threshold', '2', '--holder', 'Ada', '--holder', 'Grace', '--holder', 'Lin'];
  await create('--format', 'shares', '--out', at('shares'), ...holders);
  await create('--format', 'paper', '--out', at('kit.pdf'), ...sealed);
  // nothing but the artefacts may be of use from here on
  await rm(at('key'));
});

afterAll(async () => {
  await artefacts?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const at = (name: string) => join(artefacts.path, name);

/** A machine on which there never was a Keel. */
async function restore(
  machine: KeelFolder,
  artefact: readonly string[],
  { stdin = '' }: { stdin?: string } = {},
): Promise<KeelRun> {
  const ring = await machine.file('ring-passphrase', ringPassphrase);
  const args = ['backup', 'restore', '--artefact', ...artefact, '--database', database.url, '--json'];
  const kept = ['--keep-keys-in', 'sealed-file', '--ring-passphrase-file', ring];
  const left = ['--exclude', 'source_connection.credentials'];
  return machine.run([...args, ...kept, ...left], { stdin, env: { KEEL_PASSPHRASE: passphrase } });
}

/** The key lies in the new ring, and opens the database from there. */
async function expectWorking(machine: KeelFolder): Promise<void> {
  // an environment does not keep the password of its database by itself
  const env = { KEEL_PASSPHRASE: ringPassphrase, PGPASSWORD: new URL(database.url).password };
  const named = ['--database', database.url, '--keep-keys-in', 'sealed-file', '--json'];
  expect(await machine.run(['env', 'add', 'acme', ...named], { env })).toMatchObject({ status: 0 });
  const proven = await machine.run(
    ['prove', '--env', 'acme', '--exclude', 'source_connection.credentials', '--json'],
    { env },
  );
  expect(proven).toMatchObject({ status: 0, json: { verdict: 'correct' } });
  expect(await machine.state()).not.toContain(keyText);
}

describe('on a new machine', () => {
  test.for([
    ['an age file', () => [at('backup.age')], 'age-file'],
    ['a folder of shares', () => [at('shares')], 'shares'],
  ] as const)('%s alone brings the environment back', async ([, artefact, form]) => {
    await using machine = await KeelFolder.create();
    const restored = await restore(machine, artefact());
    expect(restored).toMatchObject({
      status: 0,
      json: { ok: true, key: { fingerprint, state: 'active' } },
    });
    expect(JSON.parse(await readFile(await ringOf(machine), 'utf8')).keys).toMatchObject([
      { fingerprint, state: 'active', heldIn: 'sealed-file', proofs: [{ artefact: form }] },
    ]);
    expect(await machine.state()).not.toContain(keyText);
    if (form === 'age-file') await expectWorking(machine);
  });

  test.skipIf(noPoppler !== '')(`a photo of the paper kit alone does too${noPoppler}`, async () => {
    await run('pdftoppm', ['-r', '120', '-jpeg', '-singlefile', at('kit.pdf'), at('photo')]);
    await using machine = await KeelFolder.create();
    const restored = await restore(machine, [at('photo.jpg')]);
    expect(restored).toMatchObject({
      status: 0,
      json: { key: { fingerprint, state: 'active' } },
    });
  });

  test('typed recovery words alone do', async () => {
    await using machine = await KeelFolder.create();
    const stdin = (await readFile(at('words.txt'), 'utf8')).replaceAll(/^#.*$/gm, '');
    const restored = await restore(machine, ['-'], { stdin });
    expect(restored).toMatchObject({ status: 0, json: { key: { fingerprint, state: 'active' } } });
    expect(restored.stdout + restored.stderr).not.toContain(keyText);
  });

  test('a key that opens nothing is refused with 3, and nothing of it is kept', async () => {
    await using machine = await KeelFolder.create();
    using other = generateEncryptionKey();
    const key = await machine.file('other.key', other.toBase64());
    const out = join(machine.path, 'other.txt');
    const made = ['backup', 'create', '--format', 'words', '--key-file', key, '--out', out, '--json'];
    expect(await machine.run(made)).toMatchObject({ status: 0 });
    const refused = await restore(machine, [out]);
    expect(refused).toMatchObject({ status: 3, json: { ok: false, fingerprint: other.fingerprint } });
    expect(await machine.state()).not.toContain('heldIn');
  });

  test('an artefact that gives no key says where it breaks, with 3', async () => {
    await using machine = await KeelFolder.create();
    const words = (await readFile(at('words.txt'), 'utf8')).trimEnd().split(' ');
    const short = await machine.file('short.txt', words.slice(0, -1).join(' '));
    const refused = await restore(machine, [short]);
    expect(refused).toMatchObject({ status: 3, json: { ok: false, breaksAt: 'words' } });
    expect(await machine.state()).toBe('');
  });
});

async function ringOf(machine: KeelFolder): Promise<string> {
  const { stdout } = await run('find', [join(machine.path, 'home'), '-name', 'keyring.json']);
  return stdout.trim();
}
