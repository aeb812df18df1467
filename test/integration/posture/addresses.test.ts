import { expect } from 'vitest';
import { findings } from '#test/support/peers/posture-findings';
import { httpsServer } from '#test/support/peers/posture-servers';
import { test } from '#test/support/temp-folder';

test('an API is looked at under each address of its name, and judged by the worst', async ({ folder }) => {
  await using good = await httpsServer('wronghost', {});
  const { port } = new URL(good.url);
  await using _old = await httpsServer('expired', {}, undefined, {
    host: '127.0.0.2',
    port: Number(port),
  });
  const api = `https://db.example.com:${port}/`;
  const three = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
  const found = await findings(folder, { api }, undefined, async () => three);
  expect(found).toMatchObject({
    'api.https': expect.stringMatching(/^pass: /),
    'api.expiry': expect.stringMatching(/^fail: at 127\.0\.0\.2: it expired on 20/),
    'api.host-name': expect.stringMatching(/^fail: at 127\.0\.0\.2: the certificate/),
    'api.addresses':
      'unknown: of the 3 addresses of db.example.com, some were not checked: 127.0.0.3 (nothing is listening on that host and port)',
  });
  const both = await findings(folder, { api }, undefined, async () => three.slice(0, 2));
  expect(both['api.addresses']).toBe('pass: db.example.com has 2 addresses, and each was checked');
  const one = await findings(folder, { api }, undefined, async () => three.slice(0, 1));
  expect(Object.keys(one)).not.toContain('api.addresses');
});
