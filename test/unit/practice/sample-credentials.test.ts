import { describe, expect, test } from 'vitest';
import { drawFrom, samplePassword, sampleSources } from '#practice/sample-credentials';

const series = (seed: number) => {
  const draw = drawFrom(seed);
  return Array.from({ length: 50 }, () => draw.text(8));
};

describe('a draw', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(series(7)).toEqual(series(7));
    expect(series(7)).not.toEqual(series(8));
    expect(new Set(series(7)).size).toBe(50);
  });

  test('stays within its limit and reaches all of it, about equally often', () => {
    const draw = drawFrom(3);
    const counts = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 6_000; i++) {
      const drawn = draw.number(6);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    expect(counts).toHaveLength(6);
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  test('writes text of the length and alphabet asked for', () => {
    const draw = drawFrom(1);
    expect(draw.text(40)).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(draw.text(12, '01')).toMatch(/^[01]{12}$/);
    expect(draw.text(0)).toBe('');
    expect(['a', 'b']).toContain(draw.pick(['a', 'b']));
  });
});

describe('the credentials of a sample source', () => {
  test.for([
    ['postgresql', { host: /\.db\.example\.com$/, username: /^app_/, password: /.{8}/ }],
    ['mysql', { host: /\.db\.example\.com$/, password: /.{8}/ }],
    ['slack', { access_token: /^xoxb-\d{12}-\d{13}-\w{24}$/ }],
    ['github', { personal_access_token: /^ghp_\w{36}$/, repo: /.\/./ }],
    ['google_drive', { access_token: /^ya29\.\w{180}$/, refresh_token: /^1\/\/0\w{98}$/ }],
    ['notion', { access_token: /^ntn_\w{46}$/ }],
    ['stripe', { api_key: /^sk_live_\w{99}$/ }],
    ['mongodb', { uri: /^mongodb\+srv:\/\/[^:]+:\w{16}@/ }],
    ['s3', { aws_access_key_id: /^AKIA[A-Z2-7]{16}$/, aws_secret_access_key: /^\w{40}$/ }],
  ] as const)('%s look like real ones', ([kind, shape]) => {
    const draw = drawFrom(5);
    for (let i = 0; i < 20; i++) {
      const credentials = JSON.parse(JSON.stringify(sampleSources[kind]?.(draw)));
      for (const [name, pattern] of Object.entries(shape)) expect(credentials[name]).toMatch(pattern);
    }
  });

  test('cover all kinds that are listed here', () => {
    expect(Object.keys(sampleSources)).toHaveLength(9);
  });
});

test('passwords are as people make them: generated, chosen, and some beyond ASCII', () => {
  const draw = drawFrom(11);
  const passwords = Array.from({ length: 500 }, () => samplePassword(draw));
  const share = (pattern: RegExp) => passwords.filter((password) => pattern.test(password)).length / 500;
  expect(share(/^[A-Za-z0-9]{16,31}$/)).toBeGreaterThan(0.6);
  expect(share(/^[^-]+-[^-]+-\d+$/)).toBeGreaterThan(0.1);
  expect(share(/🔑/u)).toBeGreaterThan(0.04);
});
