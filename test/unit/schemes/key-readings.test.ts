import { hkdfSync, pbkdf2Sync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { halvesOf, literalBytes, parseKeyReading } from '#schemes/key-reading';

async function read(name: string, text: string): Promise<string> {
  const reading = parseKeyReading(name);
  if (!reading || !('read' in reading)) throw new Error(`no reading: ${name}`);
  return (await reading.read(Buffer.from(text))).toString('hex');
}

describe('the reading of a key', () => {
  test('puts what is read from the text and a derivation together, with the length that it says', async () => {
    const made = hkdfSync('sha512', Buffer.from('00ff', 'hex'), 'a/b', 'info', 16);
    expect(await read('hex+hkdf-sha512@16/info/a%2Fb', '00ff')).toBe(Buffer.from(made).toString('hex'));
  });

  test('takes the salt from the text, after the last colon, where the layout says so', async () => {
    const made = pbkdf2Sync('one:two', 'salt', 10, 32, 'sha1').toString('hex');
    expect(await read('pbkdf2-sha1/*/10', 'one:two:salt')).toBe(made);
    await expect(read('pbkdf2-sha1/*/10', 'onetwo')).rejects.toMatchObject({ code: 'key-malformed' });
    expect(() => halvesOf(Buffer.from('key:'))).toThrow('no colon');
  });

  test('takes digits of a hash as characters', async () => {
    const digits = 'ba7816bf8f01cfea414140de5dae2223';
    expect(Buffer.from(await read('sha256-hex32', 'abc'), 'hex').toString()).toBe(digits);
  });

  test('of a salt in each value says how many bytes the key and the IV have', () => {
    expect(parseKeyReading('pbkdf2-sha256-salted-iv16/10000')).toMatchObject({ keyBytes: 32, ivBytes: 16 });
    expect(parseKeyReading('evp-md5')).toMatchObject({ keyBytes: 32, ivBytes: 16 });
    expect(parseKeyReading('scrypt-salted/16384/8/1')).toMatchObject({ keyBytes: 32, ivBytes: 0 });
  });

  test.for([
    'hkdf-sha256',
    'hkdf/info',
    'pbkdf2-sha256/salt',
    'pbkdf2-sha256-iv16/salt/1000',
    'scrypt/salt/1024',
    'argon2id/salt/3',
    'unknown+sha256',
    'evp-md5/salt',
  ])('%s is none', (name) => {
    expect(parseKeyReading(name)).toBeUndefined();
  });
});

test('a salt in a layout may be of any bytes', () => {
  expect(literalBytes('[00ff]')).toEqual(Buffer.from([0, 255]));
  expect(literalBytes('a%20b').toString()).toBe('a b');
});

test.for([
  'scrypt-salted/67108864/8/1',
  'scrypt-salted/16384/8/1000',
  'argon2id/salt/3/99999999/4',
  'argon2id/salt/99999/64/1',
  'pbkdf2-sha256/salt/99999999',
])('a layout that asks for gigabytes or hours is none: %s', (name) => {
  expect(parseKeyReading(name)).toBeUndefined();
});
