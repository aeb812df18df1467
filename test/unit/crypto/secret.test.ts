import { format, inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';

const text = 'hunter2-hunter2-hunter2-hunter2-';
const kinds = [
  ['a secret', () => new Secret(Buffer.from(text))],
  ['an encryption key', () => new EncryptionKey(Buffer.from(text))],
] as const;

test('a secret gives its live bytes, not a copy', () => {
  const bytes = Buffer.from(text);
  using secret = new Secret(bytes);
  expect(secret.bytes).toBe(bytes);
});

describe.for(kinds)('%s', ([, make]) => {
  test('refuses to be serialised, alone or inside something', () => {
    using secret = make();
    expect(() => JSON.stringify(secret)).toThrow('about to be serialised');
    expect(() => JSON.stringify({ deep: [{ secret }] })).toThrow('about to be serialised');
  });

  test.for([
    ['String()', (secret: Secret) => String(secret)],
    ['a template', (secret: Secret) => `key ${String(secret)}`],
    ['joining', (secret: Secret) => [secret, secret].join(' ')],
    ['inspect', (secret: Secret) => inspect(secret)],
    ['inspect with all it can show', (secret: Secret) => inspect(secret, { showHidden: true, depth: null })],
    ['inspect inside an object', (secret: Secret) => inspect({ secret })],
    ['the format of console.log', (secret: Secret) => format('%s %o %O', secret, secret, secret)],
    ['the message of an error', (secret: Secret) => new Error(String(secret)).message],
  ] as const)('becomes only its label by %s', ([, show]) => {
    using secret = make();
    const shown = show(secret);
    expect(shown).toContain('[secret]');
    expect(shown).not.toContain('hunter2');
    expect(shown).not.toContain(Buffer.from('hunter2').toString('hex'));
    expect(shown).not.toContain(Buffer.from(text).toString('base64').slice(0, 8));
  });

  test('has no property that holds its bytes', () => {
    using secret = make();
    expect(Object.values(secret).filter((value) => typeof value !== 'string')).toEqual([]);
    expect(Object.values(secret).join(' ')).not.toContain('hunter2');
  });

  test('is wiped when its owner is done with it, and not used after', () => {
    let bytes: Buffer;
    let kept: Secret;
    {
      using secret = make();
      bytes = secret.bytes;
      kept = secret;
      expect(bytes.toString()).toBe(text);
    }
    expect(bytes).toEqual(Buffer.alloc(32));
    expect(() => kept.bytes).toThrow('secret used after it was wiped');
    expect(String(kept)).toBe('[secret]');
  });

  test('may be disposed twice', () => {
    const secret = make();
    secret[Symbol.dispose]();
    expect(() => secret[Symbol.dispose]()).not.toThrow();
  });

  test('is wiped even when its owner fails', () => {
    let bytes: Buffer = Buffer.alloc(0);
    expect(() => {
      using secret = make();
      bytes = secret.bytes;
      throw new Error('failed');
    }).toThrow('failed');
    expect(bytes).toEqual(Buffer.alloc(32));
  });
});
