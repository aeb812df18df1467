import { describe, expect } from 'vitest';
import { checkPosture } from '#posture/look/check-posture';
import { judgePosture } from '#posture/judge/judge-posture';
import { findings } from '#test/support/peers/posture-findings';
import { test } from '#test/support/temp-folder';
import {
  httpServer,
  httpsServer,
  oldDigests,
  qdrant,
  socketServer,
  type StandIn,
} from '#test/support/peers/posture-servers';
import { authorityIn, rsaPair, smallGroup } from '#test/support/peers/made-certificates';

const year = 'max-age=31536000; includeSubDomains';
const withHsts =
  (value: string) =>
  (_: unknown, response: { setHeader: (name: string, value: string) => void; end: () => void }) => {
    response.setHeader('Strict-Transport-Security', value);
    response.end();
  };

async function ofApi(folder: string, server: StandIn) {
  return findings(folder, { api: `${server.url}/api/v1` });
}

describe('an API over HTTPS', () => {
  test('with everything in order but a certificate for life passes in all other rows', async ({ folder }) => {
    await using server = await httpsServer('server', {}, withHsts(year));
    const found = await ofApi(folder, server);
    expect(found).toMatchObject({
      'api.https': expect.stringMatching(/^pass: the server at .*\/api\/v1 answers over TLS 1\.3/),
      'api.tls-version': 'pass: TLS 1.1, TLS 1.0, SSL 3.0 and SSL 2.0 are refused',
      'api.certificate': expect.stringMatching(/^pass: .*“localhost”, signed by “Keel test authority”/),
      'api.host-name': 'pass: the certificate matches localhost',
      'api.expiry': expect.stringMatching(/^warn: valid until 21\d\d-.* it was issued for 100 years/),
      'api.hsts': 'pass: the header is valid for 365 days',
    });
    expect(server.asked.map(({ path }) => path)).toEqual(['/api/v1']);
    expect(Object.keys(server.asked[0]?.headers ?? {})).not.toContain('authorization');
  });

  test.for([
    ['expired', 'api.expiry', /^fail: it expired on 20/],
    ['wronghost', 'api.host-name', /^fail: the certificate \(“db\.example\.com”\) does not match localhost/],
    ['posture-self', 'api.certificate', /^fail: .*it is self-signed/],
  ] as const)('under the certificate %s fails in %s', async ([certificate, id, seen], { folder }) => {
    await using server = await httpsServer(certificate, {}, withHsts(year));
    const found = await ofApi(folder, server);
    expect(found[id]).toMatch(seen);
    const failed = Object.entries(found).filter(
      ([name, text]) => name.startsWith('api.') && text.startsWith('fail'),
    );
    expect(failed.map(([name]) => name)).toEqual([id]);
  });

  test.for([
    [90, /^pass: valid until 20/],
    [12, /^pass: valid until 20/],
    [3650, /^warn: .* it was issued for 10 years/],
  ] as const)(
    'under a certificate of %i days is told when that is too short or too long',
    async ([days, seen], { folder }) => {
      const { issue } = await authorityIn(folder);
      await using server = await httpsServer('server', await issue('leaf', { days }));
      expect((await ofApi(folder, server))['api.expiry']).toMatch(seen);
    },
  );

  test('that has expired is not trusted by that: whether anybody vouches for it is judged apart', async () => {
    await using server = await httpsServer('expired', {}, withHsts(year));
    const facts = await checkPosture(
      { places: { oauth: [], keyFiles: [], api: server.url }, inventory: [], answers: [] },
      { signal: new AbortController().signal },
    );
    const found = judgePosture(facts);
    const status = (id: string) => found.find((one) => one.id === id)?.status;
    expect([status('api.certificate'), status('api.expiry')]).toEqual(['fail', 'fail']);
  });

  test.for([
    ['without encryption', { ciphers: 'eNULL:@SECLEVEL=0' }, 'api.ciphers', /suites .*without encryption/],
    [
      'without authentication',
      { ciphers: 'aNULL:ECDHE:@SECLEVEL=0' },
      'api.ciphers',
      /without authentication/,
    ],
    [
      'without forward secrecy',
      { ciphers: 'kRSA:@SECLEVEL=0' },
      'api.forward-secrecy',
      /no suite that negotiates/,
    ],
    [
      'in a small group',
      { ciphers: 'DHE:@SECLEVEL=0', dhparam: smallGroup() },
      'api.key-size',
      /group of 1024/,
    ],
  ] as const)('with suites %s fails for them', async ([, options, id, seen], { folder }) => {
    const suites = { ...(await rsaPair(folder, 2048)), ...options, maxVersion: 'TLSv1.2' } as const;
    await using server = await httpsServer('server', suites, withHsts(year));
    const found = await ofApi(folder, server);
    expect(found[id]).toMatch(/^fail/);
    expect(found[id]).toMatch(seen);
  });

  test('with a key that is too small fails for it', async ({ folder }) => {
    const small = { ...(await rsaPair(folder, 1024)), ciphers: oldDigests };
    await using server = await httpsServer('server', small, withHsts(year));
    expect((await ofApi(folder, server))['api.key-size']).toMatch(
      /^fail: the certificate’s key is RSA, 1,024 bits/,
    );
  });

  test('with a certificate that names it in the old place, or is signed with a broken digest, does not pass', async ({
    folder,
  }) => {
    for (const digest of ['sha1', 'md5', 'sha256']) {
      const pair = { ...(await rsaPair(folder, 2048, `-${digest}`)), ciphers: oldDigests };
      await using server = await httpsServer('server', pair, withHsts(year));
      const found = await ofApi(folder, server);
      expect(found['api.host-name']).toMatch(/^warn: localhost is only in the common name/);
      expect(found['api.certificate']).toMatch(
        digest === 'sha256' ? /^fail: .* it is self-signed/ : /^fail: .*signed with (SHA-1|MD5), so that/,
      );
    }
  });

  test('by an authority that nobody named is not trusted', async ({ folder }) => {
    await using server = await httpsServer('server');
    const facts = await checkPosture(
      { places: { oauth: [], keyFiles: [], api: server.url }, inventory: [], answers: [] },
      { signal: new AbortController().signal },
    );
    const chain = judgePosture(facts).find(({ id }) => id === 'api.certificate');
    expect(chain).toMatchObject({ status: 'fail', seen: expect.stringContaining('not trusted here') });
    expect(folder).toBeTruthy();
  });

  test('that speaks TLS 1.1 and nothing newer fails, and is not called unreachable', async ({ folder }) => {
    await using server = await httpsServer('server', {
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: oldDigests,
    });
    expect((await ofApi(folder, server))['api.tls-version']).toMatch(
      /^fail: .* supports TLS 1\.1 and nothing newer/,
    );
  });

  test('that accepts TLS 1.0 beside newer versions fails', async ({ folder }) => {
    await using server = await httpsServer('server', { minVersion: 'TLSv1', ciphers: oldDigests });
    expect(await ofApi(folder, server)).toMatchObject({
      'api.https': expect.stringMatching(/^pass: .*TLS 1\.3/),
      'api.tls-version': 'fail: TLS 1.1 and TLS 1.0 are accepted too',
    });
  });

  test.for([
    ['', 'warn: the response has no Strict-Transport-Security header'],
    ['max-age=3600', 'warn: the header is valid for 0 days, less than half a year'],
    ['includeSubDomains', 'warn: the header has no max-age: “includeSubDomains”'],
  ] as const)('with the HSTS header “%s” is warned of', async ([value, seen], { folder }) => {
    await using server = await httpsServer('server', {}, value === '' ? undefined : withHsts(value));
    expect((await ofApi(folder, server))['api.hsts']).toBe(seen);
  });

  test('is not followed where it redirects, and fails where that leaves HTTPS', async ({ folder }) => {
    await using elsewhere = await httpServer((_, response) => response.end());
    await using server = await httpsServer('server', {}, (_, response) => {
      response.writeHead(302, { location: `${elsewhere.url}/?token=secret` }).end();
    });
    const found = await ofApi(folder, server);
    expect(found['api.redirect']).toBe(`fail: it redirects to ${elsewhere.url}, which is not encrypted`);
    expect(elsewhere.asked).toEqual([]);
  });

  test('that cannot be reached, or is something else, is not known', async ({ folder }) => {
    await using ssh = await socketServer((write) => write('SSH-2.0-OpenSSH_9.2\r\n'));
    const found = await findings(folder, {
      api: 'https://localhost:1/',
      oauth: [ssh.url.replace('http:', 'https:')],
    });
    expect(found['api.https']).toMatch(/^unknown: .*nothing is listening on that host and port/);
    expect(found['oauth.1.https']).toMatch(/^unknown: .*could not be checked/);
  });
});

