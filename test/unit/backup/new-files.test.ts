import fs from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterEach, describe, expect, vi } from 'vitest';
import { writeShares } from '#backup/clear-artefact';
import { writeNewFiles } from '#backup/new-files';
import { openSealedShare } from '#backup/shares/sealed-share';
import { isShare } from '#backup/shares/share-mnemonic';
import { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { noteTemporariesIn } from '#storage/temporaries';
import { test } from '#test/support/temp-folder';

const key = () => new EncryptionKey(Buffer.alloc(32, 7));
const notes = { environment: 'acme', createdAt: new Date('2026-03-01T12:00:00.000Z') };

describe('files that belong together', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });

  test('are all written, or none where one of them is there already', async ({ folder }) => {
    const files = ['one', 'two', 'three'].map((name) => ({ path: join(folder, name), data: `new ${name}` }));
    await writeFile(join(folder, 'three'), 'old');
    await expect(writeNewFiles(files)).rejects.toMatchObject({
      code: 'file-exists',
      message: expect.stringContaining(join(folder, 'three')),
    });
    expect(await readdir(folder)).toEqual(['three']);
    expect(await readFile(join(folder, 'three'), 'utf8')).toBe('old');
    await fs.promises.rm(join(folder, 'three'));
    await writeNewFiles(files);
    expect((await readdir(folder)).sort()).toEqual(['one', 'three', 'two']);
  });

  test('are noted one by one until the last is there, for whoever is killed in between', async ({
    folder,
  }) => {
    const home = join(folder, 'home', 'temporaries');
    const desk = join(folder, 'desk');
    await mkdir(desk);
    noteTemporariesIn(home);
    const noted: Record<string, string[]> = {};
    const { link } = fs.promises;
    vi.spyOn(fs.promises, 'link').mockImplementation(async (from, to) => {
      const contents = await Promise.all(
        (await readdir(home)).map((name) => readFile(join(home, name), 'utf8')),
      );
      const parts = contents.flatMap((text) => (JSON.parse(text) as { part?: string }).part ?? []);
      noted[String(to)] = parts.sort();
      await link(from, to);
    });
    syncBuiltinESMExports();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => join(desk, name)) as [string, string, string];
    await writeNewFiles([a, b, c].map((path) => ({ path, data: 'text' })));
    expect(noted).toEqual({ [a]: [], [b]: [a], [c]: [a, b] });
    expect(await readdir(join(folder, 'home'))).toEqual([]);
  });
});

test('the share of a holder with a public key is in clear nowhere, and opens with the identity', async ({
  folder,
}) => {
  using held = key();
  const identity = await generateX25519Identity();
  const recipients = new Map([['Bob', await identityToRecipient(identity)]]);
  const terms = { threshold: 2, holders: ['Ann', 'Bob'], recipients };
  const { paths } = await writeShares(join(folder, 'shares'), held, terms, notes);
  const [ann, bob] = paths as [string, string];
  expect(paths.map((path) => basename(path))).toEqual(['share-1-of-2-ann.txt', 'share-2-of-2-bob.age']);
  expect(isShare(await readFile(ann))).toBe(true);
  expect(isShare(await readFile(bob))).toBe(false);
  using mine = new Secret(Buffer.from(identity));
  using opened = await openSealedShare({ path: bob }, mine);
  expect(opened?.bytes.toString()).toContain('# share: 2 of 2');
});
