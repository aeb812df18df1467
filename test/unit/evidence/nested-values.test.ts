import { createCipheriv } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { CellScanner } from '#evidence/scan/cell-scanner';
import { depthOf, type Hit, outermost } from '#evidence/scan/hit';
import { noise } from './noise.ts';

/** Values that hold other values in what they decrypt to. */

const keys = [1, 2].map((seed) => new EncryptionKey(noise(seed, 32)));
const token = 'ghp_aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cF3hJ6';
let nonce = 1000;

function seal(plain: string | Buffer, key = 0, cipher = 'aes-256-cfb'): Buffer {
  const iv = Buffer.from(noise(nonce++, 16));
  const made = createCipheriv(cipher, (keys[key] as EncryptionKey).bytes, iv);
  return Buffer.concat([iv, made.update(plain), made.final()]);
}

type Kind = 'text' | 'bytes';

function scan(cells: readonly (string | Buffer)[]): Hit[] {
  const scanner = new CellScanner(keys);
  for (const [row, cell] of cells.entries()) {
    const data = Buffer.from(cell as string);
    const kind: Kind = typeof cell === 'string' ? 'text' : 'bytes';
    scanner.add(row, 0, data, 0, data.length, kind);
  }
  return scanner.flush();
}

/** Under which key, how deep, of what is beyond doubt. */
const reported = (hits: readonly Hit[]) =>
  hits.filter(({ bits }) => bits > 32).map((hit) => `${hit.key} at ${depthOf(hit)}`);

type Write = (bytes: Buffer) => string | Buffer;
const writings: Readonly<Record<string, Write>> = {
  base64: (bytes) => bytes.toString('base64'),
  base64url: (bytes) => bytes.toString('base64url'),
  hexadecimal: (bytes) => bytes.toString('hex'),
  'bare bytes': (bytes) => bytes,
  'a leaf of a document': (bytes) =>
    JSON.stringify({ host: 'db-7.internal', port: 5432, password: bytes.toString('base64') }),
  'an address': (bytes) =>
    `postgres://reader:${encodeURIComponent(bytes.toString('base64'))}@db-7.internal:5432/app`,
  'an IV beside its body': (bytes) =>
    JSON.stringify({
      iv: bytes.subarray(0, 16).toString('hex'),
      data: bytes.subarray(16).toString('base64'),
    }),
  'a document in base64': (bytes) =>
    Buffer.from(JSON.stringify({ v: bytes.toString('base64') })).toString('base64'),
  'a packed document': (bytes) => gzipSync(JSON.stringify({ v: bytes.toString('base64') })),
  numbers: (bytes) => JSON.stringify([...bytes]),
  'text before bare bytes': (bytes) =>
    Buffer.concat([Buffer.from('credentials of the warehouse, encrypted: '), bytes]),
};

describe.each(Object.entries(writings))('a value within a plaintext, as %s', (_name, write) => {
  test.each(
    Object.entries(writings).filter(([name]) => ['base64', 'hexadecimal', 'bare bytes'].includes(name)),
  )('is found where the outer one is %s', (_outer, writeOuter) => {
    for (let i = 0; i < 8; i++)
      expect(reported(scan([writeOuter(seal(write(seal(token))))])).toSorted()).toEqual(['0 at 0', '0 at 1']);
  });

  test('is told under its own key', () => {
    expect(reported(scan([seal(write(seal(token, 1)), 0).toString('base64')])).toSorted()).toEqual([
      '0 at 0',
      '1 at 1',
    ]);
  });

  test('is found three deep', () => {
    const hits = scan([seal(write(seal(write(seal(token, 1))))).toString('base64')]);
    expect(reported(hits).toSorted()).toEqual(['0 at 0', '0 at 1', '1 at 2']);
  });
});

describe.each(['aes-256-cfb', 'aes-256-cfb8'])(
  'a long value whose IV is beside its body, in %s',
  (cipher) => {
    const long = (length: number) => Buffer.from(noise(nonce++, length)).toString('hex');
    // each is told by its beginning and its end together
    const plaintexts: Readonly<Record<string, (length: number) => string>> = {
      'a value that is no text': (length) => seal(gzipSync(long(length)), 1).toString('base64'),
      'a document in base64': (length) =>
        Buffer.from(
          JSON.stringify({ v: seal(token, 1).toString('base64'), note: long(length), w: token }),
        ).toString('base64'),
      'a packed document': (length) =>
        gzipSync(JSON.stringify({ note: long(length), v: seal(token, 1).toString('hex') })).toString(
          'base64',
        ),
    };

    test.each(Object.entries(plaintexts))('shows the value within %s', (_name, plaintext) => {
      for (const length of [16, 150, 300, 2000]) {
        const outer = seal(plaintext(length), 0, cipher);
        const [iv, body] = [outer.subarray(0, 16).toString('hex'), outer.subarray(16).toString('base64')];
        // the later blocks of the body tell its key once more
        const found = new Set(reported(scan([JSON.stringify({ iv, data: body })])));
        expect([...found].toSorted()).toEqual(['0 at 0', '1 at 1']);
      }
    });
  },
);

