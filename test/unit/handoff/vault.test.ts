import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HandoffTarget } from '#contract/handoff';
import { Secret } from '#crypto/secret';
import { applyHandoff, planHandoff, takeBackHandoff } from '#handoff/target';
import { fresh, newKey, old, oldKey, third } from './keys.ts';

interface Version {
  readonly data: Record<string, unknown> | null;
}

/** The two calls of a KV version 2 engine that Keel makes, as the HTTP API of Vault documents them. */
class KvEngine implements AsyncDisposable {
  readonly versions: Version[] = [];
  readonly seen: string[] = [];
  /** Called before a write is looked at. */
  onWrite = () => {};
  answerAs: number | undefined;

  readonly address: string;
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<KvEngine> {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const engine = new KvEngine(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        engine.seen.push(`${request.method} ${request.url}`);
        const [status, body, headers] = engine.answer(
          request.method ?? '',
          request.headers['x-vault-token'],
          Buffer.concat(chunks).toString(),
        );
        response
          .writeHead(status, { 'content-type': 'application/json', ...headers })
          .end(JSON.stringify(body));
      });
    });
    return engine;
  }

  private answer(method: string, token: unknown, body: string): [number, object, object?] {
    if (this.answerAs) return [this.answerAs, { errors: [] }, { location: 'http://127.0.0.1:1/elsewhere' }];
    if (token !== 'a-token') return [403, { errors: ['permission denied'] }];
    if (method === 'POST') {
      this.onWrite();
      const { options, data } = JSON.parse(body);
      if (options.cas !== this.versions.length)
        return [400, { errors: ['check-and-set parameter did not match the current version'] }];
      this.versions.push({ data });
      return [200, { data: { version: this.versions.length } }];
    }
    const last = this.versions.at(-1);
    if (!last) return [404, { errors: [] }];
    const answer = { data: { data: last.data, metadata: { version: this.versions.length } } };
    return [last.data ? 200 : 404, answer];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}

const targetAt = (address: string): HandoffTarget => ({
  kind: 'vault',
  address,
  mount: 'secret',
  path: 'ballast/production',
  field: 'ENCRYPTION_KEY',
});
const withToken = (text = 'a-token') => ({ token: new Secret(Buffer.from(text)) });

describe('a secret in a Vault', () => {
  test('gets the key as a new version, with its other fields, and is taken back', async () => {
    await using engine = await KvEngine.start();
    const target = targetAt(engine.address);
    engine.versions.push({ data: { ENCRYPTION_KEY: old, other: { deep: [1, 'ü'] } } });
    const plan = await planHandoff(target, newKey, withToken());
    expect(plan.holds).toBe(oldKey.fingerprint);
    for (const key of [old, fresh]) expect(plan.diffMasked).not.toContain(key);
    await applyHandoff(target, oldKey.fingerprint, newKey, withToken());
    expect(engine.versions[1]?.data).toEqual({ ENCRYPTION_KEY: fresh, other: { deep: [1, 'ü'] } });
    expect(await applyHandoff(target, oldKey.fingerprint, newKey, withToken())).toMatchObject({
      changed: false,
    });
    await takeBackHandoff(target, { given: newKey.fingerprint, before: oldKey }, withToken());
    expect(engine.versions[2]?.data).toMatchObject({ ENCRYPTION_KEY: old });
    expect(engine.seen[0]).toBe('GET /v1/secret/data/ballast/production');
  });

  test('is made where there is none, and where the last version was deleted', async () => {
    await using engine = await KvEngine.start();
    const target = targetAt(engine.address);
    await applyHandoff(target, undefined, oldKey, withToken());
    engine.versions.push({ data: null });
    await applyHandoff(target, undefined, newKey, withToken());
    expect(engine.versions.map(({ data }) => data)).toEqual([
      { ENCRYPTION_KEY: old },
      null,
      { ENCRYPTION_KEY: fresh },
    ]);
  });

  test('is not written where another hand wrote meanwhile, or another key stands there', async () => {
    await using engine = await KvEngine.start();
    const target = targetAt(engine.address);
    engine.versions.push({ data: { ENCRYPTION_KEY: old } });
    await expect(applyHandoff(target, third.fingerprint, newKey, withToken())).rejects.toMatchObject({
      code: 'key-wrong',
    });
    engine.onWrite = () => engine.versions.push({ data: { ENCRYPTION_KEY: old, more: 1 } });
    await expect(applyHandoff(target, oldKey.fingerprint, newKey, withToken())).rejects.toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining('another hand'),
    });
    expect(engine.versions).toHaveLength(2);
  });

  test('is refused with the reason, and the token goes nowhere else', async () => {
    await using engine = await KvEngine.start();
    const target = targetAt(engine.address);
    const plan = (access = withToken()) => planHandoff(target, newKey, access);
    await expect(plan(withToken('wrong'))).rejects.toMatchObject({ code: 'login-refused' });
    await expect(planHandoff(target, newKey)).rejects.toMatchObject({ code: 'password-missing' });
    engine.answerAs = 307;
    await expect(plan()).rejects.toMatchObject({ message: expect.stringContaining('another address (307)') });
    engine.answerAs = 503;
    await expect(plan()).rejects.toMatchObject({ message: expect.stringContaining('sealed') });
    await expect(
      planHandoff(targetAt('http://vault.example.org'), newKey, withToken()),
    ).rejects.toMatchObject({
      code: 'tls-failed',
    });
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
