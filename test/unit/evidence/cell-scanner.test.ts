import { createCipheriv, createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import type { Hit } from '#evidence/scan/hit';
import { LayerScanner } from '#evidence/scan/layer-scanner';
import { layerWithTexts } from './layer-with-texts.ts';
import { noise, noiseValues } from './noise.ts';

const keys = [1, 2, 3].map((seed) => new EncryptionKey(noise(seed, 32)));
const iv = noise(7, 16);
const token = 'ya29.a0AfH6SMBxK3mT7qLw9Zp2Vd8YcRn4Jb6Xs1';
const document = JSON.stringify({
  host: 'db-7.internal.example.org',
  port: 5432,
  username: 'reader_7',
  password: 'x7Gh-3_kQ!vB2',
  schema: 'public',
});

type Cipher = 'aes-256-cfb' | 'aes-256-cfb8';

function seal(text: string | Buffer, { key = 1, cipher = 'aes-256-cfb' as Cipher, nonce = iv } = {}): Buffer {
  const made = createCipheriv(cipher, (keys[key] as EncryptionKey).bytes, nonce);
  return Buffer.concat([made.update(text), made.final()]);
}

const sealed = (text: string | Buffer, options: Parameters<typeof seal>[1] = {}) =>
  Buffer.concat([options.nonce ?? iv, seal(text, options)]);

type Cell = string | Buffer;

/** Hits of rows, each with what it made readable. */
function scan(...rows: readonly (readonly Cell[])[]): (Hit & { text: string })[] {
  const { scanner, texts } = layerWithTexts(keys);
  for (const [row, cells] of rows.entries()) {
    for (const [column, cell] of cells.entries()) {
      // a cell stands anywhere in a larger buffer
      const around = Buffer.concat([Buffer.from('AAAA'), Buffer.from(cell as string), Buffer.from('AAAA')]);
      scanner.add(row, column, around, 4, around.length - 4, typeof cell === 'string' ? 'text' : 'bytes');
    }
  }
  return scanner.flush().map((hit) => ({ ...hit, text: texts.get(hit) as string }));
}

const base32 = (bytes: Buffer) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((group) => alphabet[Number.parseInt(group.padEnd(5, '0'), 2)])
    .join('');
};
const wrap = (text: string, width: number, lineEnd: string) =>
  (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(lineEnd);

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

describe('an IV elsewhere in the row', () => {
  const written: Record<string, (bytes: Buffer) => Cell> = {
    base64: (bytes) => bytes.toString('base64'),
    'base64 without padding': (bytes) => bytes.toString('base64url'),
    hex: (bytes) => bytes.toString('hex'),
    raw: (bytes) => bytes,
    uuid: (bytes) => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  };

  test.for(Object.keys(written))('written in %s opens a body in another column', (name) => {
    const write = written[name] as (bytes: Buffer) => Cell;
    for (const value of [token, document, 'hunter2-hunter2-h']) {
      for (const order of [0, 1]) {
        const body = seal(value).toString('base64');
        const cells = order === 0 ? ['7', write(iv), body] : ['7', body, write(iv)];
        const hits = scan(cells).filter(({ frame }) => frame === 'sibling');
        expect(hits).toHaveLength(1);
        expect(hits[0]).toMatchObject({
          key: 1,
          first: 0,
          column: 2 - order,
          iv: { column: 1 + order },
          text: value,
        });
      }
    }
  });

  test.for(['hunter2', 'pw', 'hunter2-hunter2'])(
    'opens a body as short as %s, in either segment',
    (value) => {
      for (const cipher of ['aes-256-cfb', 'aes-256-cfb8'] as const) {
        const body = seal(value, { cipher });
        const segment = cipher === 'aes-256-cfb' ? 'cfb128' : 'cfb8';
        for (const cell of [body.toString('base64'), body.toString('hex'), body]) {
          const hits = scan(['active', iv.toString('hex'), cell]);
          const hit = hits.find((one) => one.segment === segment && one.column === 2 && one.text === value);
          expect(hit).toMatchObject({ key: 1, frame: 'sibling', iv: { column: 1, encoding: 'hex' } });
        }
      }
    },
  );

  test.for<[string, (ivText: string, body: Buffer) => string]>([
    ['a document', (ivText, body) => JSON.stringify({ iv: ivText, data: body.toString('base64') })],
    ['a list', (ivText, body) => JSON.stringify([ivText, body.toString('hex')])],
    [
      'a document of PHP',
      (ivText, body) => JSON.stringify({ iv: ivText, v: body.toString('base64') }).replaceAll('/', '\\/'),
    ],
    ['a pair with a colon', (ivText, body) => `${ivText}:${body.toString('base64')}`],
    ['a pair with a dot', (ivText, body) => `${ivText}.${body.toString('hex')}`],
  ])('in %s opens a body beside it', ([, write]) => {
    for (const value of ['hunter2', 'correct-horse', token]) {
      for (const ivText of [iv.toString('base64'), iv.toString('hex')]) {
        const hits = scan([write(ivText, seal(value))]);
        const hit = hits.find(
          (one) => one.frame === 'sibling' && one.text === value && one.segment === 'cfb128',
        );
        expect(hit).toMatchObject({ key: 1, first: 0, iv: { column: 0 } });
      }
    }
  });

  test('is looked for in its own row only', () => {
    const body = seal(token).toString('base64');
    expect(scan([iv.toString('hex')], [body]).filter(({ frame }) => frame === 'sibling')).toEqual([]);
  });

  test('is found among many: the nearest are tried', () => {
    const pairs = Array.from({ length: 2_000 }, (_, i) => {
      const nonce = noise(i % 250, 16 * (1 + (i >> 7))).subarray(-16);
      return { iv: nonce.toString('hex'), data: seal(`secret-${i}`, { nonce }).toString('base64') };
    });
    const hits = scan([JSON.stringify(pairs)]).filter(({ frame, bits }) => frame === 'sibling' && bits > 8);
    expect(hits.filter(({ text }) => text.startsWith('secret-'))).toHaveLength(2_000);
    const long = pairs.map((pair, i) => ({
      ...pair,
      data: seal(`${token}${i}`, { nonce: Buffer.from(pair.iv, 'hex') }).toString('base64'),
    }));
    const found = scan([JSON.stringify(long)]).filter(({ frame }) => frame === 'sibling');
    expect(found.filter(({ text }) => text.startsWith(token))).toHaveLength(2_000);
  });

  test('text of 16 characters may be an IV', () => {
    const nonce = Buffer.from('0123456789abcdef');
    const hits = scan([nonce.toString(), seal(token, { nonce }).toString('base64')]);
    expect(hits.find(({ frame }) => frame === 'sibling')).toMatchObject({
      text: token,
      iv: { encoding: 'text' },
    });
  });
});

describe('nothing is found', () => {
  test('in prose, identifiers, hashes, tokens and keys that nobody has', () => {
    const foreign = createCipheriv('aes-256-cfb', noise(99, 32), iv).update(document.repeat(3));
    const cells: Cell[] = [
      'The quick brown fox jumps over the lazy dog. '.repeat(20),
      'a-very-long-identifier_with_many_words/and/a/path/that/goes/on-and-on_and_on',
      '0b9a1f5e-8c3d-4e2f-9a7b-6c5d4e3f2a1b',
      `$2b$12$${'abcdefghijklmnopqrstuv'.repeat(2)}123456789`,
      ...Array.from({ length: 200 }, (_, i) => createHash('sha256').update(String(i)).digest('hex')),
      ...Array.from({ length: 200 }, (_, i) => createHash('sha512').update(String(i)).digest('base64')),
      foreign.toString('base64'),
      foreign,
      noise(98, 100_000),
      'A'.repeat(10_000),
      Buffer.alloc(100_000),
    ];
    const hits = cells.flatMap((cell) => scan([cell]));
    // noise has 2⁻ᵇ at most for b bits
    expect(Math.max(0, ...hits.map(({ bits }) => bits))).toBeLessThan(20);
  });

  test('in noise with more bits than chance allows, in no frame and no segment', () => {
    const scanner = new LayerScanner(keys, () => undefined);
    const count = 3_000;
    for (const length of [17, 18, 20, 24, 31, 33, 40, 50, 72, 150]) {
      for (const write of [
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => Buffer.from(`ENC_${bytes.toString('base64')}`),
      ]) {
        const seen = new Map<string, number[]>();
        const enter = () => {
          for (const { frame, segment, bits } of scanner.flush()) {
            const all = seen.get(`${frame} ${segment}`) ?? [];
            seen.set(`${frame} ${segment}`, [...all, bits]);
          }
        };
        for (const [row, value] of noiseValues(length, count, length).entries()) {
          const cell = write(value);
          scanner.add(row, 0, cell, 0, cell.length, cell === value ? 'bytes' : 'text');
          if (scanner.full) enter();
        }
        enter();
        for (const all of seen.values()) {
          for (const threshold of [1, 2, 4, 6, 8, 10]) {
            const expected = count * keys.length * 2 ** -threshold;
            const reached = all.filter((bits) => bits >= threshold).length;
            expect(reached).toBeLessThan(expected + 5 * Math.sqrt(expected));
          }
        }
      }
    }
  });

  test.for<[string, Cell]>([
    ['backslashes', '\\'.repeat(1_000_000)],
    ['percent signs', '%'.repeat(1_000_000)],
    ['line breaks', `${'a'.repeat(64)}\n`.repeat(20_000)],
    ['hashes in a row', `${'0123456789abcdef'.repeat(2)}+`.repeat(30_000)],
    [
      'a list of hashes',
      JSON.stringify(Array.from({ length: 10_000 }, (_, i) => noise(i % 256, 16).toString('hex'))),
    ],
    ['one letter', 'A'.repeat(1_000_000)],
    ['a few bytes over and over', Buffer.from('abcdefghijklmnopqrstuvw'.repeat(40_000))],
    ['zeros', Buffer.alloc(1_000_000)],
  ])('in a million bytes of %s, in time that grows with them', ([, cell]) => {
    expect(scan([cell]).filter(({ bits }) => bits > 24)).toEqual([]);
  });

  test('of a value whose bytes were wiped', () => {
    let view: Uint8Array = new Uint8Array();
    const scanner = new LayerScanner(keys, (_, bytes, start, end) => {
      view = bytes.subarray(start, end);
      expect(Buffer.from(view).toString()).toBe(document);
    });
    const cell = sealed(document);
    scanner.add(0, 0, cell, 0, cell.length, 'bytes');
    scanner.flush();
    expect(view.some((byte) => byte !== 0)).toBe(false);
    expect(scanner.flush()).toEqual([]);
  });
});

describe('a ciphertext in a text that is encoded itself', () => {
  const inBase64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');
  test.for<[string, string]>([
    ['JSON in base64', inBase64(JSON.stringify({ iv: 'n/a', value: sealed(document).toString('base64') }))],
    [
      "base64 and a raw IV in base64, as PHP's manuals have it",
      inBase64(`${seal(document).toString('base64')}::${iv.toString('latin1')}`),
    ],
    ['base64 in hex', Buffer.from(sealed(document).toString('base64')).toString('hex')],
    ['base64 in base64 in base64', inBase64(inBase64(sealed(document).toString('base64')))],
  ])('is found in %s, and told as the outer run', ([, cell]) => {
    const found = scan([cell]).filter(({ bits }) => bits > 64);
    expect(found.length).toBeGreaterThan(0);
    for (const { start, end } of found) expect([start, end]).toEqual([0, cell.length]);
  });
});
