import { describe, expect, vi } from 'vitest';
import { derivations } from '#crypto/derivations';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { sealedFileStore } from '#keyring/sealed-file-store';
import { checkPassphrase } from '#keyring/sealed-passphrase';
import { test } from '#test/support/temp-folder';

describe('the passphrase of a sealed file', () => {
  test('has twelve characters where the file is yet to be made', async ({ folder }) => {
    await checkPassphrase(folder, 'twelve chars');
    for (const typed of ['eleven char', '', undefined])
      await expect(checkPassphrase(folder, typed)).rejects.toMatchObject({ code: 'passphrase-missing' });
  });

  test('of a file that is there is as short as it is, and has to open it', async ({ folder }) => {
    using passphrase = new Secret(Buffer.from('short'));
    using key = generateEncryptionKey();
    await sealedFileStore(folder, passphrase, { workFactor: 10 }).put('one', key);
    await checkPassphrase(folder, 'short');
    await expect(checkPassphrase(folder, 'other')).rejects.toMatchObject({ code: 'store-locked' });
    await expect(checkPassphrase(folder, undefined)).rejects.toMatchObject({ code: 'passphrase-missing' });
  });

  test('leaves nothing that was derived from it where it does not open the file', async ({ folder }) => {
    using passphrase = new Secret(Buffer.from('short'));
    using key = generateEncryptionKey();
    await sealedFileStore(folder, passphrase, { workFactor: 2 }).put('one', key);
    using derive = vi.spyOn(derivations, 'derive');
    await expect(checkPassphrase(folder, 'other')).rejects.toMatchObject({ code: 'store-locked' });
    expect(derive).toHaveBeenCalledOnce();
    const derived = await derive.mock.results[0]?.value;
    await new Promise(setImmediate);
    expect(derived).toEqual(Buffer.alloc(32));
  });
});
