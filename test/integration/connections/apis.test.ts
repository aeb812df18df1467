import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { providerProbes } from '#connections/provider-probes';
import { startApi, startPlainApi } from '#test/support/peers/api-servers';
import { probeOne } from '#test/support/peers/probed-credential';

const token = 'tok-7f3a9c-secret';
const bearer = (origin: string) => ({ base_url: `${origin}/me`, api_key: token });
const ok = {
  status: (code: number) => (_: unknown, response: any) => void response.writeHead(code).end('{}'),
};

test('a token that an API takes works; one that it does not is refused', async () => {
  await using api = await startApi((request, response) => {
    response.writeHead(request.headers.authorization === `Bearer ${token}` ? 200 : 401).end();
  });
  expect(await probeOne(bearer(api.origin), [token])).toMatchObject({
    outcome: 'works',
    reason: 'token-accepted',
    probe: 'http',
    target: `localhost:${api.port}`,
  });
  expect(await probeOne({ url: api.origin, api_key: 'tok-old' }, ['tok-old'])).toMatchObject({
    outcome: 'refused',
    reason: 'token-refused',
  });
  expect(await probeOne({ url: api.origin, username: 'ana', password: 'pw-1' }, ['pw-1'])).toMatchObject({
    outcome: 'refused',
  });
  // what was accepted is asked for once more without the credential
  expect(api.heard.map(({ authorization }) => authorization)).toEqual([
    `Bearer ${token}`,
    undefined,
    'Bearer tok-old',
    `Basic ${Buffer.from('ana:pw-1').toString('base64')}`,
  ]);
});

test('an API that answers everybody alike proves nothing about a credential', async () => {
  await using api = await startApi(ok.status(200));
  expect(await probeOne(bearer(api.origin), [token])).toMatchObject({
    outcome: 'not-probed',
    reason: 'answers-everybody',
  });
  const gitlab = { source: 'gitlab' };
  expect(await probeOne({ url: api.origin, api_key: token }, [token], gitlab)).toMatchObject({
    outcome: 'not-probed',
    reason: 'answers-everybody',
    probe: 'gitlab',
  });
  expect(api.heard.map(({ authorization }) => authorization)).toEqual([
    `Bearer ${token}`,
    undefined,
    `Bearer ${token}`,
    undefined,
  ]);
});

test('what is wrong with a certificate is named, and nothing was sent before it was looked at', async () => {
  const reasons: Record<string, string> = {};
  for (const certificate of ['expired', 'selfsigned', 'wronghost']) {
    await using api = await startApi(ok.status(200), { certificate });
    const roots = (await import('node:fs')).readFileSync(
      new URL(`../../fixtures/tls/${certificate === 'expired' ? 'expired-ca' : 'ca'}.crt`, import.meta.url),
    );
    const result = await probeOne(bearer(api.origin), [token], { roots: [roots] });
    expect(result.outcome).toBe('certificate');
    reasons[certificate] = result.reason;
    expect(api.heard).toEqual([]);
  }
  await using untrusted = await startApi(ok.status(200));
  reasons['unknown authority'] = (await probeOne(bearer(untrusted.origin), [token], { roots: [] })).reason;
  expect(untrusted.heard).toEqual([]);
  await using old = await startApi(ok.status(200), {
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  reasons['TLS 1.1'] = (await probeOne(bearer(old.origin), [token])).reason;
  expect(old.heard).toEqual([]);
  expect(reasons).toEqual({
    expired: 'expired',
    selfsigned: 'self-signed',
    wronghost: 'other-host',
    'unknown authority': 'authority-unknown',
    'TLS 1.1': 'tls-outdated',
  });
});

test('a redirect is reported, and neither the other host nor the same one is asked again', async () => {
  await using second = await startApi(ok.status(200));
  await using first = await startApi((_, response) => {
    response.writeHead(302, { location: `${second.origin}/?token=${token}` }).end();
  });
  expect(await probeOne(bearer(first.origin), [token, String(second.port)])).toMatchObject({
    outcome: 'not-probed',
    reason: 'redirected',
  });
  expect(first.heard).toHaveLength(1);
  expect(second.heard).toEqual([]);
});

test('a server that hangs, drips, floods or babbles ends in time, and is unreachable', async () => {
  const time = { timeoutMs: 400 };
  await using hanging = await startApi(() => undefined);
  expect(await probeOne(bearer(hanging.origin), [token], time)).toMatchObject({
    outcome: 'unreachable',
    reason: 'timeout',
  });

  const slack = providerProbes().filter(({ name }) => name === 'slack');
  const asSlack = (origin: string) => ({
    ...time,
    source: 'slack',
    providers: slack.map((probe) => ({ ...probe, url: `${origin}/api/auth.test` })),
  });
  await using dripping = await startApi((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(drip));
  });
  const xoxb = { access_token: 'xoxb-1-drip' };
  expect(await probeOne(xoxb, ['xoxb-1'], asSlack(dripping.origin))).toMatchObject({ reason: 'timeout' });

  let sent = 0;
  await using flooding = await startApi((_, response) => {
    response.writeHead(200);
    const flood = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, 0x20))) sent += 65_536;
    };
    response.on('drain', flood);
    flood();
  });
  const flooded = await probeOne(xoxb, ['xoxb-1'], { ...asSlack(flooding.origin), timeoutMs: 5_000 });
  expect(flooded).toMatchObject({ outcome: 'not-probed', reason: 'answer-unclear' });
  expect(flooded.ms).toBeLessThan(2_000);
  expect(sent).toBeLessThan(64 << 20);

  await using plain = await startPlainApi(ok.status(200));
  expect(await probeOne(bearer(`https://localhost:${plain.port}`), [token])).toMatchObject({
    outcome: 'unreachable',
    reason: 'another-protocol',
  });
});

