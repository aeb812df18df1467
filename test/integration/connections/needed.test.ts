import { expect, test } from 'vitest';
import { providerProbes } from '#connections/provider-probes';
import { startApi } from '#test/support/peers/api-servers';
import { probeOne } from '#test/support/peers/probed-credential';

// A credential works only if the same question without it is refused.

const token = 'tok-7f3a9c-secret';
const bearer = (origin: string) => ({ base_url: `${origin}/me`, api_key: token });

test.each([
  [200, 401, '', 'token-accepted'],
  [200, 403, '', 'token-accepted'],
  [204, 401, '', 'token-accepted'],
  [200, 302, '/login?next=/me', 'token-accepted'],
  [200, 302, 'https://sso.example.com/', 'token-accepted'],
  [200, 302, '/maintenance', 'need-unclear'],
  [200, 302, '/authors', 'need-unclear'],
  [200, 200, '', 'answers-everybody'],
  [200, 204, '', 'answers-everybody'],
  [200, 400, '', 'need-unclear'],
  [200, 404, '', 'need-unclear'],
  [200, 405, '', 'need-unclear'],
  [200, 429, '', 'need-unclear'],
  [200, 500, '', 'need-unclear'],
  [200, 503, '', 'need-unclear'],
] as const)(
  'an API that answers %i with a token, and %i without (%s): %s',
  async (withIt, without, location, reason) => {
    await using api = await startApi((request, response) => {
      response
        .writeHead(request.headers.authorization ? withIt : without, location ? { location } : {})
        .end('{}');
    });
    const outcome = reason === 'token-accepted' ? 'works' : 'not-probed';
    expect(await probeOne(bearer(api.origin), [token])).toMatchObject({ outcome, reason });
  },
);

test('an API that does not answer without the token leaves open whether it was needed', async () => {
  await using api = await startApi((request, response) => {
    if (request.headers.authorization) response.writeHead(200).end();
    else response.destroy();
  });
  expect(await probeOne(bearer(api.origin), [token])).toMatchObject({ reason: 'need-unclear' });
});

test.each([
  [403, 403, 'answers-everybody'],
  [403, 401, 'token-accepted'],
  [403, 503, 'need-unclear'],
  // as its documentation says
  [200, 200, 'token-accepted'],
] as const)(
  'a provider’s own server that answers %i with a token, and %i without: %s',
  async (withIt, without, reason) => {
    await using api = await startApi((request, response) => {
      response.writeHead(request.headers.authorization ? withIt : without).end('{}');
    });
    const providers = providerProbes()
      .filter(({ name }) => name === 'notion')
      .map((probe) => ({ ...probe, url: `${api.origin}/v1/users/me` }));
    expect(await probeOne({ access_token: token }, [token], { source: 'notion', providers })).toMatchObject({
      reason,
    });
  },
);
