import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EncodingName, encodings } from '#forms/encodings';
import { base32 } from '#test/support/forms/foreign-cells';

/** Documents have parts of lengths of their own: `schemes/layouts.test.ts`. */
type OfAnyBytes = Exclude<EncodingName, 'laravel' | 'laravelgcm'>;
const names = Object.keys(encodings).filter((name) => !name.startsWith('laravel')) as OfAnyBytes[];
/** Bytes that the encoding can write: a UUID is of 16. */
const anyBytes = (name: OfAnyBytes) =>
  fc
    .uint8Array(name === 'uuid' ? { minLength: 16, maxLength: 16 } : { maxLength: 200 })
    .map((bytes) => Buffer.from(bytes));

/** Every way in which public code writes bytes down in an encoding, made by the runtime. */
const written: Record<OfAnyBytes, ((bytes: Buffer) => string)[]> = {
  base64: [
    (bytes) => bytes.toString('base64'),
    (bytes) => bytes.toString('base64').replace(/=+$/, ''),
    (bytes) => lines(bytes, 76, '\r\n'),
    (bytes) => lines(bytes, 76, '\n'),
    (bytes) => `${lines(bytes, 64, '\n')}\n`,
    (bytes) => `${bytes.toString('base64')}\n`,
    (bytes) => `${bytes.toString('base64')}\r\n`,
  ],
  base64percent: [
    (bytes) => encodeURIComponent(bytes.toString('base64')),
    (bytes) => encodeURIComponent(bytes.toString('base64').replace(/=+$/, '')),
    (bytes) => encodeURIComponent(bytes.toString('base64')).replace(/%../g, (one) => one.toLowerCase()),
  ],
  base64url: [
    (bytes) => bytes.toString('base64url'),
    (bytes) => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
  ],
  hex: [(bytes) => bytes.toString('hex'), (bytes) => bytes.toString('hex').toUpperCase()],
  base32: [
    base32,
    (bytes) => base32(bytes).toLowerCase(),
    (bytes) => base32(bytes).replace(/=+$/, ''),
    (bytes) => base32(bytes).replace(/=+$/, '').toLowerCase(),
  ],
  uuid: [dashed, (bytes) => dashed(bytes).toUpperCase()],
  raw: [(bytes) => bytes.toString('latin1')],
};

function dashed(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function lines(bytes: Buffer, width: number, end: string): string {
  return (bytes.toString('base64').match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(end);
}

describe.for(names)('%s', (name) => {
  const encoding = encodings[name];

  test('is read in every usual manner, and written again to the letter', () => {
    fc.assert(
      fc.property(anyBytes(name), fc.constantFrom(...written[name]), (bytes, write) => {
        const text = write(bytes);
        const read = encoding.read(text);
        expect(read?.bytes).toEqual(bytes);
        expect(read && encoding.write(read.bytes, read.manner)).toBe(text);
      }),
    );
  });

  test('writes new bytes of the same length in the manner of the old ones', () => {
    const pair = fc
      .integer({ min: 16, max: name === 'uuid' ? 16 : 150 })
      .chain((length) =>
        fc.tuple(
          fc.uint8Array({ minLength: length, maxLength: length }),
          fc.uint8Array({ minLength: length, maxLength: length }),
        ),
      );
    fc.assert(
      fc.property(pair, fc.constantFrom(...written[name]), ([old, fresh], write) => {
        // digits alone do not tell upper-case hex from lower-case
        fc.pre(!/^(hex|uuid)$/.test(name) || /[a-f]/.test(Buffer.from(old).toString('hex')));
        fc.pre(name !== 'base32' || /[A-Z]/.test(base32(Buffer.from(old))));
        // and a text without an escape does not tell how its letters are written
        fc.pre(name !== 'base64percent' || /%[\da-f]{2}/i.test(write(Buffer.from(old))));
        const read = encoding.read(write(Buffer.from(old)));
        expect(read && encoding.write(Buffer.from(fresh), read.manner)).toBe(write(Buffer.from(fresh)));
      }),
    );
  });

  test('reads nothing that it would write differently, and fails on nothing', () => {
    const unit = fc.constantFrom(...Array.from('ABCDabcd0129+/-_=: \r\n\t\0éÁŁ🔑'));
    const near = fc
      .tuple(anyBytes(name), fc.constantFrom(...written[name]), fc.nat(), unit)
      .map(([bytes, write, at, c]) => {
        const text = write(bytes);
        return text.slice(0, at % (text.length + 1)) + c + text.slice((at % (text.length + 1)) + 1);
      });
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit, maxLength: 12 }), fc.string({ unit: 'binary' }), near),
        (text) => {
          const read = encoding.read(text);
          if (read) expect(encoding.write(read.bytes, read.manner)).toBe(text);
        },
      ),
      { numRuns: 10_000 },
    );
  });

  test(name === 'uuid' ? 'reads nothing from no text' : 'reads nothing as no bytes', () => {
    expect(encoding.read('')?.bytes).toEqual(name === 'uuid' ? undefined : Buffer.alloc(0));
  });
});

