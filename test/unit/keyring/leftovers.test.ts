import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { discardCopy } from '#keyring/key-copies';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { stateDumps } from '#keyring/dump-statement';
import { openKeyRing } from '#keyring/key-ring';
import { readKeyRing } from '#keyring/key-ring-file';
import { leftoversOf } from '#keyring/leftovers';
import { ownFileStore } from '#keyring/own-file-store';
import { test } from '#test/support/temp-folder';
import { memoryStore } from '#test/support/memory-store';
import { byCommit } from '#test/support/activations';

describe('the leftovers of an old key', () => {
  test('are its places, artefacts and dumps, each with what is to be done, until nothing is left', async ({
    folder,
  }) => {
    using from = generateEncryptionKey();
    using to = generateEncryptionKey();
    const keyFile = join(folder, 'old.key');
    const [backup, stick] = [join(folder, 'old.age'), join(folder, 'not-attached.age')];
    await writeFile(keyFile, from.toBase64());
    await writeFile(backup, '');
    // held in the admin's file first, in a store of Keel's then
    await openKeyRing(folder, ownFileStore(keyFile)).hold(from, 'active');
    const ring = openKeyRing(folder, memoryStore());
    await ring.hold(from, 'active');
    for (const location of [backup, stick])
      await ring.recordProof(from.fingerprint, { artefact: 'age-file', location });
    await ring.recordProof(from.fingerprint, { artefact: 'paper', location: 'the safe' });
    await ring.hold(to, 'pending', 'generated');
    await ring.recordProof(to.fingerprint, { artefact: 'age-file', location: '/new.age' });
    await ring.activate(to.fingerprint, byCommit(from.fingerprint));

    const targets = [
      { where: '/srv/.env', holds: from.fingerprint },
      { where: '/srv/b.env', holds: to.fingerprint },
      { where: '/c' },
    ];
    const left = async () =>
      (await leftoversOf(await readKeyRing(folder), targets, [])).map(({ kind, where, status }) => [
        kind,
        where,
        status,
      ]);
    const copies = (status: string) => [
      ['copy', `age file ${backup}`, status],
      ['copy', `age file ${stick}`, 'missing'],
      ['copy', 'paper kit the safe', status],
      ['copy', `${keyFile}, where it was stored before`, status],
    ];
    expect(await left()).toEqual([
      ['target', '/srv/.env', 'replace'],
      ['dumps', '', 'keep'],
      ['store', 'the keychain', 'keep'],
      ...copies('keep'),
    ]);
    targets.shift();
    await stateDumps(folder, new Date());
    expect(await left()).toEqual([['store', 'the keychain', 'remove'], ...copies('remove')]);
    await ring.destroy(from.fingerprint, async () => undefined);
    for (const what of [`age file ${stick}`, 'paper kit the safe'])
      await discardCopy(folder, from.fingerprint, what);
    await rm(backup);
    expect(await left()).toEqual([
      ['copy', `age file ${backup}`, 'missing'],
      ['copy', `${keyFile}, where it was stored before`, 'remove'],
    ]);
    await expect(discardCopy(folder, from.fingerprint, 'a wiki')).rejects.toMatchObject({ code: 'usage' });
  });

  test('include its own file, which is named once, and texts in other files that have its shape', async ({
    folder,
  }) => {
    using from = generateEncryptionKey();
    using to = generateEncryptionKey();
    const keyFile = join(folder, 'old.key');
    await writeFile(keyFile, from.toBase64());
    const own = openKeyRing(folder, ownFileStore(keyFile));
    await own.hold(from, 'active');
    await own.recordProof(from.fingerprint, { artefact: 'own-file', location: keyFile });
    const ring = openKeyRing(folder, memoryStore());
    await ring.hold(to, 'pending', 'generated');
    await ring.activate(to.fingerprint, byCommit(from.fingerprint));
    await stateDumps(folder, new Date());
    const shapes = new Set([from.fingerprint]);
    const files = [keyFile, '/srv/.env', '/srv/.env.old'].map((path) => ({ path, shapes }));
    files.push({ path: '/srv/other', shapes: new Set([to.fingerprint]) });
    const targets = [{ where: '/srv/.env', holds: from.fingerprint }];
    const left = await leftoversOf(await readKeyRing(folder), targets, files);
    expect(left.map(({ kind, where, status }) => [kind, where, status])).toEqual([
      ['target', '/srv/.env', 'replace'],
      ['text', '/srv/.env.old', 'remove'],
      ['key-file', keyFile, 'remove'],
    ]);
  });

  test('of a key in the admin’s own file include that file once it is there again, though the key is destroyed', async ({
    folder,
  }) => {
    using from = generateEncryptionKey();
    using to = generateEncryptionKey();
    const keyFile = join(folder, 'old.key');
    await writeFile(keyFile, from.toBase64());
    const own = openKeyRing(folder, ownFileStore(keyFile));
    await own.hold(from, 'active');
    const ring = openKeyRing(folder, memoryStore());
    await ring.hold(to, 'pending', 'generated');
    await ring.activate(to.fingerprint, byCommit(from.fingerprint));
    await stateDumps(folder, new Date());
    await rm(keyFile);
    await own.destroy(from.fingerprint, async () => undefined);
    const left = async () => leftoversOf(await readKeyRing(folder), [], []);
    expect(await left()).toEqual([]);
    await writeFile(keyFile, from.toBase64());
    expect(await left()).toEqual([
      { kind: 'key-file', fingerprint: from.fingerprint, where: keyFile, status: 'remove' },
    ]);
  });
});
