import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { openKeyRing } from '#keyring/key-ring';
import { sealedFileStore } from '#keyring/sealed-file-store';
import { bundleScript, rooms, runScript as run } from '#test/support/processes/other-process';
import { test } from '#test/support/temp-folder';
import { memoryStore } from '#test/support/memory-store';

const sealedUnder = 'five random words';

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

/** Destroys a key and is killed just before or just after its secret is removed from the sealed file. */
function bundleDestroyer(folder: string): Promise<string> {
  return bundleScript(
    folder,
    `
    import { Secret } from ${JSON.stringify(join(rooms, 'crypto/secret.ts'))};
    import { openKeyRing } from ${JSON.stringify(join(rooms, 'keyring/key-ring.ts'))};
    import { sealedFileStore } from ${JSON.stringify(join(rooms, 'keyring/sealed-file-store.ts'))};
    const [folder, fingerprint, when] = process.argv.slice(2);
    const store = sealedFileStore(folder, new Secret(Buffer.from('${sealedUnder}')), { workFactor: 10 });
    const die = () => process.kill(process.pid, 'SIGKILL');
    const remove = async (account) => {
      if (when === 'before') die();
      await store.remove(account);
      die();
    };
    await openKeyRing(folder, { ...store, remove }).destroy(fingerprint, async () => undefined);`,
  );
}

describe('several processes', () => {
  test('leave a key that is kept, or said to be gone, when one is killed while it destroys it', async ({
    folder,
  }) => {
    const destroyer = await bundleDestroyer(folder);
    for (const when of ['before', 'after']) {
      const home = join(folder, when);
      await mkdir(home);
      const passphrase = new Secret(Buffer.from(sealedUnder));
      const ring = openKeyRing(home, sealedFileStore(home, passphrase, { workFactor: 10 }));
      using key = generateEncryptionKey();
      const { fingerprint } = await ring.hold(key, 'pending', 'generated');
      expect(await once(run(destroyer, home, fingerprint, when), 'exit')).toEqual([null, 'SIGKILL']);
      expect(await ring.list()).toMatchObject([{ state: 'pending', destroyingSince: expect.any(String) }]);
      if (when === 'before') (await ring.load(fingerprint))[Symbol.dispose]();
      else
        await expect(ring.load(fingerprint)).rejects.toThrow(
          /its destruction began at .* and was interrupted/,
        );
      expect(await ring.destroy(fingerprint, async () => undefined)).toMatchObject({ state: 'destroyed' });
    }
  });

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
