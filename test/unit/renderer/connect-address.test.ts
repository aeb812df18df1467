import { describe, expect, test } from 'vitest';
import {
  connectionOf,
  type Draft,
  emptyDraft,
  missingIn,
  tlsOf,
  withTls,
} from '../../../src-renderer/screens/connect/connection-draft.ts';
import { hostOfUrl, takePassword, withParameter } from '../../../src-renderer/screens/connect/pasted-url.ts';
import { tlsWords } from '../../../src-renderer/screens/connect/tls-text.ts';

describe('a password leaves a pasted address', () => {
  test.each([
    ['postgres://u:s3cret@db/x', 'postgres://u@db/x', 's3cret'],
    ['postgresql://u:p%40ss@db:5432/x?sslmode=require', 'postgresql://u@db:5432/x?sslmode=require', 'p@ss'],
    ['postgres+asyncpg://u:pw@db/x', 'postgres+asyncpg://u@db/x', 'pw'],
    // what should have been encoded, and was not
    ['postgres://u:p@ss@db/x', 'postgres://u@db/x', 'p@ss'],
    ['postgres://u:p/w?x#y@db/x', 'postgres://u@db/x', 'p/w?x#y'],
    ['postgres://u:100%@db/x', 'postgres://u@db/x', '100%'],
    ['postgres://u:p@ss/w0rd@db:5432/x', 'postgres://u@db:5432/x', 'p@ss/w0rd'],
    ['postgres://u:p@ss#w0rd@db/x?sslmode=require', 'postgres://u@db/x?sslmode=require', 'p@ss#w0rd'],
    ['postgres://u:p@s?s@db/x?sslmode=require', 'postgres://u@db/x?sslmode=require', 'p@s?s'],
    ['postgres://u:p/w@rd/x@one:1,two:2/x', 'postgres://u@one:1,two:2/x', 'p/w@rd/x'],
    // as a parameter
    ['postgres:///x?host=/run&password=s3cret&user=u', 'postgres:///x?host=/run&user=u', 's3cret'],
    ['  postgres://u:pw@db/x\n', 'postgres://u@db/x', 'pw'],
    ['jdbc:postgresql://db/x?user=u&password=pw', 'jdbc:postgresql://db/x?user=u', 'pw'],
    ['host=db user=u password=pw dbname=x', 'host=db user=u dbname=x', 'pw'],
    ['host=db password=my secret word user=u', 'host=db user=u', 'my secret word'],
    ["host=db password='it's me' user=u", 'host=db user=u', "it's me"],
    ['postgres://u:p?a=b@db/x', 'postgres://u@db/x', 'p?a=b'],
    ["host=db password = 'it\\'s \\\\' user=u", 'host=db user=u', "it's \\"],
  ])('%s', (text, url, password) => {
    expect(takePassword(text)).toEqual({ url, password });
  });

  test.each([
    'postgres://u@db/x',
    'postgres://db:5432/x',
    'postgres://u:@db/x',
    'postgres://db/x?user=a@b',
    'postgres://db:5432/x?user=a@b',
    'not an address: at all@',
    '',
  ])('and none is made up in %j', (text) => {
    expect(takePassword(text)).not.toHaveProperty('password');
  });
});

test('a parameter is set anew, added or removed, and the others stay as they are', () => {
  const url = 'postgres://u@db/x?a=1&sslmode=prefer&b=%20';
  expect(withParameter(url, 'sslmode', 'require')).toBe('postgres://u@db/x?a=1&b=%20&sslmode=require');
  expect(withParameter(url, 'sslmode', undefined)).toBe('postgres://u@db/x?a=1&b=%20');
  expect(withParameter('postgres://u@db/x', 'sslrootcert', '/a b/ca.crt')).toBe(
    'postgres://u@db/x?sslrootcert=/a%20b/ca.crt',
  );
  expect(withParameter('postgres://u@db/x?sslmode=require', 'sslmode', undefined)).toBe('postgres://u@db/x');
});

