import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { openKeyRing } from '#keyring/key-ring';
import { bundleScript, rooms, runScript as run } from '#test/unit/environments/other-process';
import { test } from '#test/unit/environments/temp-folder';
import { memoryStore } from '#test/unit/keyring/memory-store';

function bundleWriter(folder: string): Promise<string> {
  return bundleScript(
    folder,
    `
    import { parseEncryptionKey } from ${JSON.stringify(join(rooms, 'crypto/encryption-key.ts'))};
    import { openKeyRing } from ${JSON.stringify(join(rooms, 'keyring/key-ring.ts'))};
    import { ownFileStore } from ${JSON.stringify(join(rooms, 'keyring/own-file-store.ts'))};
    import { readFileSync } from 'node:fs';
    const [folder, ...files] = process.argv.slice(2);
    for (const file of files) {
      await openKeyRing(folder, ownFileStore(file)).hold(parseEncryptionKey(readFileSync(file, 'utf8')), 'pending');
    }`,
  );
}

async function makeKeyFiles(folder: string, count: number): Promise<string[]> {
  const files = Array.from({ length: count }, (_, i) => join(folder, `${i}.key`));
  for (const file of files) {
    using key = generateEncryptionKey();
    await writeFile(file, key.toBase64());
  }
  return files;
}

describe('several processes', () => {
  test('lose no entry when all write the key ring at once', async ({ folder }) => {
    const ring = join(folder, 'ring');
    await mkdir(ring);
    const writer = await bundleWriter(folder);
    const files = await makeKeyFiles(folder, 40);
    const exits = await Promise.all(
      [0, 1, 2, 3].map((part) => once(run(writer, ring, ...files.slice(part * 10, part * 10 + 10)), 'exit')),
    );
    expect(exits).toEqual(exits.map(() => [0, null]));
    expect(await openKeyRing(ring, memoryStore()).list()).toHaveLength(40);
    expect(await readdir(ring)).toEqual(['keyring.json']);
  });

  test('leave a whole key ring when they are killed, which the next one goes on with', async ({ folder }) => {
    const ring = join(folder, 'ring');
    await mkdir(ring);
    const writer = await bundleWriter(folder);
    const files = await makeKeyFiles(folder, 60);
    for (let round = 0; round < 5; round++) {
      const child = run(writer, ring, ...files);
      const exit = once(child, 'exit');
      const before = (await openKeyRing(ring, memoryStore()).list()).length;
      while ((await openKeyRing(ring, memoryStore()).list()).length < before + 3) {
        if (child.exitCode !== null) break;
      }
      child.kill('SIGKILL');
      await exit;
    }
    const last = run(writer, ring, ...files);
    expect(await once(last, 'exit')).toEqual([0, null]);
    expect(await openKeyRing(ring, memoryStore()).list()).toHaveLength(60);
  });
});
