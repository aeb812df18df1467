import { once } from 'node:events';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { applyHandoff } from '#handoff/target';
import { bundleScript, rooms, runScript } from '#test/support/processes/other-process';
import { test } from '#test/support/temp-folder';
import { fresh, newKey, old, oldKey } from './keys.ts';

const rounds = 12;
const filler = `# ${'x'.repeat(97)}\n`.repeat(20_000);
const withKey = (key: string) => `${filler}ENCRYPTION_KEY="${key}"\n${filler}`;

test('a file whose hand-off is killed at any moment is the old one or the new one', async ({ folder }) => {
  const path = join(folder, '.env');
  await writeFile(path, withKey(old));
  // writes one key and the other in turn until it is killed
  const script = await bundleScript(
    folder,
    `
    import { parseEncryptionKey } from ${JSON.stringify(join(rooms, 'crypto/encryption-key.ts'))};
    import { applyHandoff } from ${JSON.stringify(join(rooms, 'handoff/target.ts'))};
    const target = { kind: 'env-file', path: process.argv[2], variable: 'ENCRYPTION_KEY' };
    for (;;)
      for (const key of process.argv.slice(3))
        await applyHandoff(target, undefined, parseEncryptionKey(key, { allowWeak: true }));`,
  );
  for (let round = 0; round < rounds; round++) {
    const child = runScript(script, path, fresh, old);
    const exit = once(child, 'exit');
    await wait(150 + round * 13);
    child.kill('SIGKILL');
    expect(await exit).toEqual([null, 'SIGKILL']);
    const text = await readFile(path, 'utf8');
    expect([withKey(old), withKey(fresh)].some((whole) => whole === text)).toBe(true);
  }
  // a file that nobody wrote would pass all that: once more to the end
  const left = (await readFile(path, 'utf8')) === withKey(old) ? oldKey : newKey;
  const other = left === oldKey ? newKey : oldKey;
  const target = { kind: 'env-file', path, variable: 'ENCRYPTION_KEY' } as const;
  expect(await applyHandoff(target, left.fingerprint, other)).toMatchObject({ changed: true });
  // with what the killed ones left beside it, in which a key may be
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a read-only file is written in a folder that may be written, and stays read-only', async ({
  folder,
}) => {
  const path = join(folder, '.env');
  await writeFile(path, `ENCRYPTION_KEY=${old}\r\n`);
  await chmod(path, 0o444);
  await applyHandoff({ kind: 'env-file', path, variable: 'ENCRYPTION_KEY' }, oldKey.fingerprint, newKey);
  expect(await readFile(path, 'utf8')).toBe(`ENCRYPTION_KEY=${fresh}\r\n`);
  expect((await stat(path)).mode & 0o777).toBe(0o444);
});
