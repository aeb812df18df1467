import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { createForeignDatabase } from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';

const words = 'unfounded viper clay jogger abide\n';

function fingerprintOf(bytes: Buffer): string {
  using key = new EncryptionKey(Buffer.from(bytes));
  return key.fingerprint;
}

test('each form alone brings an environment back after everything of Keel was lost, and says which database it opens', async () => {
  await using database = await createForeignDatabase({ rows: 60 });
  await using dump = await createForeignDatabase({ rows: 60 });
  await using folder = await KeelFolder.create();
  const { from, url } = database;
  const keyFile = await folder.file('from.key', `${from.toString('base64')}\n`);
  const otherFile = await folder.file('dump.key', `${dump.from.toString('base64')}\n`);
  const passphraseFile = await folder.file('passphrase', words);
  const place = (name: string) => join(folder.path, name);
  const fingerprint = fingerprintOf(from);
  const create = async (format: string, ...args: string[]) => {
    const made = await folder.run(['backup', 'create', '--format', format, '--json', ...args]);
    expect(made).toMatchObject({ status: 0, json: { ok: true, artefact: { proven: true } } });
  };
  const opener = ['--passphrase-file', passphraseFile];
  await create('age', '--key-file', keyFile, '--out', place('a.age'), ...opener);
  const holders = ['--threshold', '2', '--holder', 'Alice', '--holder', 'Bob'];
  await create('shares', '--key-file', keyFile, '--out', place('shares'), ...holders);
  await create('words', '--key-file', keyFile, '--out', place('words.txt'));
  await create('words', '--key-file', otherFile, '--out', place('other.txt'));

  // both databases have one schema, so one list of columns
  const inventory = ['--inventory', place('inventory.json')];
  const discover = ['discover', '--database', url, '--key-file', keyFile, '--out', place('inventory.json')];
  expect(await folder.run(discover)).toMatchObject({ status: 0 });
  const prove = (artefacts: readonly string[], databases: readonly string[], ...more: string[]) => {
    const where = databases.flatMap((database) => ['--database', database]);
    return folder.run([
      'backup',
      'prove',
      ...opener,
      ...inventory,
      '--artefact',
      ...artefacts,
      ...where,
      ...more,
    ]);
  };
  const all = [place('a.age'), place('shares'), place('other.txt')];
  const matrix = await prove(all, [url, dump.url], '--json');
  expect(matrix.status).toBe(0);
  const verdicts = matrix.json.artefacts.map(({ location, opens }: any) => [
    location,
    opens.map(({ verdict }: any) => verdict),
  ]);
  expect(verdicts).toEqual([
    [place('shares'), ['correct', 'wrong']],
    [place('a.age'), ['correct', 'wrong']],
    [place('other.txt'), ['wrong', 'correct']],
  ]);
  const [{ opened, values, bits }] = matrix.json.artefacts[0].opens;
  expect(opened).toBe(values);
  expect(bits).toBeGreaterThan(1000);
  const one = await prove([place('words.txt')], [url]);
  expect(one.status).toBe(0);
  expect(one.stdout).toMatch(/^CORRECT: \S+words\.txt decrypts [\d,]+ of [\d,]+ values, [\d,]+ bits\nKey /);

  const restore = (name: string) => {
    const ring = ['--keep-keys-in', 'sealed-file', '--ring-passphrase-file', passphraseFile];
    return folder.run([
      ...['backup', 'restore', '--artefact', place(name), '--database', url],
      ...opener,
      ...inventory,
      ...ring,
      '--json',
    ]);
  };
  for (const name of ['a.age', 'shares', 'words.txt']) {
    await rm(place('home'), { recursive: true, force: true });

    expect(await restore(name)).toMatchObject({
      status: 0,
      json: { ok: true, key: { fingerprint, state: 'active' } },
    });
  }
  expect(await restore('other.txt')).toMatchObject({ status: 3, json: { ok: false, result: 'wrong' } });

  const drill = (name: string, expected: string) =>
    folder.run([
      'backup',
      'drill',
      '--artefact',
      place(name),
      '--expect',
      expected,
      '--database',
      url,
      '--json',
    ]);
  expect(await drill('shares', fingerprint)).toMatchObject({
    status: 0,
    json: { drill: { result: 'correct', recorded: true } },
  });
  expect(await drill('words.txt', fingerprintOf(dump.from))).toMatchObject({
    status: 3,
    json: { drill: { result: 'wrong', whose: expect.stringMatching(/^the active key of /) } },
  });
  const ringKey = ['--fingerprint', fingerprint, '--database', url, '--ring-passphrase-file', passphraseFile];
  await create('words', ...ringKey, '--out', place('ring.txt'), '--name', 'acme');
  expect(await readFile(place('ring.txt'), 'utf8')).toContain('# environment: acme\n');
  const [ring] = JSON.parse(
    (await folder.run(['key', 'list', '--database', url, '--json'])).stdout,
  ).environments;
  expect(ring.keys[0].proofs.map(({ artefact }: any) => artefact)).toEqual(['words', 'shares', 'words']);
  const log = await readFile(join(place('home'), 'activity.jsonl'), 'utf8');
  for (const action of ['key restored', 'backup drilled', 'backup made']) expect(log).toContain(action);
  for (const text of [await folder.state(), log]) expect(text.includes(from.toString('base64'))).toBe(false);
  // a score of processes, some of which seal at the cost that people's keys get
}, 240_000);

