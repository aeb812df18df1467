import { execFileSync } from 'node:child_process';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readSmallFile } from '#storage/small-file';
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
});