test('a driver’s word for TLS is shown as the sslmode it is, and gives way to one that is chosen', () => {
  const shown = (url: string) => tlsOf({ ...emptyDraft, url })?.sslmode;
  expect(shown('postgres://u@db/x?ssl=true')).toBe('require');
  expect(shown('jdbc:postgresql://db/x?ssl=true')).toBe('verify-full');
  expect(shown('postgres://u@db/x?ssl=true&sslmode=verify-full')).toBe('verify-full');
  expect(shown('host=db sslmode=verify-ca')).toBe('verify-ca');
  const tls = { sslmode: 'verify-full' } as const;
  expect(withTls({ ...emptyDraft, url: 'postgres://u@db/x?ssl=no-verify&a=1' }, tls).url).toBe(
    'postgres://u@db/x?a=1&sslmode=verify-full',
  );
  expect(withTls({ ...emptyDraft, url: "host=db sslmode='prefer'" }, tls).url).toBe(
    "host=db sslmode='verify-full'",
  );
});

test('the host is seen where there is one', () => {
  expect(hostOfUrl('postgres://u@db.example.org:5432/x')).toBe('db.example.org');
  expect(hostOfUrl('postgres://u@[::1]:5432/x')).toBe('::1');
  expect(hostOfUrl('postgres://u@one:1,two:2/x')).toBe('one');
  expect(hostOfUrl('host=one,two')).toBe('one');
  expect(hostOfUrl('postgres:///x')).toBeUndefined();
  expect(hostOfUrl('db.example.org')).toBeUndefined();
});

const address = { host: 'db', port: 5432, database: 'ballast', user: 'u', sslmode: 'prefer' } as const;
const fromFile: Draft = {
  ...emptyDraft,
  source: 'file',
  file: '/x/.env',
  found: [{ imported: 'one', from: 'DATABASE_URL', address, hasPassword: true }],
  chosen: 'one',
};

describe('the way is protected as is shown', () => {
  test('a URL says so itself, and without a mode it is PostgreSQL’s own default', () => {
    const draft = { ...emptyDraft, url: 'postgres://u@db/x' };
    expect(tlsOf(draft)).toEqual({ sslmode: 'prefer' });
    const stricter = withTls(draft, { sslmode: 'verify-full', sslrootcert: '/ca.crt' });
    expect(stricter.url).toBe('postgres://u@db/x?sslmode=verify-full&sslrootcert=/ca.crt');
    expect(tlsOf(stricter)).toEqual({ sslmode: 'verify-full', sslrootcert: '/ca.crt' });
    expect(tlsOf(withTls(stricter, { sslmode: 'disable' }))).toEqual({ sslmode: 'disable' });
  });

  test('an imported address is protected in another way without its password leaving the main process', () => {
    const stricter = withTls(fromFile, { sslmode: 'verify-ca', sslrootcert: '/ca.crt' });
    expect(connectionOf(stricter)).toEqual({
      imported: 'one',
      tls: { sslmode: 'verify-ca', sslrootcert: '/ca.crt' },
    });
  });

  test('before there is an address, nothing is claimed', () => {
    expect(tlsOf(emptyDraft)).toBeUndefined();
    expect(tlsOf({ ...emptyDraft, source: 'form' })).toEqual({ sslmode: 'verify-full' });
  });

  test('a root certificate is checked under require too', () => {
    expect(tlsWords('require', false).checksAuthority).toBe(false);
    expect(tlsWords('require', true).checksAuthority).toBe(true);
    expect(tlsWords('prefer', true).checksAuthority).toBe(false);
  });
});

test.each<[Draft, string | undefined]>([
  [emptyDraft, 'Paste the database URL'],
  [{ ...emptyDraft, source: 'file' }, 'Choose a file to import from'],
  [fromFile, undefined],
  [{ ...emptyDraft, source: 'form' }, 'Enter the host'],
  [
    { ...emptyDraft, source: 'form', form: { host: 'db', port: '70000', database: 'x', user: 'u' } },
    'The port must be a number from 1 to 65535',
  ],
  [
    { ...emptyDraft, source: 'form', form: { host: 'db', port: '5432', database: 'x', user: ' ' } },
    'Enter the user',
  ],
])('what is missing is said', (draft, missing) => {
  expect(missingIn(draft)).toBe(missing);
});
