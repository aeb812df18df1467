import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noise } from './noise.ts';
import { base32, type Cell, document, iv, scan, seal, sealed, token, wrap } from './scanned-cells.ts';

describe.each([token, document])('a value of %s', (value) => {
  const bytes = sealed(value);
  const base64 = bytes.toString('base64');
  test.for<[string, Cell]>([
    ['base64', base64],
    ['base64 without padding', base64.replace(/=+$/, '')],
    ['base64url', bytes.toString('base64url')],
    ['hex', bytes.toString('hex')],
    ['upper-case hex', bytes.toString('hex').toUpperCase()],
    ['hex after 0x', `0x${bytes.toString('hex')}`],
    ['bytea as text', `\\x${bytes.toString('hex')}`],
    ['hex after a prefix of its own digits', `abcde${bytes.toString('hex')}`],
    ['base32', base32(bytes)],
    ['lower-case base32', base32(bytes).toLowerCase()],
    ['base32 after a prefix', `AB${base32(bytes)}`],
    ['raw bytes', bytes],
    ['base64 in bytea', Buffer.from(base64)],
    ...['E', 'EN', 'ENC', 'ENC_', 'enc-v1', 'secret/', 'v2:', '$ENC$kid$aes$', 'aesCfb256v1_'].map(
      (prefix): [string, string] => [`base64 after ${prefix}`, prefix + base64],
    ),
    ['JSON', JSON.stringify({ name: 'x', credentials: { token: base64 } })],
    ['JSON as PHP writes it', JSON.stringify({ token: base64 }).replaceAll('/', '\\/')],
    ['JSON as .NET writes it', JSON.stringify({ token: base64 }).replaceAll('+', '\\u002B')],
    ['a URL', `https://example.org/?token=${encodeURIComponent(base64)}&x=1`],
    ['base64 in lines of 64', wrap(base64, 64, '\n')],
    ['base64 in lines of 76 with CRLF', wrap(base64, 76, '\r\n')],
    ['base64 in lines within JSON', JSON.stringify({ token: `${wrap(base64, 64, '\n')}\n` })],
    ['base64 in lines with CRLF within JSON', JSON.stringify({ token: wrap(base64, 64, '\r\n') })],
  ])('is found in %s', ([, cell]) => {
    const [hit, ...others] = scan([cell]);
    expect(others).toEqual([]);
    expect(hit).toMatchObject({ key: 1, segment: 'cfb128' });
    const end = value.length;
    expect(hit?.text).toBe(value.slice(end - (hit?.text.length ?? 0)));
    expect(hit?.text.length).toBeGreaterThan(end - 16);
    expect(hit?.bits).toBeGreaterThan(35);
  });
});

