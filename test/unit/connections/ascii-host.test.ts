import { lookup } from 'node:dns/promises';
import { expect, test } from 'vitest';
import { asciiHost } from '#shared/ascii-host';

test.each([
  ['db.example.com', 'db.example.com'],
  ['DB.Example.com.', 'db.example.com.'],
  ['my_db', 'my_db'],
  ['v\u0430ult.example', 'xn--vult-53d.example'],
  ['xn--vult-53d.example', 'xn--vult-53d.example'],
  ['fa\u00df.de', 'xn--fa-hia.de'],
  ['\uff45xample.com', 'example.com'],
  ['d\u00adb.example', 'db.example'],
  ['2130706433', '127.0.0.1'],
  ['0x7f.1', '127.0.0.1'],
  ['::1', '::1'],
  ['0:0::1', '::1'],
  ['FE80::1%eth0', 'fe80::1%eth0'],
  ['/var/run/postgresql', '/var/run/postgresql'],
  ['@abstract', '@abstract'],
])('the host %s is looked up as %s', (typed, host) => {
  expect(asciiHost(typed)).toBe(host);
});

test('a host with a letter of Latin-1 is still found once the lookup was made often', () => {
  // Node 20 reads such texts wrongly in `URL.canParse` as soon as V8 has optimised the call
  const found = new Set<string | undefined>();
  for (let i = 0; i < 30_000; i++) found.add(asciiHost('fa\u00df.de'));
  expect([...found]).toEqual(['xn--fa-hia.de']);
});

test.each([
  '',
  'a b',
  'a\nb',
  'ev%69l.example',
  'a/b',
  'a?b',
  'a#b',
  'a@b',
  'a\\b',
  'a:b',
  '12:34',
  '[::1]',
  'a\u200d.example',
  'a.'.repeat(130),
])('no server is called %j', (typed) => {
  expect(asciiHost(typed)).toBeUndefined();
});

test('a number is looked up as the address that it stands for', async () => {
  expect((await lookup('2130706433', { family: 4 })).address).toBe('127.0.0.1');
});
