import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { Secret } from '#crypto/secret';
import { askVault } from '#handoff/vault/http';

const token = new Secret(Buffer.from('a token'));
const ask = (address: string, path = 'sys/health') => askVault({ address, token }, 'GET', path);

/** A server that answers this, and remembers what it was asked. */
async function answering(body: string, status = 200) {
  const asked: { url: string | undefined; token: unknown; namespace: unknown }[] = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push({ url, token: headers['x-vault-token'], namespace: headers['x-vault-namespace'] });
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('the address of a Vault', () => {
  test.each([
    'http://localhost:1',
    'http://127.0.0.1:1',
    'http://127.9.9.9:1',
    'http://[::1]:1',
    'https://localhost:1',
  ])('may be on this machine: %s', async (address) => {
    await expect(ask(address)).rejects.toMatchObject({ code: 'server-unreachable' });
  });

  test.each([
    'http://vault.example.org',
    'http://10.0.0.1',
    'http://[fe80::1]',
    'http://127.0.0.1.example.org',
  ])('is not sent a token in plain text: %s', async (address) => {
    await expect(ask(address)).rejects.toMatchObject({ code: 'tls-failed' });
  });

  test.each([
    'nothing',
    'ftp://localhost',
    'http://ann@localhost',
    'http://localhost?x=1',
    'http://localhost#x',
  ])('is not %s', async (address) => {
    await expect(ask(address)).rejects.toMatchObject({ code: 'url-malformed' });
  });
});

describe('an answer', () => {
  test('is its status and its JSON, to what was asked under the address', async () => {
    await using vault = await answering('{"a": 1}', 403);
    const { status, body } = await ask(`${vault.address}/below//`, 'kv/data/x');
    expect([status, body.scalarAt('a')]).toEqual([403, 1]);
    expect(vault.asked).toEqual([{ url: '/below/v1/kv/data/x', token: 'a token', namespace: undefined }]);
  });

  test('of another namespace is asked for there', async () => {
    await using vault = await answering('{}');
    await askVault({ address: vault.address, token, namespace: 'ops' }, 'GET', 'x');
    expect(vault.asked).toMatchObject([{ namespace: 'ops' }]);
  });

  test('may be a megabyte long, and no more', async () => {
    const most = JSON.stringify('x'.repeat(1024 * 1024 - 2));
    await using long = await answering(most);
    expect((await ask(long.address)).body.text).toBe(most);
    await using longer = await answering(`${most} `);
    await expect(ask(longer.address)).rejects.toMatchObject({
      code: 'server-unreachable',
      message: expect.stringContaining('too long'),
    });
  });
});