test('endless headers end the probe too', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('HTTP/1.1 200 OK\r\n');
    const flood = () => {
      while (!socket.destroyed && socket.write(`x-filler: ${'a'.repeat(4096)}\r\n`));
    };
    socket.on('drain', flood);
    flood();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const result = await probeOne({ url: `http://127.0.0.1:${port}/`, api_key: token }, [token]);
  expect(result).toMatchObject({ outcome: 'unreachable', reason: 'another-protocol' });
  server.close();
});

test('a server that repeats the credential wherever it can is never quoted', async () => {
  await using api = await startApi((request, response) => {
    const shown = request.headers.authorization ?? '';
    response
      .writeHead(418, shown.replace(/[^ -~]/g, ''), {
        'x-error': shown,
        location: `https://${token}.example.com/`,
      })
      .end(JSON.stringify({ error: shown, ok: shown }));
  });
  const result = await probeOne(bearer(api.origin), [token]);
  expect(result).toMatchObject({ outcome: 'not-probed', reason: 'answer-unclear' });
});

test('private targets are left alone without the admin’s word, by address and by name', async () => {
  await using api = await startApi(ok.status(200));
  const without = { allowPrivate: false };
  for (const origin of [api.origin, `https://127.0.0.1:${api.port}`, `https://[::1]:${api.port}`]) {
    expect(await probeOne(bearer(origin), [token], without)).toMatchObject({
      outcome: 'not-probed',
      reason: 'private-target',
    });
  }
  const rebound = async () => [{ address: '127.0.0.1', family: 4 }];
  const named = bearer(`https://api.example.com:${api.port}`);
  expect(await probeOne(named, [token], { ...without, resolve: rebound })).toMatchObject({
    reason: 'private-target',
  });
  expect(api.heard).toEqual([]);
});

test('the address that was looked at is the one that is connected to: a second look-up is never made', async () => {
  await using api = await startApi(ok.status(200));
  let lookups = 0;
  const resolve = async () => {
    lookups++;
    return [{ address: lookups === 1 ? '127.0.0.1' : '10.255.255.1', family: 4 }];
  };
  // the name is another's, so the certificate does not fit: but the server was reached
  const result = await probeOne(bearer(`https://rebinding.example.com:${api.port}`), [token], { resolve });
  expect(result).toMatchObject({ outcome: 'certificate', reason: 'other-host' });
  expect(lookups).toBe(1);
});

test('within a private network that the admin allowed, a credential may go without TLS, with a caution', async () => {
  await using api = await startPlainApi(({ headers }, response) => {
    response.writeHead(headers.authorization === `Bearer ${token}` ? 200 : 401).end();
  });
  expect(await probeOne(bearer(api.origin), [token])).toMatchObject({
    outcome: 'works',
    caution: 'not-encrypted',
  });
});

test('nothing listens, no such name: unreachable', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  expect(await probeOne(bearer(`https://127.0.0.1:${port}`), [token])).toMatchObject({
    outcome: 'unreachable',
    reason: 'port-closed',
  });
  const nowhere = async () => [];
  expect(await probeOne(bearer('https://nowhere.example.com'), [token], { resolve: nowhere })).toMatchObject({
    outcome: 'unreachable',
    reason: 'name-unknown',
  });
});

test('a server of unknown kind is only reached, and its certificate looked at', async () => {
  await using api = await startApi(ok.status(200));
  const login = { host: 'localhost', port: api.port, password: 'pw-9', ssl: true };
  expect(await probeOne(login, ['pw-9'])).toMatchObject({
    outcome: 'not-probed',
    reason: 'no-way-to-log-in',
    probe: 'tls',
  });
  expect(await probeOne(login, ['pw-9'], { roots: [] })).toMatchObject({
    outcome: 'certificate',
    reason: 'authority-unknown',
  });
  expect(api.heard).toEqual([]);
});
