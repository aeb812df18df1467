import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inTerminalWords } from '#commands/act-text';
import { saying } from '#test/saying';
import {
  assertFitForEncryption,
  EncryptionKey,
  generateEncryptionKey,
  isPubliclyKnown,
  parseEncryptionKey,
} from '#crypto/encryption-key';
import { fingerprintOf } from '#crypto/fingerprint';
import { KeelError } from '#errors/keel-error';

/** Bytes of every kind: its base64 holds `+`, `/` and both cases. */
const bytes = Buffer.from('fbefbe00112233445566778899aabbccddeeff0123456789abcdef3e3f7f80ff', 'hex');
const text = bytes.toString('base64');
const published = 'aaxqwQD9JlKPkyhBoZbpjwQysmeVAovra2FTMUOa6Vo=';

function refusal(input: string, options?: { allowWeak?: boolean }): KeelError {
  try {
    parseEncryptionKey(input, options)[Symbol.dispose]();
  } catch (error) {
    if (error instanceof KeelError) return error;
    throw error;
  }
  throw new Error('the key was accepted');
}

describe('a key as Ballast writes it', () => {
  test('is read to the byte and written again in the same form', () => {
    using key = parseEncryptionKey(text);
    expect(key.bytes).toEqual(bytes);
    expect(key.toBase64()).toBe(text);
    expect(key.fingerprint).toBe(fingerprintOf(bytes));
  });

  test.for(['\n', '\r\n'])('may end in one line break (%j)', (lineBreak) => {
    using key = parseEncryptionKey(text + lineBreak);
    expect(key.bytes).toEqual(bytes);
  });

  test('is read whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (any) => {
        using key = parseEncryptionKey(Buffer.from(any).toString('base64'), { allowWeak: true });
        expect([...key.bytes]).toEqual([...any]);
      }),
    );
  });
});

describe('a key that was got wrong', () => {
  test.for([
    ['empty', '', 'the key is empty'],
    ['of blanks', ' \t\n', 'the key is empty'],
    ['pasted with its variable', `ENCRYPTION_KEY=${text}`, 'the key is preceded by the variable name'],
    [
      'pasted from a shell script',
      `export ENCRYPTION_KEY="${text}"`,
      'the key is preceded by the variable name',
    ],
    ['pasted from a spaced file', `ENCRYPTION_KEY = ${text}`, 'the key is preceded by the variable name'],
    ['only its variable', 'ENCRYPTION_KEY=', 'the key is preceded by the variable name'],
    ['after a space', ` ${text}`, 'there are spaces or line breaks around the key'],
    ['before a space', `${text} `, 'there are spaces or line breaks around the key'],
    ['before two line breaks', `${text}\n\n`, 'there are spaces or line breaks around the key'],
    ['in double quotes', `"${text}"`, 'there are quotation marks around the key'],
    ['in single quotes', `'${text}'`, 'there are quotation marks around the key'],
    ['behind half a pair of quotes', `${text}"`, 'there are quotation marks around the key'],
    ['broken by a space', `${text.slice(0, 20)} ${text.slice(20)}`, 'inside the key'],
    ['broken over two lines', `${text.slice(0, 20)}\n${text.slice(20)}`, 'inside the key'],
    ['in hex', bytes.toString('hex'), 'the key is written in hex (64 digits)'],
    ['in upper-case hex', bytes.toString('hex').toUpperCase(), 'the key is written in hex (64 digits)'],
    ['in hex with 0x', `0x${bytes.toString('hex')}`, 'the key is written in hex (64 digits)'],
    ['in base64url', bytes.toString('base64url'), 'the key is written in base64url'],
    ['in padded base64url', `${bytes.toString('base64url')}=`, 'the key is written in base64url'],
    ['with a foreign character', text.replace('A', '!'), 'a character that is not base64'],
    ['with an = inside', `${text.slice(0, 20)}=${text.slice(20)}`, 'a character that is not base64'],
    ['without its padding', text.slice(0, -1), 'the padding `=` at the end of the key is missing'],
    ['as UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le').toString('utf8'), 'in UTF-16, as PowerShell'],
    ['behind a byte order mark', `\ufeff${text}`, 'the key is preceded by a byte order mark'],
    ['with padding doubled', `${text}=`, 'more than one padding `=`'],
  ] as const)('%s: the message names this mistake', ([, input, message]) => {
    const error = refusal(input);
    expect(error).toMatchObject({ code: 'key-malformed' });
    expect(error.message).toContain(message);
    expect(error.remedy).not.toBe('');
    expect(refusal(input, { allowWeak: true }).message).toBe(error.message);
  });

  test.for([1, 16, 24, 31, 33, 47, 64])('of %i bytes: the message says how many there are', (length) => {
    const counted = length === 1 ? '1 byte long' : `${length} bytes long`;
    const expected = `the key is ${counted}; AES-256 needs exactly 32`;
    expect(refusal(randomBytes(length).toString('base64')).message).toBe(expected);
    expect(refusal(Buffer.alloc(length).toString('base64')).message).toBe(expected);
  });

  test('each mistake has a message of its own', () => {
    const inputs = ['', `K=${text}`, ` ${text}`, `"${text}"`, bytes.toString('hex'), text.slice(0, -4)];
    expect(new Set(inputs.map((input) => refusal(input).message)).size).toBe(inputs.length);
  });
});