describe('base64', () => {
  const canonical =
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw](?:==)?|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=?)?$/;

  test('of one line is read exactly where RFC 4648 has it canonical', () => {
    const unit = fc.constantFrom(...Array.from('AEQgwz059+/-_=! '));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        expect([text, encodings.base64.read(text) !== undefined]).toEqual([text, canonical.test(text)]);
      }),
      { numRuns: 10_000 },
    );
  });

  test.for([
    ['stray bits', 'AB=='],
    ['stray bits without padding', 'AAB'],
    ['padding inside', 'AA==AAAA'],
    ['padding alone', '===='],
    ['too much padding', 'AAA=='],
    ['too little padding', 'AA='],
    ['one digit over', 'AAAAA'],
    ['a blank', 'AAAA AAAA'],
    ['base64url', 'AAA_'],
    ['lines of unequal width', 'AAAAAAAA\nAAAA\nAAAAAAAA'],
    ['mixed line ends', 'AAAA\r\nAAAA\nAAAA'],
    ['an empty line', 'AAAA\n\nAAAA'],
    ['a line break before', '\nAAAA'],
    ['a digit of another alphabet', '\u0141AAA'],
  ] as const)('with %s is not read', ([, text]) => {
    expect(encodings.base64.read(text)).toBeUndefined();
  });
});

describe('hex', () => {
  test.for(['aB', 'abc', 'ag', '0x00', 'ab cd', ' ab'])('is not read from %j', (text) => {
    expect(encodings.hex.read(text)).toBeUndefined();
  });
});

describe('base64url', () => {
  test.for(['AA+A', 'AA/A', 'AB', 'AAAA=', 'AA=', 'A', 'AA A', 'AAAA\n'])('is not read from %j', (text) => {
    expect(encodings.base64url.read(text)).toBeUndefined();
  });
});

describe('base32', () => {
  // RFC 4648, section 10
  test.for([
    ['', ''],
    ['f', 'MY======'],
    ['fo', 'MZXQ===='],
    ['foo', 'MZXW6==='],
    ['foob', 'MZXW6YQ='],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI======'],
  ] as const)('has %j as %j', ([bytes, text]) => {
    expect(encodings.base32.read(text)?.bytes.toString()).toBe(bytes);
    expect(encodings.base32.write(Buffer.from(bytes), { padded: true })).toBe(text);
  });

  test.for([
    ['stray bits', 'MZ======'],
    ['too little padding', 'MY====='],
    ['padding inside', 'MY======MY======'],
    ['padding alone', '======'],
    ['a digit over', 'MZXW6YTBA'],
    ['both cases', 'MZXW6ytb'],
    ['digits of the other alphabet', 'MZXW6YT1'],
    ['a blank', 'MZXW 6YTB'],
  ] as const)('with %s is not read', ([, text]) => {
    expect(encodings.base32.read(text)).toBeUndefined();
  });
});

describe('a UUID', () => {
  test.for([
    ['without dashes', '00112233445566778899aabbccddeeff'],
    ['with a dash elsewhere', '001122334-455-6677-8899-aabbccddeeff'],
    ['in braces', '{00112233-4455-6677-8899-aabbccddeeff}'],
    ['of both cases', '00112233-4455-6677-8899-AABBccddeeff'],
    ['cut short', '00112233-4455-6677-8899-aabbccddee'],
    ['with a letter that is no digit', '00112233-4455-6677-8899-aabbccddeegf'],
  ] as const)('%s is not read', ([, text]) => {
    expect(encodings.uuid.read(text)).toBeUndefined();
  });
});