describe.concurrent('keel backup', () => {
  test('leaves the key in clear nowhere but in the files that were asked for', async () => {
    await using folder = await KeelFolder.create();
    const bytes = Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 91 + 17) % 256));
    const base64 = bytes.toString('base64');
    const keyFile = await folder.file('the.key', `${base64}\n`);
    const passphraseFile = join(folder.path, 'passphrase');
    const out = join(folder.path, 'a.age');
    const made = await folder.run(
      [
        'backup',
        'create',
        '--format',
        'age',
        '--key-file',
        keyFile,
        '--out',
        out,
        '--generate-passphrase',
        '--passphrase-file',
        passphraseFile,
      ],
      { env: { TMPDIR: folder.path } },
    );
    expect(made.status).toBe(0);
    const passphrase = (await readFile(passphraseFile, 'utf8')).trim();
    expect(passphrase.split(' ')).toHaveLength(7);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    const drilled = await folder.run(
      [
        'backup',
        'drill',
        '--artefact',
        out,
        '--expect',
        fingerprintOf(bytes),
        '--passphrase-file',
        passphraseFile,
      ],
      { env: { TMPDIR: folder.path } },
    );
    expect(drilled.status).toBe(0);
    const texts = [made.stdout, made.stderr, drilled.stdout, drilled.stderr];
    for (const entry of await readdir(folder.path, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && path !== keyFile && path !== passphraseFile)
        texts.push(await readFile(path, 'latin1'));
    }
    expect(texts.length).toBeGreaterThan(4);
    for (const clear of [base64, bytes.toString('hex'), bytes.toString('latin1'), base64.slice(4, 24)]) {
      for (const text of texts) expect(text.includes(clear)).toBe(false);
    }
    for (const text of texts) expect(text.includes(passphrase)).toBe(false);
  });

  test('refuses what would be guessed, printed to a log, or half written', async () => {
    await using folder = await KeelFolder.create();
    const keyFile = await folder.file('the.key', `${Buffer.alloc(32, 'k3y!').toString('base64')}\n`);
    const weak = await folder.file('weak', 'Summer2024!\n');
    const create = (...args: string[]) =>
      folder.run(['backup', 'create', '--key-file', keyFile, '--json', ...args]);
    const out = join(folder.path, 'out');
    expect(await create('--format', 'age', '--out', out, '--passphrase-file', weak)).toMatchObject({
      status: 4,
      json: { error: { code: 'passphrase-weak' } },
    });
    expect(await create('--format', 'age', '--out', out)).toMatchObject({
      status: 2,
      json: { error: { code: 'passphrase-missing' } },
    });
    expect(await create('--format', 'age', '--out', out, '--generate-passphrase')).toMatchObject({
      status: 2,
    });
    expect(await create('--format', 'age', '--out', out, '--recipient', 'age1nobody')).toMatchObject({
      status: 2,
      json: { error: { code: 'usage' } },
    });
    expect(await create('--format', 'words', '--print')).toMatchObject({
      status: 2,
      json: { error: { code: 'usage' } },
    });
    const holders = ['--threshold', '2', '--holder', 'Alice', '--holder', 'Bob', '--holder', 'Carol'];
    expect(
      await create('--format', 'shares', '--out', out, '--threshold', '4', '--holder', 'A', '--holder', 'B'),
    ).toMatchObject({ status: 2 });
    expect(await create('--format', 'shares', '--out', out, ...holders)).toMatchObject({ status: 0 });
    const [first, second, third] = await readdir(out);
    for (const name of [first, second]) await rm(join(out, `${name}`));
    const theirs = await readFile(join(out, `${third}`), 'utf8');
    expect(await create('--format', 'shares', '--out', out, ...holders)).toMatchObject({
      status: 2,
      json: { error: { code: 'file-exists' } },
    });
    expect(await readdir(out)).toEqual([third]);
    expect(await readFile(join(out, `${third}`), 'utf8')).toBe(theirs);
    expect(
      await create('--format', 'age', '--out', out, '--passphrase-file', weak, '--accept-weak-passphrase'),
    ).toMatchObject({ json: { error: { code: 'file-exists' } } });
  });

  test('tells what is no backup from what is a damaged one, and never fails for it', async () => {
    await using folder = await KeelFolder.create();
    const expect1111 = ['--expect', '1111-1111-1111-1111', '--json'];
    const big = await folder.file('big', 'x');
    await writeFile(big, Buffer.alloc(20 * 1024 * 1024, 'abandon '));
    expect(
      await folder.run(['backup', 'drill', '--artefact', '-', ...expect1111], { stdin: 'zoo '.repeat(23) }),
    ).toMatchObject({
      status: 3,
      json: { drill: { breaksAt: 'words', message: 'there are 23 words: one is missing' } },
    });
    const run = await folder.run(['backup', 'drill', '--artefact', big, ...expect1111], {
      preload: resolve(import.meta.dirname, '../../support/processes/report-memory.mjs'),
    });
    expect(run).toMatchObject({
      status: 3,
      json: { drill: { result: 'invalid', message: 'it is too large for a backup (20,971,520 bytes)' } },
    });
    expect(Number(/most memory (\d+) kB/.exec(run.stderr)?.[1])).toBeLessThan(200 * 1024);
    const typo = await folder.run(['backup', 'drill', '--artefact', '-', ...expect1111], {
      stdin: `${'zoo '.repeat(23)}zooo`,
    });
    expect(typo).toMatchObject({ status: 3, json: { drill: { wrongWords: [24] } } });
    expect(typo.stdout).not.toContain('zooo');
    expect(await folder.run(['backup', 'drill', '--artefact', big, '--expect', 'deadbeef'])).toMatchObject({
      status: 2,
    });
  });
});
