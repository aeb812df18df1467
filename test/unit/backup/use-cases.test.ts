import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { drillBackup, forgetBackup } from '#backup/use-cases/drill';
import { type BackupSpec, makeBackup } from '#backup/use-cases/make';
import { EncryptionKey } from '#crypto/encryption-key';
import { openKeyRing } from '#keyring/key-ring';
import { addedEnvironment, heardContext } from '#test/support/added-environment';
import { memoryStore } from '#test/support/memory-store';
import { test } from '#test/support/temp-folder';

// Backups as the command line and the window make, test and forget them: what is written, noted and remembered.

const key = () => new EncryptionKey(Buffer.alloc(32, 7));
const other = () => new EncryptionKey(Buffer.alloc(32, 9));

async function desk(folder: string) {
  const home = join(folder, 'environment');
  await mkdir(home);
  const ring = openKeyRing(home, memoryStore());
  const workspace = await addedEnvironment(home, ring);
  using held = key();
  await ring.hold(held, 'active');
  const entry = async () => (await ring.list()).find(({ fingerprint }) => fingerprint === held.fingerprint);
  return { workspace, entry, fingerprint: held.fingerprint };
}

describe('a backup', () => {
  test('of words in a file restores the key at once where that is asked, and is noted and remembered', async ({
    folder,
  }) => {
    const { workspace, entry, fingerprint } = await desk(folder);
    const path = join(folder, 'words.txt');
    using held = key();
    const context = heardContext();
    const spec = { form: 'words-file', path } as const;
    const made = { artefact: 'words', location: path, opensBy: 'words' };
    expect(await makeBackup(workspace, { key: held, spec, drill: true }, context)).toEqual({
      made,
      files: [path],
      proven: true,
    });
    expect(await readFile(path, 'utf8')).toContain('staging');
    expect((await entry())?.proofs).toMatchObject([{ artefact: 'words', location: path }]);
    expect((await entry())?.made).toMatchObject([made]);
    expect(context.noted).toEqual([
      {
        environment: workspace.id,
        action: 'backup made',
        detail: `words: ${path}`,
        outcome: 'done',
        fingerprint,
      },
    ]);
    await expect(makeBackup(workspace, { key: held, spec, drill: false }, context)).rejects.toMatchObject({
      code: 'file-exists',
    });
    expect(context.noted).toHaveLength(1);
  });

  test('is not proven where that is not asked, or nothing here can open it', async ({ folder }) => {
    const { workspace, entry } = await desk(folder);
    using held = key();
    const make = (spec: BackupSpec, drill: boolean) =>
      makeBackup(workspace, { key: held, spec, drill, name: 'my name for it' }, heardContext());
    const path = join(folder, 'words.txt');
    expect(await make({ form: 'words-file', path }, false)).toMatchObject({ proven: false });
    expect(await readFile(path, 'utf8')).toContain('my name for it');
    const byHand = await make({ form: 'words-by-hand', location: 'in the safe' }, true);
    expect(byHand).toEqual({
      made: { artefact: 'words', location: 'in the safe', opensBy: 'words' },
      files: [],
      proven: false,
    });
    const recipients = ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'];
    expect(await make({ form: 'recipients', path: join(folder, 'key.age'), recipients }, true)).toMatchObject(
      {
        made: { artefact: 'age-file', opensBy: 'identity' },
        proven: false,
      },
    );
    const terms = { threshold: 2, holders: ['Ann', 'Bob', 'Zoë'] };
    const sheet = (content: Extract<BackupSpec, { form: 'paper' }>['content'], name: string) =>
      make({ form: 'paper', path: join(folder, name), size: 'a4', content }, true);
    expect(await sheet({ kind: 'words' }, 'words.pdf')).toMatchObject({
      made: { artefact: 'paper', opensBy: 'words', location: join(folder, 'words.pdf') },
      files: [join(folder, 'words.pdf')],
      proven: false,
    });
    expect(await sheet({ kind: 'shares', ...terms }, 'shares.pdf')).toMatchObject({
      made: { artefact: 'paper', opensBy: 'shares', ...terms },
      proven: false,
    });
    expect((await readFile(join(folder, 'shares.pdf'))).subarray(0, 5).toString()).toBe('%PDF-');
    expect((await entry())?.proofs).toEqual([]);
    expect((await entry())?.made).toHaveLength(5);
  });

  test('of shares is a file for each holder, which restore the key together', async ({ folder }) => {
    const { workspace, entry } = await desk(folder);
    using held = key();
    const shares = join(folder, 'shares');
    const terms = { threshold: 2, holders: ['Ann', 'Bob Ünal!', '???'] };
    const spec = { form: 'shares', folder: shares, ...terms } as const;
    const { made, files, proven } = await makeBackup(
      workspace,
      { key: held, spec, drill: true },
      heardContext(),
    );
    expect([made, proven]).toEqual([
      { artefact: 'shares', location: shares, opensBy: 'shares', ...terms },
      true,
    ]);
    expect((await readdir(shares)).toSorted()).toEqual([
      'share-1-of-3-ann.txt',
      'share-2-of-3-bob-unal.txt',
      'share-3-of-3.txt',
    ]);
    expect(files).toHaveLength(3);
    if (process.platform !== 'win32') expect((await stat(shares)).mode & 0o777).toBe(0o700);
    expect((await entry())?.proofs).toMatchObject([{ artefact: 'shares' }]);
    await writeFile(join(folder, 'a file'), '');
    const below = { ...spec, folder: join(folder, 'a file', 'below') };
    await expect(
      makeBackup(workspace, { key: held, spec: below, drill: true }, heardContext()),
    ).rejects.toMatchObject({ code: 'file-unwritable' });
  });

  test('of a key that the ring does not have, or without an environment, is noted and no more', async ({
    folder,
  }) => {
    const { workspace, entry } = await desk(folder);
    using stranger = other();
    const context = heardContext();
    const spec = (name: string) => ({ form: 'words-file', path: join(folder, name) }) as const;
    expect(
      await makeBackup(workspace, { key: stranger, spec: spec('a.txt'), drill: true }, context),
    ).toMatchObject({ proven: true });
    await makeBackup(undefined, { key: stranger, spec: spec('b.txt'), drill: true }, context);
    expect(context.noted.map((entry) => Object.hasOwn(entry, 'environment'))).toEqual([true, false]);
    expect(await readFile(join(folder, 'b.txt'), 'utf8')).toContain('not given');
    expect([(await entry())?.made ?? [], (await entry())?.proofs]).toEqual([[], []]);
  });
});

