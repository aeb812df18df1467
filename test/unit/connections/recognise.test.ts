import { expect, test } from 'vitest';
import type { SecretKind } from '#contract/inventory';
import type { HttpPlan } from '../../../src-main/connections/probe-plan.ts';
import { providerProbes } from '#connections/provider-probes';
import { recognise } from '#connections/recognise';

const probes = providerProbes();

function of(value: string | object, source?: string, kind: SecretKind = 'credentials') {
  return recognise({ text: typeof value === 'string' ? value : JSON.stringify(value), kind, source }, probes);
}

function request(value: string | object, source?: string, kind?: SecretKind): HttpPlan {
  const plan = of(value, source, kind);
  expect(typeof plan, JSON.stringify(plan)).toBe('object');
  return plan as HttpPlan;
}

test('a login in parts is recognised by its source, its driver field or its port', () => {
  const login = { host: 'db.example.com', username: 'ana', password: 'geheim', database: 'sales' };
  const expected = { host: 'db.example.com', user: 'ana', password: 'geheim', database: 'sales' };
  expect(of({ ...login, port: 5433 }, 'postgresql')).toEqual({
    probe: 'postgresql',
    port: 5433,
    tls: 'if-offered',
    ...expected,
  });
  expect(of({ ...login, driver: 'mysql+aiomysql' })).toMatchObject({
    probe: 'mysql',
    port: 3306,
    ...expected,
  });
  expect(of({ ...login, port: '27017' })).toMatchObject({ probe: 'mongodb', tls: 'none' });
  expect(of({ DB_HOST: 'r.example.com', Port: 6379, 'db-password': 'x', ssl: true })).toMatchObject({
    probe: 'redis',
    password: 'x',
    tls: 'verified',
  });
  expect(
    of({ connection: { host: 'h.example.com:5444', user: 'u', password: 'p' } }, 'Postgres'),
  ).toMatchObject({
    probe: 'postgresql',
    port: 5444,
  });
});

test('how far the way is protected is what the credential asks for, and the strictest where its word is unknown', () => {
  const tls = (sslmode: unknown, rest = {}) => {
    const plan = of({ host: 'h', user: 'u', password: 'p', sslmode, ...rest }, 'postgresql');
    return (plan as { tls: string }).tls;
  };
  expect(
    ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', true, false, 'maximal'].map((m) => tls(m)),
  ).toEqual(['none', 'if-offered', 'unverified', 'verified', 'verified', 'verified', 'none', 'verified']);
  expect(tls(true, { reject_unauthorized: false })).toBe('unverified');
});

test('connection URLs are read by scheme, with what they say of TLS', () => {
  expect(of('postgresql+asyncpg://ana:a%40b@db.example.com/sales?sslmode=require')).toEqual({
    probe: 'postgresql',
    host: 'db.example.com',
    port: 5432,
    user: 'ana',
    password: 'a@b',
    database: 'sales',
    tls: 'unverified',
  });
  expect(of('rediss://:pw@cache.example.com:6380/1')).toEqual({
    probe: 'redis',
    host: 'cache.example.com',
    port: 6380,
    password: 'pw',
    tls: 'verified',
  });
  expect(of({ uri: 'mongodb+srv://ana:pw@cluster0.abcde.example.net/?authSource=users' }, 'mongodb')).toEqual(
    {
      probe: 'mongodb',
      host: 'cluster0.abcde.example.net',
      port: 27017,
      user: 'ana',
      password: 'pw',
      authSource: 'users',
      isServiceName: true,
      tls: 'verified',
    },
  );
  expect(of('mongodb://a:b@one.example.com:27018,two.example.com/x?tls=true')).toMatchObject({
    host: 'one.example.com',
    port: 27018,
    tls: 'verified',
  });
});

test('a URL whose password is not encoded is not tried: half of it would be taken for a host', () => {
  for (const url of [
    'postgres://ana:12/34@db.example.com/x',
    'postgres://ana:a@b@db.example.com/x',
    'mysql://ana:a#b@db.example.com/x',
    'postgres://ana:%zz@db.example.com/x',
    'redis://ana:a?b@cache.example.com',
  ]) {
    expect(of(url), url).toBe('unreadable');
  }
  expect(of({ host: 'pass word', user: 'u', password: 'p' }, 'mysql')).toBe('unreadable');
});

