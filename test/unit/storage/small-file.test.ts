import { execFileSync } from 'node:child_process';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readSmallFile } from '#storage/small-file';
import { readTextFile } from '#storage/text-file';
import { leftInMemory } from '#test/support/left-in-memory';
import { test } from '#test/support/temp-folder';

describe('a small file', () => {
  test('is read whole, and one that is not there is said to be missing', async ({ folder }) => {
    const path = join(folder, 'ca.crt');
    expect(await readSmallFile(path)).toMatchObject({ why: 'the file does not exist', fault: 'missing' });
    await writeFile(path, 'whole');
    expect(await readSmallFile(path)).toMatchObject({ bytes: Buffer.from('whole') });
  });

  test('that is longer than 1 MB, or a folder, is not read', async ({ folder }) => {
    const path = join(folder, 'long');
    await writeFile(path, '');
    await truncate(path, (1 << 20) + 1);
    expect(await readSmallFile(path)).toMatchObject({ why: expect.stringContaining('too large') });
    expect(await readSmallFile(path, { max: 1 << 21 })).toHaveProperty('bytes');
    expect(await readSmallFile(folder)).toMatchObject({ why: expect.any(String) });
  });

  // Windows has neither
  test.skipIf(process.platform === 'win32')('that is a device or a pipe is not read', async ({ folder }) => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of ['/dev/zero', pipe])
      expect(await readSmallFile(path)).toMatchObject({ why: 'it is not a regular file' });
  });

  test.skipIf(process.platform === 'win32')('may be what a shell pipes in', async ({ folder }) => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [read] = await Promise.all([readSmallFile(pipe, { pipes: true }), writeFile(pipe, 'piped')]);
    expect(read).toMatchObject({ bytes: Buffer.from('piped') });
    const [long] = await Promise.all([
      readSmallFile(pipe, { pipes: true, max: 4 }),
      writeFile(pipe, 'longer than that'),
    ]);
    expect(long).toMatchObject({ fault: 'too-long' });
  });

  // of what Linux makes up as it is read the size is not known before
  test.skipIf(process.platform !== 'linux')(
    'is no longer than it may be, whatever its size was said to be',
    async () => {
      const path = '/proc/sys/kernel/ostype';
      expect(await readSmallFile(path, { max: 6 })).toMatchObject({ bytes: Buffer.from('Linux\n') });
      expect(await readSmallFile(path, { max: 5 })).toMatchObject({ fault: 'too-long', size: 6 });
    },
  );

  test.skipIf(process.platform === 'win32')(
    'is left nowhere in memory where it was too long, or its reader is done',
    async ({ folder }) => {
      const [pipe, path] = [join(folder, 'pipe'), join(folder, 'file')];
      execFileSync('mkfifo', [pipe]);
      await writeFile(path, 'a secret');
      const options = { code: 'key-file-unreadable', what: 'the file', remedy: 'look' } as const;
      const long = 'a secret, and more'.padEnd(9000, '.');
      expect(
        await leftInMemory(['a secret'], async () => {
          await Promise.all([readSmallFile(pipe, { pipes: true, max: 8000 }), writeFile(pipe, long)]);
          expect(await readTextFile(path, options)).toBe('a secret');
        }),
      ).toEqual([]);
    },
  );
});
