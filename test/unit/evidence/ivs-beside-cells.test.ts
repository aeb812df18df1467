import { createHash } from 'node:crypto';
import { createCipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LayerScanner } from '#evidence/scan/layer-scanner';
import { noise, noiseValues } from './noise.ts';
import { type Cell, document, iv, keys, scan, seal, sealed, token } from './scanned-cells.ts';

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

  test('is found among many where it comes after what it belongs to', () => {
    const pairs = Array.from({ length: 60 }, (_, i) => {
      const nonce = noise(i + 100, 16);
      return { data: seal(`${token}${i}`, { nonce }).toString('base64'), iv: nonce.toString('hex') };
    });
    const found = scan([JSON.stringify(pairs)]).filter(({ frame }) => frame === 'sibling');
    expect(found.filter(({ text }) => text.startsWith(token))).toHaveLength(60);
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
