import fs from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, describe, expect, vi } from 'vitest';
import { type BackupSpec, makeBackup } from '#backup/use-cases/make';
import { type EmergencySheetInput, writeEmergencySheet } from '#backup/use-cases/sheet';
import { EncryptionKey } from '#crypto/encryption-key';
import { openKeyRing } from '#keyring/key-ring';
import { addedEnvironment, heardContext } from '#test/support/added-environment';
import { memoryStore } from '#test/support/memory-store';
import { test } from '#test/support/temp-folder';
import type { Database } from '#workspace/database';

// What keeps a backup from being made, or from being believed.

const key = () => new EncryptionKey(Buffer.alloc(32, 7));

async function desk(folder: string, hasKey = true) {
  const home = join(folder, 'environment');
  await mkdir(home);
  const ring = openKeyRing(home, memoryStore());
  const target = { host: 'db.example.com', port: 5432, database: 'acme' };
  const workspace = await addedEnvironment(home, ring, { database: async () => ({ target }) as Database });
  using held = key();
  if (hasKey) await ring.hold(held, 'active');
  const context = heardContext();
  return {
    context,
    entry: async () => (await ring.list())[0],
    make: async (spec: BackupSpec) => {
      using one = key();
      return await makeBackup(workspace, { key: one, spec, drill: true }, context);
    },
    sheet: (input: Partial<EmergencySheetInput>) =>
      writeEmergencySheet(
        workspace,
        { path: join(folder, 'sheet.pdf'), size: 'a4', servers: [], contacts: [], notes: [], ...input },
        context,
      ),
  };
}

describe('a backup', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });

  test('that does not give the key back as it is on the disk is no proof of it', async ({ folder }) => {
    const { make, entry, context } = await desk(folder);
    const path = join(folder, 'words.txt');
    const { link } = fs.promises;
    vi.spyOn(fs.promises, 'link').mockImplementation(async (from, to) => {
      if (to === path) await writeFile(from, (await readFile(from, 'utf8')).replace(/[a-z]+\n$/, 'zzzzz\n'));
      await link(from, to);
    });
    syncBuiltinESMExports();
    await expect(make({ form: 'words-file', path })).rejects.toMatchObject({
      code: 'drill-failed',
      message: `the key cannot be restored from what was written to ${path}`,
    });
    expect(await entry()).toMatchObject({ proofs: [], made: [{ location: path }] });
    expect(context.noted).toEqual([]);
  });

  test('by hand is at no path, and fifty of one key are enough', async ({ folder }) => {
    const { make, entry } = await desk(folder);
    const byHand = (location: string) => make({ form: 'words-by-hand', location });
    const refused = { code: 'usage', message: expect.stringMatching(/nothing was recorded$/) };
    await expect(byHand(join(folder, 'words.txt'))).rejects.toMatchObject(refused);
    for (let number = 1; number <= 50; number++) await byHand(`safe ${number}`);
    await expect(byHand('safe 51')).rejects.toMatchObject(refused);
    await byHand('safe 50');
    expect((await entry())?.made).toHaveLength(50);
  });
});

describe('an emergency sheet', () => {
  test('is written once, for the active key, and replaces no file', async ({ folder }) => {
    const { sheet, context } = await desk(folder);
    using held = key();
    expect(await sheet({ servers: ['db1, in Zurich'] })).toEqual({
      fingerprint: held.fingerprint,
      backups: 0,
    });
    const before = await readFile(join(folder, 'sheet.pdf'));
    await expect(sheet({})).rejects.toMatchObject({ code: 'file-exists' });
    expect(await readFile(join(folder, 'sheet.pdf'))).toEqual(before);
    expect(context.noted).toMatchObject([{ action: 'emergency sheet written', outcome: 'done' }]);
  });

  test.for(['servers', 'contacts', 'notes'] as const)(
    'has no secret among its %s, no empty line, none that is too long, and not more than fit',
    async (kind, { folder }) => {
      const { sheet } = await desk(folder);
      const refused = { code: 'usage', message: expect.stringMatching(/nothing was written$/) };
      for (const line of [
        'postgres://ann:hunter2@db/acme',
        Buffer.alloc(32, 7).toString('base64'),
        ' ',
        'x'.repeat(161),
      ])
        await expect(sheet({ [kind]: ['fine', line] })).rejects.toMatchObject(refused);
      await expect(sheet({ [kind]: Array(4).fill('fine') })).rejects.toMatchObject(refused);
      expect(await readdir(folder)).toEqual(['environment']);
    },
  );

  test('of an environment without an active key is none', async ({ folder }) => {
    const { sheet } = await desk(folder, false);
    await expect(sheet({})).rejects.toMatchObject({ code: 'key-not-in-ring' });
    expect(await readdir(folder)).toEqual(['environment']);
  });
});
