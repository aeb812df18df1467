import { describe, expect, test } from 'vitest';
import { saying } from '#test/saying';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { type Keychain, keychainWorks } from '#keyring/keychain';
import { keychainStore } from '#keyring/keychain-store';

/** What the libraries say, word for word: libsecret 0.20.5 over GLib, and the keychain of macOS. */
const refusals = [
  ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'keychain-unavailable'],
  ['Could not connect: No such file or directory', 'keychain-unavailable'],
  ['The name org.freedesktop.secrets was not provided by any .service files', 'keychain-unavailable'],
  ['Cannot create an item in a locked collection', 'keychain-failed'],
  ['User canceled the operation.', 'keychain-failed'],
  ['The user name or passphrase you entered is not correct.', 'keychain-failed'],
] as const;

function fake(parts: Partial<Keychain> = {}): {
  load: () => Promise<Keychain>;
  entries: Map<string, string>;
} {
  const entries = new Map<string, string>();
  const keychain: Keychain = {
    getPassword: async (service, account) => entries.get(`${service} ${account}`) ?? null,
    setPassword: async (service, account, password) => {
      entries.set(`${service} ${account}`, password);
    },
    deletePassword: async (service, account) => entries.delete(`${service} ${account}`),
    ...parts,
  };
  return { load: async () => keychain, entries };
}

describe('the keychain', () => {
  test('holds a key as base64 in the service keel', async () => {
    const { load, entries } = fake();
    using key = generateEncryptionKey();
    const store = keychainStore({ load });
    await store.put('staging/1', key);
    expect([...entries]).toEqual([['keel staging/1', key.toBase64()]]);
    using held = await store.get('staging/1');
    expect(held?.bytes).toEqual(key.bytes);
    await store.remove('staging/1');
    await store.remove('staging/1');
    expect(await store.get('staging/1')).toBeUndefined();
    expect(entries.size).toBe(0);
  });

  test.for(refusals)('that says %j counts as %s', async ([message, code]) => {
    const refuse = () => Promise.reject(new Error(message));
    const { load } = fake({ getPassword: refuse, setPassword: refuse, deletePassword: refuse });
    using key = generateEncryptionKey();
    const refused = { code, remedy: saying('--keep-keys-in sealed-file') };
    const store = keychainStore({ load });
    await expect(store.put('a/1', key)).rejects.toMatchObject(refused);
    await expect(store.get('a/1')).rejects.toMatchObject(refused);
    await expect(store.remove('a/1')).rejects.toMatchObject(refused);
    expect(await keychainWorks({ load })).toMatchObject({ works: false, error: refused });
  });

  test('that cannot be loaded counts as none', async () => {
    const load = () => Promise.reject(new Error('libsecret-1.so.0: cannot open shared object file'));
    await expect(keychainStore({ load }).get('a/1')).rejects.toMatchObject({ code: 'keychain-unavailable' });
    expect(await keychainWorks({ load })).toMatchObject({ error: { code: 'keychain-unavailable' } });
  });

  test('that is locked is not taken for one without the key', async () => {
    // as libsecret does: reading a locked keyring finds nothing, only writing fails
    const { load } = fake({
      setPassword: () => Promise.reject(new Error('Cannot create an item in a locked collection')),
    });
    await expect(keychainStore({ load }).get('a/1')).rejects.toMatchObject({ code: 'keychain-failed' });
    await expect(keychainStore({ load }).remove('a/1')).rejects.toMatchObject({ code: 'keychain-failed' });
  });

  test('that still gives a key back after it was removed has not forgotten it', async () => {
    const { load } = fake({ deletePassword: async () => true });
    using key = generateEncryptionKey();
    await keychainStore({ load }).put('a/1', key);
    await expect(keychainStore({ load }).remove('a/1')).rejects.toMatchObject({
      code: 'keychain-failed',
      message: expect.stringContaining('the key is not destroyed'),
    });
  });

  test('that stays silent is given up after a while', async () => {
    const { load } = fake({ setPassword: () => new Promise(() => {}) });
    const silent = {
      code: 'keychain-failed',
      message: expect.stringContaining('did not answer within 0.02 s'),
    };
    expect(await keychainWorks({ load, timeoutMs: 20 })).toMatchObject({ works: false, error: silent });
    using key = generateEncryptionKey();
    await expect(keychainStore({ load, timeoutMs: 20 }).put('a/1', key)).rejects.toMatchObject(silent);
  });

  test('that loses what is written does not work', async () => {
    const { load } = fake({ setPassword: async () => {} });
    expect(await keychainWorks({ load })).toMatchObject({ error: { code: 'keychain-failed' } });
  });

  test('that works is left without the throw-away entry', async () => {
    const { load, entries } = fake();
    expect(await keychainWorks({ load })).toEqual({ works: true });
    expect(entries.size).toBe(0);
  });

  test('that does not give the throw-away entry back is left without it too', async () => {
    const { load, entries } = fake({ getPassword: () => Promise.reject(new Error('it was denied')) });
    expect(await keychainWorks({ load })).toMatchObject({ error: { code: 'keychain-failed' } });
    expect(entries.size).toBe(0);
  });
});
