import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { createForeignDatabase } from './foreign-database.ts';
import { KeelFolder } from './keel-process.ts';

const words = 'unfounded viper clay jogger abide\n';

function fingerprintOf(bytes: Buffer): string {
  using key = new EncryptionKey(Buffer.from(bytes));
  return key.fingerprint;
}

test('artefacts of a rotated database say which database and which dump they open, and every proof goes to the key ring', async () => {
  await using database = await createForeignDatabase({ rows: 60 });
  await using dump = await createForeignDatabase({ rows: 60 });
  await using folder = await KeelFolder.create();
  const { from, url } = database;
  const keyFile = await folder.file('from.key', `${from.toString('base64')}\n`);
  const otherFile = await folder.file('dump.key', `${dump.from.toString('base64')}\n`);
  const passphraseFile = await folder.file('passphrase', words);
  const place = (name: string) => join(folder.path, name);
  const fingerprint = fingerprintOf(from);
  const create = (format: string, ...args: string[]) =>
    folder.run(['backup', 'create', '--format', format, '--json', ...args]);

  const made = await create(
    'age',
    '--key-file',
    keyFile,
    '--out',
    place('a.age'),
    '--passphrase-file',
    passphraseFile,
    '--database',
    url,
  );
  expect(made).toMatchObject({ status: 0, json: { artefact: { artefact: 'age-file', proven: true } } });
  expect(
    await create(
      'shares',
      '--key-file',
      keyFile,
      '--out',
      place('shares'),
      '--threshold',
      '2',
      '--holder',
      'Alice',
      '--holder',
      'Bob',
    ),
  ).toMatchObject({ status: 0 });
  expect(await create('words', '--key-file', otherFile, '--out', place('w.txt'))).toMatchObject({
    status: 0,
  });

  // both databases have one schema, so one list of columns
  const inventory = place('inventory.json');
  const discovered = await folder.run([
    'discover',
    '--database',
    url,
    '--key-file',
    keyFile,
    '--out',
    inventory,
  ]);
  expect(discovered.status).toBe(0);
  const prove = (artefacts: readonly string[], databases: readonly string[], ...more: string[]) =>
    folder.run([
      'backup',
      'prove',
      '--passphrase-file',
      passphraseFile,
      '--inventory',
      inventory,
      '--artefact',
      ...artefacts,
      ...databases.flatMap((database) => ['--database', database]),
      ...more,
    ]);
  const all = [place('a.age'), place('shares'), place('w.txt')];
  const matrix = await prove(all, [url, dump.url], '--json');
  expect(matrix.status).toBe(0);
  const verdicts = matrix.json.artefacts.map(({ location, opens }: any) => [
    location,
    opens.map(({ verdict }: any) => verdict),
  ]);
  expect(verdicts).toEqual([
    [place('shares'), ['correct', 'wrong']],
    [place('a.age'), ['correct', 'wrong']],
    [place('w.txt'), ['wrong', 'correct']],
  ]);
  const [{ opened, values, bits }] = matrix.json.artefacts[0].opens;
  expect(opened).toBe(values);
  expect(bits).toBeGreaterThan(1000);

  const one = await prove([place('a.age')], [url]);
  expect(one.status).toBe(0);
  expect(one.stdout).toMatch(/^CORRECT: \S+a\.age opens [\d,]+ of [\d,]+ values, [\d,]+ bits\nKey /);
  expect(await prove([place('w.txt')], [url], '--json')).toMatchObject({ status: 3, json: { ok: false } });

  // the ring has the key once a rotation was begun with it; here by the ring's own file, as a rotation leaves it
  const rotated = await folder.run([
    'rotate',
    '--database',
    url,
    '--json',
    '--yes',
    '--accept',
    'other-sessions',
    '--from-key-file',
    keyFile,
    '--to-key-file',
    otherFile,
  ]);
  expect(rotated).toMatchObject({ status: 0 });
  const drilled = await folder.run([
    'backup',
    'drill',
    '--artefact',
    place('shares'),
    '--expect',
    fingerprint,
    '--database',
    url,
    '--json',
  ]);
  expect(drilled).toMatchObject({ status: 0, json: { drill: { result: 'correct', recorded: true } } });
  const wrong = await folder.run([
    'backup',
    'drill',
    '--artefact',
    place('w.txt'),
    '--expect',
    fingerprint,
    '--database',
    url,
    '--json',
  ]);
  expect(wrong).toMatchObject({
    status: 3,
    json: { drill: { result: 'wrong', whose: expect.stringMatching(/^the active key of /) } },
  });
  const fromRing = await create(
    'words',
    '--fingerprint',
    fingerprint,
    '--database',
    url,
    '--out',
    place('ring.txt'),
    '--name',
    'acme',
  );
  expect(fromRing).toMatchObject({ status: 0, json: { artefact: { fingerprint } } });
  expect(await readFile(place('ring.txt'), 'utf8')).toContain('# environment: acme\n');
  const ring = await folder.state();
  expect(ring).toMatch(/"artefact": ?"shares"/);
  expect(ring).toMatch(/"artefact": ?"words"/);
});

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
    const clear = await folder.file('.env', `ENCRYPTION_KEY=${Buffer.alloc(32, 7).toString('base64')}\n`);
    const drill = (...paths: string[]) =>
      folder.run(['backup', 'drill', '--artefact', ...paths, ...expect1111]);
    for (const [path, message] of [
      [big, 'it is too large for a backup (20,971,520 bytes)'],
      [clear, 'it holds the key itself in clear, and is no backup'],
      [join(folder.path, 'none'), 'it cannot be read (ENOENT)'],
      [await folder.file('empty', ''), 'it is empty'],
      [
        await folder.file('note', 'the key is in the safe\n'),
        'it is neither an age file nor recovery words nor a share',
      ],
    ] as const) {
      expect(await drill(path)).toMatchObject({
        status: 3,
        json: { ok: false, drill: { result: 'invalid', message } },
      });
    }
    expect(
      await folder.run(['backup', 'drill', '--artefact', '-', ...expect1111], { stdin: 'zoo '.repeat(23) }),
    ).toMatchObject({
      status: 3,
      json: { drill: { breaksAt: 'words', message: 'there are 23 words: one is missing' } },
    });
    const run = await folder.run(['backup', 'drill', '--artefact', big, ...expect1111], {
      preload: resolve(import.meta.dirname, 'report-memory.mjs'),
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