describe('a key of low variety', () => {
  test.for([
    ['zeros', Buffer.alloc(32)],
    ['one byte', Buffer.alloc(32, 'k')],
    ['a word over and over', Buffer.alloc(32, 'password')],
    ['fifteen values', Buffer.from(Array.from({ length: 32 }, (_, i) => i % 15))],
  ] as const)('of %s is refused, unless it is to be rotated away from', ([, weak]) => {
    const input = weak.toString('base64');
    expect(refusal(input)).toMatchObject({ code: 'key-weak' });
    using key = parseEncryptionKey(input, { allowWeak: true });
    expect(key.bytes).toEqual(weak);
  });

  test('is one with fewer than sixteen different bytes', () => {
    const varied = Buffer.from(Array.from({ length: 32 }, (_, i) => i % 16));
    using key = parseEncryptionKey(varied.toString('base64'));
    expect(key.bytes).toEqual(varied);
  });
});

describe('the example key of the documentation', () => {
  test.for([false, true])('is read (allowWeak %s), but nothing is encrypted with it', (allowWeak) => {
    using key = parseEncryptionKey(published, { allowWeak });
    expect(isPubliclyKnown(key)).toBe(true);
    expect(() => assertFitForEncryption(key)).toThrow(
      expect.objectContaining({ code: 'key-publicly-known', remedy: saying('generate') }),
    );
  });

  test('is the only one refused', () => {
    using key = parseEncryptionKey(text);
    expect(isPubliclyKnown(key)).toBe(false);
    expect(() => assertFitForEncryption(key)).not.toThrow();
  });
});

describe('a generated key', () => {
  test('has the form of `openssl rand -base64 32`', () => {
    for (let i = 0; i < 200; i++) {
      using key = generateEncryptionKey();
      expect(key.toBase64()).toMatch(/^[A-Za-z0-9+/]{43}=$/);
      using again = parseEncryptionKey(key.toBase64());
      expect(again.bytes).toEqual(key.bytes);
      expect(() => assertFitForEncryption(key)).not.toThrow();
    }
  });

  test('is never made twice', () => {
    const keys = Array.from({ length: 500 }, () => generateEncryptionKey());
    expect(new Set(keys.map((key) => key.toBase64())).size).toBe(500);
    expect(new Set(keys.map(({ fingerprint }) => fingerprint)).size).toBe(500);
  });
});

describe('a copy of a key', () => {
  test('outlives the key it came from', () => {
    const key = new EncryptionKey(Buffer.from(bytes));
    using copy = key.copy();
    key[Symbol.dispose]();
    expect(copy.bytes).toEqual(bytes);
    expect(copy.fingerprint).toBe(key.fingerprint);
    expect(() => key.toBase64()).toThrow('wiped');
  });
});

describe('no refusal', () => {
  const mistakes: ((key: Buffer, text: string) => string)[] = [
    (_, text) => `ENCRYPTION_KEY=${text}`,
    (_, text) => `export FOO='${text}'`,
    (_, text) => ` ${text}`,
    (_, text) => `"${text}"`,
    (_, text) => `${text.slice(0, 17)} ${text.slice(17)}`,
    (key) => key.toString('hex'),
    (key) => key.toString('base64url'),
    (_, text) => text.slice(0, -1),
    (_, text) => text.slice(5),
    (_, text) => text + text,
    (_, text) => `${text.slice(0, 9)}!${text.slice(9)}`,
    (key) => key.toString('latin1'),
    () => Buffer.alloc(32, 'hunter2').toString('base64'),
  ];

  test('repeats any part of what was typed', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.constantFrom(...mistakes),
        (raw, spoil) => {
          const key = Buffer.from(raw);
          const typed = spoil(key, key.toString('base64'));
          let shown = '';
          try {
            parseEncryptionKey(typed)[Symbol.dispose]();
          } catch (error) {
            if (!(error instanceof KeelError)) throw error;
            shown = [error.message, inTerminalWords(error.remedy), error.stack, JSON.stringify(error)].join(
              '\n',
            );
          }
          const secret = typed.replace(/^(ENCRYPTION_KEY|export FOO)=/, '');
          for (let at = 0; at + 8 <= secret.length; at++)
            expect(shown).not.toContain(secret.slice(at, at + 8));
        },
      ),
      // base64 of zeros or of one letter over and over is part of no message either
      {
        examples: [
          [new Uint8Array(32), mistakes[4]],
          [new Uint8Array(32), mistakes[8]],
        ] as never,
      },
    );
  });
});
