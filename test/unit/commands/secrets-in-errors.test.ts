import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { fleetOf } from '#commands/fleet/databases';
import { readKeyFile } from '#commands/keys/key-source';
import { readInventory } from '#commands/proof/inventory-file';
import { tableChoiceOf } from '#commands/api-keys/table';
import { readConnectionFile } from '#postgres/import-connection';
import { findAssignment } from '#handoff/env-assignment';
import { test } from '#test/support/temp-folder';

// Somebody gives a file with a passphrase or a key where another one was meant.

const secrets = [
  'hunter2-correct-horse',
  'b0JPQzV3c2VjcmV0b0JPQzV3c2VjcmV0b0JPQzV3c2U=',
  '{"hunter2": hunter2}',
];

const terminal = { note: () => undefined } as never;
const readers: Readonly<Record<string, (path: string, text: string) => Promise<unknown>>> = {
  '--inventory': readInventory,
  '--mapping': (mapping) => tableChoiceOf({ mapping, column: {} }, { terminal }),
  '--key-file': (path) => readKeyFile(path),
  'the import of connections': readConnectionFile,
  'a .env': async (path, text) => findAssignment(text, 'ENCRYPTION_KEY', path),
};

describe('a secret in the wrong place', () => {
  for (const [name, read] of Object.entries(readers)) {
    test(`is not repeated by what ${name} reads`, async ({ folder }) => {
      for (const secret of secrets) {
        const path = join(folder, 'file');
        await writeFile(path, `${secret}\n`);
        const reported = await read(path, secret).then(
          () => '',
          (error: Error & { remedy?: unknown }) => `${error.message} ${JSON.stringify(error.remedy)}`,
        );
        for (const part of [secret.slice(0, 7), secret.slice(-8)]) expect(reported).not.toContain(part);
      }
    });
  }
});

describe('a file without an end', () => {
  const hasDevices = process.platform === 'linux';
  for (const [name, read] of Object.entries({
    '--inventory': readInventory,
    '--mapping': readers['--mapping'],
    '--databases': (databases: string) =>
      fleetOf({ settings: { address: {} } } as never, { databases, concurrency: 1 }, { note: () => {} }),
    '--key-file': readKeyFile,
  })) {
    test.skipIf(!hasDevices)(`is refused before it is read: ${name}`, async () => {
      await expect(read?.('/dev/zero', '')).rejects.toMatchObject({
        message: expect.stringContaining('not a regular file'),
      });
    });
  }

  test.skipIf(!hasDevices)('is refused, of a pipe without a writer', async ({ folder }) => {
    await mkdir(folder, { recursive: true });
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(readInventory(pipe)).rejects.toMatchObject({ code: 'inventory-unreadable' });
  });
});
