import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { HandoffTarget } from '#contract/handoff';
import { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { applyHandoff, planHandoff, takeBackHandoff } from '#handoff/target';
import { leftInMemory } from '#test/support/left-in-memory';
import { VaultServer } from '#test/support/peers/vault-server';
import { test as inFolder } from '#test/support/temp-folder';
import { fresh, newKey, old, oldKey } from './keys.ts';
import { test } from './stores/stand-in-programs.ts';

// A key that was handed off is nowhere in memory after that, as far as it was in bytes.

const encoded = (key: string) => Buffer.from(key).toString('base64');
const secrets = [old, fresh, encoded(old), encoded(fresh), newKey.bytes, oldKey.bytes];

/** Where a key is left by a plan, a hand-off and the way back. */
const leftBy = (target: HandoffTarget, access: { token?: Secret } = {}) =>
  leftInMemory(secrets, async () => {
    const copies = [oldKey, newKey].map(({ bytes }) => new EncryptionKey(Buffer.from(bytes)));
    const [before, given] = copies as [EncryptionKey, EncryptionKey];
    await planHandoff(target, given, access);
    expect(await applyHandoff(target, before.fingerprint, given, access)).toMatchObject({ changed: true });
    await takeBackHandoff(target, { given: given.fingerprint, before }, access);
    for (const copy of copies) copy[Symbol.dispose]();
  });

inFolder.for([
  ['env-file', `ENCRYPTION_KEY=${old}\n`],
  ['systemd-unit', `[Service]\nEnvironment=ENCRYPTION_KEY=${old}\n`],
  ['key-file', `${old}\n`],
  ['yaml-value', `key: ${encoded(old)}\n`],
  ['kubernetes-secret', `kind: Secret\ndata:\n  ENCRYPTION_KEY: ${encoded(old)}\n`],
] as const)('a key in a file is left nowhere: %s', async ([kind, text], { folder }) => {
  const path = join(folder, 'file');
  await writeFile(path, text);
  expect(await leftBy({ kind, path, variable: 'ENCRYPTION_KEY', at: ['key'] } as HandoffTarget)).toEqual([]);
});

test.skipIf(process.platform === 'win32')(
  'a key in a secret of a program is left nowhere',
  async ({ programs }) => {
    await programs.keep({ ballast: [{ SecretString: old }] });
    expect(await leftBy({ kind: 'aws-secret', id: 'ballast' })).toEqual([]);
  },
);

inFolder('a key in a Vault is left nowhere, nor is the token', async () => {
  await using vault = await VaultServer.start();
  vault.versioned.set('ballast', [`{"ENCRYPTION_KEY":"${old}"}`]);
  const target = { kind: 'vault', address: vault.address, mount: 'secret', path: 'ballast' } as const;
  using token = new Secret(Buffer.from('a-token'));
  expect(await leftBy({ ...target, field: 'ENCRYPTION_KEY' }, { token })).toEqual([]);
});