describe('a test restore', () => {
  const name = { location: 'the safe' };

  test('is noted, and recorded only where it restored a key of the ring', async ({ folder }) => {
    const { workspace, entry, fingerprint } = await desk(folder);
    using held = key();
    using stranger = other();
    const path = join(folder, 'words.txt');
    await makeBackup(
      undefined,
      { key: held, spec: { form: 'words-file', path }, drill: false },
      heardContext(),
    );
    const source = { form: 'words', from: { path } } as const;
    const context = heardContext();
    const drill = (expected: string, more: object = {}, of: typeof workspace | undefined = workspace) =>
      drillBackup(of, { source, expected, name, ...more }, context);
    expect(await drill(fingerprint)).toEqual({ drill: { result: 'correct', fingerprint }, recorded: true });
    expect((await entry())?.proofs).toMatchObject([{ artefact: 'words', location: 'the safe' }]);
    expect(await drill(stranger.fingerprint)).toEqual({
      drill: { result: 'wrong', fingerprint, expected: stranger.fingerprint },
      recorded: false,
    });
    const broken = { broken: { breaksAt: 'file', message: 'it is gone', remedy: 'look for it' } };
    expect(await drill(fingerprint, { source: broken })).toEqual({
      drill: { result: 'invalid', ...broken.broken },
      recorded: false,
    });
    const nowhere = await drillBackup(undefined, { source, expected: fingerprint, name }, context);
    expect(nowhere).toMatchObject({ drill: { result: 'correct' }, recorded: false });
    expect(context.noted.map(({ detail, outcome, environment }) => [detail, outcome, environment])).toEqual([
      ['the safe restored the key', 'done', workspace.id],
      ['the safe restored another key', 'failed', workspace.id],
      ['the safe restored no key', 'failed', workspace.id],
      ['the safe restored the key', 'done', undefined],
    ]);
    await drill(fingerprint, { name: { location: 'a drawer', artefact: 'paper' } });
    expect((await entry())?.proofs).toMatchObject([
      { artefact: 'words' },
      { artefact: 'paper', location: 'a drawer' },
    ]);
    const untested = { form: 'words-by-hand', location: 'the attic' } as const;
    await makeBackup(workspace, { key: held, spec: untested, drill: false }, heardContext());
    await forgetBackup(workspace, fingerprint, { artefact: 'words', location: 'the attic' }, context);
    await forgetBackup(workspace, fingerprint, { artefact: 'paper', location: 'a drawer' }, context);
    expect(context.questions).toMatchObject([
      { of: 'forget-backup', fingerprint, what: expect.stringContaining('the attic'), tested: false },
      { of: 'forget-backup', fingerprint, what: expect.stringContaining('a drawer'), tested: true },
    ]);
    expect((await entry())?.proofs).toMatchObject([{ artefact: 'words' }]);
    expect(context.noted.at(-1)).toMatchObject({ action: 'backup taken off the list', detail: 'a drawer' });
  });

  test('of shares wants every one of them, and names those that are bad', async ({ folder }) => {
    using held = key();
    using stranger = other();
    const write = async (name: string, of: EncryptionKey) => {
      const spec = {
        form: 'shares',
        folder: join(folder, name),
        threshold: 2,
        holders: ['a', 'b', 'c', 'd', 'e', 'f'],
      } as const;
      return (await makeBackup(undefined, { key: of, spec, drill: false }, heardContext())).files;
    };
    const files = await write('mine', held);
    const drill = async (paths: readonly string[], expected = held.fingerprint) => {
      const source = { form: 'shares', from: paths.map((path) => ({ path })) } as const;
      return (await drillBackup(undefined, { source, expected, name }, heardContext())).drill;
    };
    expect(await drill(files)).toMatchObject({
      result: 'correct',
      shares: files.map(() => ({ state: 'good' })),
    });
    expect(await drill(files, stranger.fingerprint)).toMatchObject({
      result: 'wrong',
      mayLackPassphrase: true,
    });
    expect(await drill(files.slice(0, 5))).toMatchObject({
      result: 'invalid',
      breaksAt: 'shares',
      message: 'the key can be restored, but share 6 of 6 is missing',
      remedy: 'test again with every share, so that each is checked',
    });
    expect(await drill([...files, files[0] as string])).toMatchObject({
      message: expect.stringMatching(/^the key can be restored, but .*share-1-of-6-a\.txt is given twice$/),
      remedy: expect.stringContaining('replace the bad shares'),
    });
    expect(await drill(files.slice(0, 3))).toMatchObject({
      message:
        'the key can be restored, but share 4 of 6 is missing, share 5 of 6 is missing and share 6 of 6 is missing',
    });
    const many = Array.from({ length: 5 }, () => files[0] as string);
    expect(await drill([...files, ...many])).toMatchObject({
      message: 'the key can be restored, but 5 shares are unusable',
    });
  });
});
