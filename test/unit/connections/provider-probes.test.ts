import { expect, test } from 'vitest';
import { readAnswer } from '#connections/probes/http-meaning';
import { providerProbes } from '#connections/provider-probes';

const probes = providerProbes();

test('no two providers claim the same beginning of a token', () => {
  const prefixes = probes.flatMap(({ prefixes = [], refreshPrefixes = [] }) => [
    ...prefixes,
    ...refreshPrefixes,
  ]);
  expect(new Set(prefixes).size).toBe(prefixes.length);
});

test('a probe asks and changes nothing: GET, or a POST that its documentation offers for looking', () => {
  const posts = probes
    .filter(({ method }) => method === 'POST')
    .map(({ name, url, body = '' }) => `${name} ${url} ${body}`);
  expect(posts).toEqual([
    'slack https://slack.com/api/auth.test ',
    'google https://oauth2.googleapis.com/tokeninfo ',
    'linear https://api.linear.app/graphql {"query":"query { viewer { id } }"}',
    'linear https://api.linear.app/graphql {"query":"query { viewer { id } }"}',
    'dropbox https://api.dropboxapi.com/2/check/user {"query":"keel"}',
    'monday https://api.monday.com/v2 {"query":"{ me { id } }"}',
  ]);
});

test('no probe has the credential in its address, where servers log it', () => {
  for (const { url } of probes) expect(url).not.toMatch(/[{?](?!base)/);
});

test('every provider tells works from refused', () => {
  for (const { works, refused } of probes) {
    expect(works.length).toBeGreaterThan(0);
    expect(refused.filter((status) => works.includes(status))).toEqual([]);
    expect(refused).toContain(401);
  }
});

function probeOf(name: string) {
  const found = probes.find((probe) => probe.name === name);
  if (!found) throw new Error(name);
  return found;
}

test('an answer of 200 is no proof where a provider answers so to everybody', () => {
  const slack = probeOf('slack');
  expect(readAnswer(slack, 200, { ok: true })).toBe('token-accepted');
  expect(readAnswer(slack, 200, { ok: false, error: 'token_revoked' })).toBe('token-refused');
  expect(readAnswer(slack, 200, { ok: false, error: 'fatal_error' })).toBe('answer-unclear');
  expect(readAnswer(slack, 200, undefined)).toBe('answer-unclear');
  const zendesk = probeOf('zendesk');
  expect(readAnswer(zendesk, 200, { user: { id: null, name: 'Anonymous user' } })).toBe('token-refused');
  expect(readAnswer(zendesk, 200, { user: { id: 7 } })).toBe('token-accepted');
});

test('a short-lived access token that is refused says nothing of its source', () => {
  expect(readAnswer(probeOf('google'), 400, undefined)).toBe('access-token-run-out');
  expect(readAnswer(probeOf('github'), 401, undefined)).toBe('token-refused');
});

test('other answers are told apart', () => {
  const github = probeOf('github');
  const reported = [301, 302, 404, 429, 500, 503].map((status) => readAnswer(github, status, undefined));
  expect(reported).toEqual([
    'redirected',
    'redirected',
    'answer-unclear',
    'server-busy',
    'server-failing',
    'server-busy',
  ]);
});
