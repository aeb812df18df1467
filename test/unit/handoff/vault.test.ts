import { readFileSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HandoffTarget } from '#contract/handoff';
import { Secret } from '#crypto/secret';
import { applyHandoff, planHandoff, takeBackHandoff } from '#handoff/target';
import { VaultServer } from '#test/support/peers/vault-server';
import { fresh, newKey, old, oldKey, third } from './keys.ts';

const path = 'ballast/production';
const targetAt = (address: string, mount = 'secret'): HandoffTarget => ({
  kind: 'vault',
  address,
  mount,
  path,
  field: 'ENCRYPTION_KEY',
});
const withToken = (text = 'a-token') => ({ token: new Secret(Buffer.from(text)) });
const withKey = (key: string) =>
  `{"rate": 1.0, "ENCRYPTION_KEY": "${key}", "discord_app_id":1048576012345678901, "deep": {"b": [1e2, "ü\\u003c"]}}`;

describe('a secret in a Vault', () => {
  test('of version 2 gets the key as a new version, its other fields spelled as before, and is taken back', async () => {
    await using vault = await VaultServer.start();
    const target = targetAt(vault.address);
    vault.versioned.set(path, [withKey(old)]);
    const plan = await planHandoff(target, newKey, withToken());
    expect(plan.holds).toBe(oldKey.fingerprint);
    for (const key of [old, fresh]) expect(plan.diffMasked).not.toContain(key);
    await applyHandoff(target, oldKey.fingerprint, newKey, withToken());
    expect(vault.versioned.get(path)).toEqual([withKey(old), withKey(fresh)]);
    expect(await applyHandoff(target, oldKey.fingerprint, newKey, withToken())).toMatchObject({
      changed: false,
    });
    await takeBackHandoff(target, { given: newKey.fingerprint, before: oldKey }, withToken());
    expect(vault.versioned.get(path)?.at(-1)).toBe(withKey(old));
  });

  test.for([true, false])(
    'of version 1 is written where it is, and nothing comes into being beside it (server names its engines: %s)',
    async (saysEngines) => {
      await using vault = await VaultServer.start();
      vault.saysEngines = saysEngines;
      const target = targetAt(vault.address, 'kv1');
      vault.plain.set(path, withKey(old));
      expect(await applyHandoff(target, oldKey.fingerprint, newKey, withToken())).toMatchObject({
        changed: true,
      });
      expect([...vault.plain]).toEqual([[path, withKey(fresh)]]);
      await takeBackHandoff(target, { given: newKey.fingerprint, before: oldKey }, withToken());
      expect([...vault.plain]).toEqual([[path, withKey(old)]]);
    },
  );

  test.for(['kv1', 'secret', 'nowhere'])(
    'that is not there is refused, and the key is sent nowhere (%s)',
    async (mount) => {
      await using vault = await VaultServer.start();
      for (const saysEngines of [true, false]) {
        vault.saysEngines = saysEngines;
        await expect(
          applyHandoff(targetAt(vault.address, mount), undefined, newKey, withToken()),
        ).rejects.toMatchObject({
          code: 'file-unwritable',
          message: expect.stringContaining('there is no secret at'),
        });
      }
      expect(vault.seen.filter((one) => !one.startsWith('GET'))).toEqual([]);
    },
  );

  test('is made where that is allowed, in an engine that the server names, and goes again', async () => {
    await using vault = await VaultServer.start();
    const allowed = { ...withToken(), mayCreate: true };
    for (const mount of ['secret', 'kv1']) {
      const target = targetAt(vault.address, mount);
      expect(await planHandoff(target, newKey, allowed)).toMatchObject({ vacant: true });
      await applyHandoff(target, third.fingerprint, newKey, allowed);
      expect(await planHandoff(target, newKey, withToken())).toMatchObject({ holds: newKey.fingerprint });
      await takeBackHandoff(target, { given: newKey.fingerprint }, withToken());
    }
    expect([...vault.plain, ...vault.versioned]).toEqual([]);
    vault.saysEngines = false;
    await expect(applyHandoff(targetAt(vault.address), undefined, newKey, allowed)).rejects.toMatchObject({
      code: 'file-unwritable',
    });
  });

  test('that had nothing but an empty field keeps its history when it is taken back', async () => {
    await using vault = await VaultServer.start();
    const target = targetAt(vault.address);
    vault.versioned.set(path, ['{"ENCRYPTION_KEY": ""}']);
    await applyHandoff(target, oldKey.fingerprint, newKey, withToken());
    await takeBackHandoff(target, { given: newKey.fingerprint }, withToken());
    expect(vault.versioned.get(path)).toEqual(['{"ENCRYPTION_KEY": ""}', null]);
  });

  test('whose last version was deleted is made anew where that is allowed', async () => {
    await using vault = await VaultServer.start();
    vault.versioned.set(path, [withKey(old), null]);
    const target = targetAt(vault.address);
    await expect(planHandoff(target, newKey, withToken())).rejects.toMatchObject({ code: 'file-unwritable' });
    await applyHandoff(target, oldKey.fingerprint, newKey, { ...withToken(), mayCreate: true });
    expect(vault.versioned.get(path)?.[2]).toBe(`{"ENCRYPTION_KEY": "${fresh}"}`);
  });

  test('without the field gets it where that is allowed, and loses it again when it is taken back', async () => {
    await using vault = await VaultServer.start();
    const target = targetAt(vault.address);
    vault.versioned.set(path, ['{"rate":1.0}']);
    await applyHandoff(target, oldKey.fingerprint, newKey, { ...withToken(), mayCreate: true });
    expect(vault.versioned.get(path)?.[1]).toBe(`{"rate":1.0,"ENCRYPTION_KEY": "${fresh}"}`);
    await takeBackHandoff(target, { given: newKey.fingerprint }, withToken());
    expect(vault.versioned.get(path)?.[2]).toBe('{"rate":1.0}');
  });

  test('that lacks the field is refused, with the other fields it has: the name may be misspelled', async () => {
    await using vault = await VaultServer.start();
    const target = { ...targetAt(vault.address), field: 'ENCRYPTION_KEYS' };
    vault.versioned.set(path, [withKey(old)]);
    for (const attempt of [
      planHandoff(target, newKey, withToken()),
      applyHandoff(target, oldKey.fingerprint, newKey, withToken()),
      applyHandoff(target, undefined, newKey, withToken()),
    ]) {
      await expect(attempt).rejects.toMatchObject({
        code: 'file-unwritable',
        message: expect.stringContaining('it has no field ENCRYPTION_KEYS; it has 4 fields of other names'),
      });
    }
    expect(vault.versioned.get(path)).toHaveLength(1);
  });

  test.for(['["a", "b"]', '{"a": "b"}', 'true', 'null', '17'])(
    'whose field is %s, not text, is not written, also where a secret may be made',
    async (value) => {
      await using vault = await VaultServer.start();
      const target = targetAt(vault.address, 'kv1');
      const held = `{"ENCRYPTION_KEY": ${value}}`;
      vault.plain.set(path, held);
      for (const mayCreate of [false, true]) {
        for (const expected of [undefined, oldKey.fingerprint]) {
          await expect(
            applyHandoff(target, expected, newKey, { ...withToken(), mayCreate }),
          ).rejects.toMatchObject({
            code: 'file-unwritable',
            message: expect.stringContaining('its field ENCRYPTION_KEY is not text'),
          });
        }
      }
      expect(vault.plain.get(path)).toBe(held);
    },
  );

  test('is not written where another hand wrote meanwhile, or another key stands there', async () => {
    await using vault = await VaultServer.start();
    const target = targetAt(vault.address);
    vault.versioned.set(path, [withKey(old)]);
    await expect(applyHandoff(target, third.fingerprint, newKey, withToken())).rejects.toMatchObject({
      code: 'key-wrong',
    });
    vault.onWrite = () => vault.versioned.set(path, [withKey(old), '{"more":1}']);
    await expect(applyHandoff(target, oldKey.fingerprint, newKey, withToken())).rejects.toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining('someone else'),
    });
    expect(vault.versioned.get(path)).toHaveLength(2);
  });

  test('whose other fields come back changed is no success', async () => {
    await using vault = await VaultServer.start();
    vault.plain.set(path, withKey(old));
    vault.keepAs = (fields) => fields.replace('1048576012345678901', '1048576012345678800');
    await expect(
      applyHandoff(targetAt(vault.address, 'kv1'), oldKey.fingerprint, newKey, withToken()),
    ).rejects.toMatchObject({ code: 'verification-failed' });
  });

  test('is refused with the reason, and the token goes nowhere else', async () => {
    await using vault = await VaultServer.start();
    const target = targetAt(vault.address);
    const plan = (access = withToken()) => planHandoff(target, newKey, access);
    await expect(plan(withToken('wrong'))).rejects.toMatchObject({ code: 'login-refused' });
    await expect(planHandoff(target, newKey)).rejects.toMatchObject({ code: 'password-missing' });
    await expect(planHandoff(targetAt(vault.address, 'pki'), newKey, withToken())).rejects.toMatchObject({
      message: expect.stringContaining('not a KV engine but one of type pki'),
    });
    vault.answerAs = 307;
    await expect(plan()).rejects.toMatchObject({ message: expect.stringContaining('another address (307)') });
    vault.answerAs = 503;
    await expect(plan()).rejects.toMatchObject({ message: expect.stringContaining('sealed') });
    await expect(
      planHandoff(targetAt('http://vault.example.org'), newKey, withToken()),
    ).rejects.toMatchObject({ code: 'tls-failed' });
    for (const address of ['vault', 'ftp://x', 'https://u:p@x', 'https://x/?a=1'])
      await expect(planHandoff(targetAt(address), newKey, withToken())).rejects.toMatchObject({
        code: 'url-malformed',
      });
    await expect(planHandoff(targetAt('http://127.0.0.1:1'), newKey, withToken())).rejects.toMatchObject({
      code: 'server-unreachable',
    });
  });
});

test('a token goes to no server whose certificate nobody vouches for, whatever the environment says', async () => {
  const tls = join(import.meta.dirname, '../../fixtures/tls');
  const heard: string[] = [];
  const server = createSecureServer(
    { key: readFileSync(join(tls, 'server.key')), cert: readFileSync(join(tls, 'server.crt')) },
    (request, response) => {
      heard.push(String(request.headers['x-vault-token']));
      response.end('{}');
    },
  );
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    using token = new Secret(Buffer.from('a token'));
    const target: HandoffTarget = {
      kind: 'vault',
      address: `https://localhost:${port}`,
      mount: 'secret',
      path: 'ballast',
      field: 'ENCRYPTION_KEY',
    };
    await expect(planHandoff(target, newKey, { token })).rejects.toMatchObject({ code: 'tls-failed' });
    expect(heard).toEqual([]);
  } finally {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    server.close();
  }
});