test('a token goes to the provider that its beginning names, whatever the database calls the source', () => {
  const slack = request({ access_token: 'xoxb-1-2-3' }, 'github');
  expect(slack).toMatchObject({ probe: 'slack', host: 'slack.com', method: 'POST', path: '/api/auth.test' });
  expect(slack.headers).toMatchObject({ authorization: 'Bearer xoxb-1-2-3' });
  expect(request('ghp_abc', undefined, 'api-credential').host).toBe('api.github.com');
  expect(request('sk_live_1', 'unheard-of', 'api-credential').probe).toBe('stripe');
  expect(request('ya29.abc', undefined, 'oauth-access-token').host).toBe('oauth2.googleapis.com');
});

test('a source is known by its short name where the token does not tell', () => {
  expect(request({ access_token: 'abc' }, 'google_drive').probe).toBe('google');
  expect(request({ access_token: 'abc' }, 'outlook_mail').probe).toBe('microsoft');
  expect(request({ access_token: 'abc' }, 'asana').host).toBe('app.asana.com');
  expect(request('abc', 'hubspot', 'oauth-access-token').host).toBe('api.hubapi.com');
  expect(
    request({ personal_access_token: 'glpat-1', base_url: 'https://git.example.com:8443/' }, 'gitlab'),
  ).toMatchObject({
    host: 'git.example.com',
    port: 8443,
    path: '/api/v4/user',
  });
});

test('each provider is authorised in its own way', () => {
  const header = (plan: HttpPlan) => Object.fromEntries(Object.entries(plan.headers))['authorization'];
  const jira = request({ site: 'acme', email: 'ana@example.com', api_token: 't' }, 'jira');
  expect(jira.host).toBe('acme.atlassian.net');
  expect(header(jira)).toBe(`Basic ${Buffer.from('ana@example.com:t').toString('base64')}`);
  expect(request({ access_token: 't', refresh_token: 'r' }, 'jira').host).toBe('api.atlassian.com');
  const zendesk = request({ subdomain: 'acme', email: 'ana@example.com', api_token: 't' }, 'zendesk');
  expect(zendesk.host).toBe('acme.zendesk.com');
  expect(header(zendesk)).toBe(`Basic ${Buffer.from('ana@example.com/token:t').toString('base64')}`);
  expect(header(request('lin_api_1'))).toBe('lin_api_1');
  expect(header(request('lin_oauth_1'))).toBe('Bearer lin_oauth_1');
  expect(header(request({ api_key: 'k1', token: 't1' }, 'trello'))).toContain('oauth_token="t1"');
  expect(request({ shop: 'acme', access_token: 's' }, 'shopify').headers).toMatchObject({
    'x-shopify-access-token': 's',
  });
});

test('a token of somebody’s own server is not sent to the provider', () => {
  const own = { personal_access_token: 'ghp_abc', base_url: 'https://github.example.com/api/v3' };
  expect(request(own, 'github')).toMatchObject({
    probe: 'http',
    host: 'github.example.com',
    path: '/api/v3',
  });
  expect(of({ instance_url: 'https://evil.example.com', access_token: '00D' }, 'salesforce')).toMatchObject({
    probe: 'http',
    host: 'evil.example.com',
  });
  expect(of({ subdomain: 'evil.example.com/', access_token: 't' }, 'zendesk')).toBe('unknown');
});

test('an unknown API is asked by bearer, or by user and password', () => {
  const header = (value: object) => request(value).headers['authorization'];
  expect(header({ base_url: 'https://api.example.com/v1/me', api_key: 'k' })).toBe('Bearer k');
  expect(header({ url: 'https://x.example.com', username: 'u', password: 'p' })).toBe('Basic dTpw');
  expect(request('https://u:p@hooks.example.com/x', undefined, 'connection-string').headers).toMatchObject({
    authorization: 'Basic dTpw',
  });
});

test('what cannot or must not be tried is named with its reason', () => {
  expect(of('anything', 'google_drive', 'oauth-refresh-token')).toBe('refresh-token');
  expect(of('1//0abc', undefined, 'unknown')).toBe('refresh-token');
  expect(of({ refresh_token: 'r', client_id: 'c', client_secret: 's' }, 'google_drive')).toBe(
    'refresh-token',
  );
  expect(of({ aws_access_key_id: 'AKIAABCDEFGHIJKLMNOP', aws_secret_access_key: 's' }, 's3')).toBe(
    'signing-needed',
  );
  expect(of('hunter22', 'postgresql', 'database-password')).toBe('incomplete');
  expect(of({ user: 'u', password: 'p' }, 'postgresql')).toBe('incomplete');
  expect(of('some words', undefined, 'unknown')).toBe('unknown');
  expect(of({ token: 'line\nbreak' }, 'notion')).toBe('unknown');
  expect(of({ host: 'h.example.com', port: 1521, password: 'p' }, 'oracle')).toMatchObject({
    probe: 'tls',
    port: 1521,
  });
});