describe('whatever the frame', () => {
  const random = (length: number) => noise(length + 50, length);
  const encodings = {
    base64: (bytes: Buffer) => bytes.toString('base64'),
    hex: (bytes: Buffer) => bytes.toString('hex'),
    raw: (bytes: Buffer) => bytes,
  };

  test.for([...Array(40).keys()])('a header of %i bytes and a trailer are passed over', (length) => {
    for (const encode of Object.values(encodings)) {
      for (const trailer of [0, 16, 32]) {
        const [hit, ...others] = scan([
          encode(Buffer.concat([random(length), sealed(document), random(trailer)])),
        ]);
        expect(others).toEqual([]);
        expect(hit).toMatchObject({ key: 1, segment: 'cfb128', first: length + 16 });
        expect(hit?.last).toBeGreaterThanOrEqual(length + 16 + document.length);
        expect(hit?.last).toBeLessThan(length + 16 + document.length + 8);
        expect(hit?.text.slice(0, document.length)).toBe(document);
      }
    }
  });

  test.for([...Array(20).keys()])('CFB8 needs no alignment: a header of %i bytes', (length) => {
    for (const encode of Object.values(encodings)) {
      const bytes = Buffer.concat([random(length), sealed(document, { cipher: 'aes-256-cfb8' })]);
      const [hit, ...others] = scan([encode(bytes)]);
      expect(others).toEqual([]);
      expect(hit).toMatchObject({ key: 1, segment: 'cfb8', last: bytes.length });
      expect(hit?.first).toBeGreaterThan(length + 8);
      expect(hit?.first).toBeLessThanOrEqual(length + 16);
      expect(hit?.text.endsWith(document)).toBe(true);
    }
  });

  test('a body without its IV is proven from its second block on', () => {
    const [hit] = scan([seal(document).toString('base64')]);
    expect(hit).toMatchObject({ frame: 'start', first: 16, text: document.slice(16) });
  });

  test('an IV at the end leaves the last 16 bytes unproven', () => {
    const [hit] = scan([Buffer.concat([seal(document), iv]).toString('base64')]);
    expect(hit).toMatchObject({ frame: 'search', first: 16 });
    expect(hit?.last).toBeGreaterThanOrEqual(document.length);
    expect(hit?.last).toBeLessThan(document.length + 6);
  });

  test('every value of a run with several is found', () => {
    const values = [token, document, `${token}${token}`];
    const [first, second, third] = values.map((value, i) => sealed(value, { nonce: noise(i + 20, 16) }));
    const hits = scan([Buffer.concat([first, second, random(9), third] as Buffer[])]);
    const texts = hits.map(({ text }) => text);
    for (const value of values) {
      expect(texts.some((text) => text.includes(value.slice(0, 32)))).toBe(true);
    }
  });

  test('one value a line, all of one length, is found line by line', () => {
    const values = [0, 1, 2, 3].map((i) => `${token.slice(0, -1)}${i}`);
    const lines = values.map((value, i) => sealed(value, { nonce: noise(i + 20, 16) }).toString('base64'));
    const texts = scan([lines.join('\n')]).map(({ text }) => text.slice(0, value(0).length));
    function value(i: number) {
      return values[i] as string;
    }
    expect(texts.toSorted()).toEqual(values);
  });

  test('a ciphertext in a large value is found anywhere', () => {
    fc.assert(
      fc.property(fc.nat({ max: 100_000 }), fc.nat({ max: 100_000 }), fc.boolean(), (before, after, raw) => {
        const long = document.repeat(2);
        const bytes = Buffer.concat([noise(80, before), sealed(long), noise(81, after)]);
        const hits = scan([raw ? bytes : bytes.toString('base64')]);
        expect(hits).toHaveLength(1);
        expect(hits[0]?.first).toBe(before + 16);
      }),
      { numRuns: 40 },
    );
  });

  test('text in UTF-16LE, as .NET writes it, is text', () => {
    const [hit] = scan([sealed(Buffer.from(token, 'utf16le')).toString('base64')]);
    expect(hit).toMatchObject({ frame: 'start', first: 16 });
  });

  test('text that is not ASCII is text, wherever a block cuts it', () => {
    for (const text of [
      'пароль от базы данных, очень длинный',
      '数据库的密码非常长而且很复杂没有人知道',
      'Übergrößenträger für Ärzte und Öle',
    ]) {
      const value = Buffer.from(text);
      const [hit] = scan([sealed(value).toString('base64')]);
      expect(hit).toMatchObject({ frame: 'start', first: 16, text: value.toString('latin1') });
    }
  });
});

describe('padding', () => {
  const pad = (text: string, block = 16) => {
    const count = block - (text.length % block);
    return Buffer.concat([Buffer.from(text), Buffer.alloc(count, count)]);
  };

  test.for([...Array(36).keys()])('PKCS#7 after %i characters is part of the plaintext', (length) => {
    const plaintext = pad(token.slice(0, length));
    const [hit] = scan([sealed(plaintext).toString('base64')]);
    expect(hit).toMatchObject({ frame: 'start', first: 16, text: plaintext.toString('latin1') });
    if (length % 16 < 14) expect(hit?.bits).toBeGreaterThan(16);
  });

  test('one byte 0x01, as .NET pads CFB8, is part of the plaintext', () => {
    for (const value of [token, 'hunter2', 'pw']) {
      const bytes = sealed(Buffer.concat([Buffer.from(value), Buffer.of(1)]), { cipher: 'aes-256-cfb8' });
      const hits = scan([bytes.toString('base64')]).filter(({ segment }) => segment === 'cfb8');
      expect(hits[0]).toMatchObject({ frame: 'start', first: 16, text: `${value}\u0001` });
    }
  });

  test('zeros up to the block are part of the plaintext', () => {
    const plaintext = Buffer.alloc(32);
    plaintext.write('only-twenty-bytes-ok');
    const [hit] = scan([sealed(plaintext).toString('hex')]);
    expect(hit).toMatchObject({ frame: 'start', first: 16, last: 48 });
  });
});

describe('short values', () => {
  test.for([...Array(15).keys()])('of %i and one characters are judged at the run’s start', (length) => {
    const value = token.slice(0, length + 1);
    for (const cipher of ['aes-256-cfb', 'aes-256-cfb8'] as const) {
      const hits = scan([sealed(value, { cipher }).toString('base64')]);
      const segment = cipher === 'aes-256-cfb' ? 'cfb128' : 'cfb8';
      const hit = hits.find((one) => one.key === 1 && one.segment === segment);
      expect(hit).toMatchObject({ frame: 'start', first: 16, text: value });
      expect(hit?.bits).toBeGreaterThan(0);
      expect(hit?.bits).toBeLessThan(8 * value.length);
    }
  });

  test.for(['ENC_', 'v1-', 'secret/v1/', 'a_b-'])('are judged after the separator of %s', (prefix) => {
    const hits = scan([`${prefix}${sealed('hunter2-long').toString('base64')}`]);
    expect(hits.find(({ key }) => key === 1)).toMatchObject({ frame: 'prefix', text: 'hunter2-long' });
  });
});