test.each(['hex', 'base64'] as const)(
  'a value whose IV is beside its body in %s is whole within another writing',
  (digits) => {
    for (const length of [16, 300]) {
      const inner = seal(gzipSync(Buffer.from(noise(nonce++, length)).toString('hex')), 1).toString('base64');
      const outer = seal(inner);
      const [iv, data] = [outer.subarray(0, 16).toString(digits), outer.subarray(16).toString(digits)];
      const hashes = Array.from({ length: 12 }, () => Buffer.from(noise(nonce++, 16)).toString(digits));
      for (const document of [
        { iv, data },
        { data, iv },
        { before: hashes, iv, data, after: hashes },
      ]) {
        const written = JSON.stringify(document);
        for (const cell of [Buffer.from(written).toString('base64'), gzipSync(written)])
          expect([...new Set(reported(scan([cell])))].toSorted()).toEqual(['0 at 0', '1 at 1']);
      }
    }
  },
);

test('values within values are told by the row and place of the one in the cell', () => {
  const inner = JSON.stringify({ a: seal(token).toString('base64'), b: seal(token, 1).toString('hex') });
  const outer = seal(inner).toString('base64');
  const hits = scan(['nothing', `{"x": "${outer}"}`]);
  expect(reported(hits).toSorted()).toEqual(['0 at 0', '0 at 1', '1 at 1']);
  for (const hit of hits) {
    const { row, start, end } = outermost(hit);
    expect([hit.row, row, start, end]).toEqual([1, 1, 7, 7 + outer.length]);
  }
});

test('a value encrypted more often than is looked through is told as cut', () => {
  let value: string = token;
  for (let i = 0; i < 11; i++) value = seal(value).toString('base64');
  const scanner = new CellScanner(keys);
  const data = Buffer.from(value);
  scanner.add(0, 3, data, 0, data.length, 'text');
  expect(reported(scanner.flush())).toHaveLength(9);
  expect(scanner.takeTried().get(3)).toMatchObject({ cut: 1, within: { runs: 8 } });
});

test('tokens of random bytes in plaintexts are no values', () => {
  let strongest = 0;
  for (let i = 0; i < 3000; i += 100) {
    const cells = Array.from({ length: 100 }, (_, k) => {
      const random = Buffer.from(noise(50_000 + i + k, 24 + ((i + k) % 41)));
      const written = [random.toString('base64'), random.toString('hex'), random.toString('base64url')][
        k % 3
      ];
      return seal(k % 2 === 0 ? `{"token": "${written}"}` : `${written}`).toString('base64');
    });
    for (const hit of scan(cells)) if (hit.within) strongest = Math.max(strongest, hit.bits);
  }
  expect(strongest).toBeLessThan(24);
});

test('however it is written, each layer is found', () => {
  const names = Object.keys(writings).filter((name) => name !== 'text before bare bytes');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(1)), { minLength: 1, maxLength: 4 }),
      fc.constantFrom('base64', 'hexadecimal'),
      (layers, outer) => {
        // bare bytes within bare bytes are followed for a few layers only; what is no text is told by an IV right before it
        const isReported = ([name]: (typeof layers)[number], i: number) => {
          const around = layers[i + 1]?.[0];
          if (name === 'bare bytes') return around !== 'bare bytes' && around !== 'an IV beside its body';
          return (
            name !== 'a packed document' || (around !== 'an IV beside its body' && around !== 'bare bytes')
          );
        };
        fc.pre(layers.every(isReported));
        let value: string | Buffer = token;
        for (const [name, key] of layers) value = (writings[name] as Write)(seal(value, key));
        const hits = scan([(writings[outer] as Write)(seal(value)) as string]);
        const expected = ['0 at 0', ...layers.toReversed().map(([, key], i) => `${key} at ${i + 1}`)];
        expect(reported(hits).toSorted()).toEqual(expected.toSorted());
      },
    ),
    { numRuns: 150 },
  );
});