describe('a hostile server', () => {
  test('gets no control character into a finding, and no more than a piece of its body is read', async ({
    folder,
  }) => {
    let sent = 0;
    await using server = await httpServer((_, response) => {
      const chunk = Buffer.alloc(64 * 1024, '{');
      const more = (): void => {
        sent += chunk.length;
        if (!response.destroyed) response.write(chunk, () => setImmediate(more));
      };
      response.writeHead(200, { location: 'java\tscript:\u0085alert(1)' });
      more();
    });
    const found = await findings(folder, { qdrant: server.url });
    expect(found['qdrant.api-key']).toMatch(/^unknown: .*status 200/);
    expect(JSON.stringify(found)).not.toMatch(/\p{Cc}/u);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test('whose headers have no end is left', async ({ folder }) => {
    await using server = await socketServer((write) => write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(200_000)}`));
    expect((await findings(folder, { qdrant: server.url }))['qdrant.api-key']).toMatch(
      /^unknown: .*headers are too long/,
    );
  });

  test('that never answers is left at once when the check is cancelled', async ({ folder }) => {
    await using server = await socketServer(() => undefined);
    const controller = new AbortController();
    const started = performance.now();
    setTimeout(() => controller.abort(), 100);
    await expect(findings(folder, { api: server.url }, controller.signal)).rejects.toThrow(/abort/i);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('Qdrant', () => {
  test('that answers without an API key is told of, with what it listed', async ({ folder }) => {
    await using server = await httpsServer('server', {}, qdrant());
    expect((await findings(folder, { qdrant: server.url }))['qdrant.api-key']).toMatch(
      /^warn: GET \/collections without an API key is answered \(2 listed\), at least from this machine/,
    );
    expect(server.asked.map(({ path }) => path)).toEqual(['/collections']);
  });

  test('that asks for one passes, also under a path of its own', async ({ folder }) => {
    await using server = await httpsServer('server', {}, qdrant('k'));
    expect(await findings(folder, { qdrant: `${server.url}/vectors/` })).toMatchObject({
      'qdrant.https': expect.stringMatching(/^pass/),
      'qdrant.api-key': 'pass: GET /collections without an API key is refused',
    });
    expect(server.asked.map(({ path }) => path)).toEqual(['/vectors/collections']);
  });

  test('without TLS on this machine is warned of', async ({ folder }) => {
    await using server = await httpServer(qdrant('k'));
    expect((await findings(folder, { qdrant: server.url }))['qdrant.https']).toMatch(
      /^warn: the connection to .* is not encrypted, but does not leave this machine/,
    );
  });
});

test('what is looked at side by side is all told', async ({ folder }) => {
  await using server = await httpsServer('server');
  const [api, vectors] = [`${server.url}/api/v1`, `${server.url}/vectors`];
  const found = await findings(folder, { api, qdrant: vectors, oauth: [server.url, api] });
  for (const id of ['api.https', 'qdrant.https', 'oauth.1.https', 'oauth.2.https'])
    expect(found[id]).toMatch(/^pass/);
});

test('each OAuth endpoint has findings of its own, and what was not named is not known', async ({
  folder,
}) => {
  await using good = await httpsServer('server');
  await using bad = await httpsServer('posture-self');
  const found = await findings(folder, { oauth: [good.url, bad.url] });
  expect(found['oauth.1.certificate']).toMatch(/^pass/);
  expect(found['oauth.2.certificate']).toMatch(/^fail/);
  expect(found['api.https']).toBe('unknown: no address is configured for API');
  expect(found['self-hosting.tls']).toMatch(/^fail: fails: OAuth localhost/);
});
