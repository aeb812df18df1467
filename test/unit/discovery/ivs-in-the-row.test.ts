import { describe, expect, test } from 'vitest';
import { encrypt } from '#test/support/forms/foreign-cells';
import { type SampledColumn } from '#test/support/forms/text-groups';
import {
  type Sealed,
  b64,
  bytes,
  cells,
  each,
  json,
  look,
  rows,
  seal,
  token,
} from '#test/support/forms/sampled-frames';

describe('an IV elsewhere in the row is found', () => {
  const sealed = each((one) => one);
  const bodies = cells(sealed.map(({ body }) => b64(body)));
  const hexOf = ({ iv }: Sealed) => iv.toString('hex');
  const dashes = /^(.{8})(.{4})(.{4})(.{4})/;

  test.for<[string, SampledColumn, object]>([
    ['in hex', cells(sealed.map(hexOf)), { column: 'n', layout: '"{iv hex}"' }],
    ['in base64', cells(sealed.map(({ iv }) => b64(iv))), { column: 'n', layout: '"{iv base64}"' }],
    [
      'as bytes',
      cells(
        sealed.map(({ iv }) => iv),
        { kind: 'bytes' },
      ),
      { column: 'n', layout: '"{iv raw}"' },
    ],
    [
      'as a UUID',
      cells(
        sealed.map((one) => hexOf(one).replace(dashes, '$1-$2-$3-$4-')),
        { kind: 'uuid' },
      ),
      { column: 'n', layout: '"{iv uuid}"' },
    ],
    [
      'in a document',
      cells(
        sealed.map((one) => JSON.stringify({ a: { n: hexOf(one) } })),
        json,
      ),
      { column: 'n', path: '$.a.n', layout: '"{iv hex}"' },
    ],
    [
      'in an array',
      cells(
        sealed.map((one, i) => `{${i},${hexOf(one)}}`),
        { kind: 'array', element: { kind: 'text' }, delimiter: ',' },
      ),
      { column: 'n', path: '$[1]', layout: '"{iv hex}"' },
    ],
  ])('%s', async ([, n, iv]) => {
    const found = await look({ c: bodies, n }, 'c');
    expect(found).toMatchObject({ layout: '"{body base64}"', iv, frame: { sure: 'proven' } });
    expect(found.secrets).toEqual(rows.map(token));
  });

  test('although a few rows have none', async () => {
    const n = cells(sealed.map((one, i) => (i % 6 === 0 ? null : hexOf(one))));
    expect(await look({ c: bodies, n }, 'c')).toMatchObject({
      layout: '"{body base64}"',
      iv: { column: 'n' },
    });
  });

  test('beside its ciphertext in a document, and in every element of a list', async () => {
    const one = (sealed: Sealed) => ({ nonce: hexOf(sealed), data: b64(sealed.body) });
    const documents = cells(
      each((sealed) => JSON.stringify(one(sealed))),
      json,
    );
    expect(await look({ c: documents }, 'c', '$.data')).toMatchObject({
      layout: '"{body base64}"',
      iv: { path: '$.nonce', layout: '"{iv hex}"' },
      frame: { sure: 'proven' },
    });
    const lists = cells(
      rows.map((i) => JSON.stringify({ l: [one(seal(i)), one(seal(i + 100, undefined, token(i + 100)))] })),
      json,
    );
    const found = await look({ c: lists }, 'c', '$.l[*].data');
    expect(found).toMatchObject({ layout: '"{body base64}"', iv: { path: '$.l[*].nonce' } });
  });

  test('as the first of two elements', async () => {
    const pairs = cells(
      each(({ iv, body }) => JSON.stringify([b64(iv), b64(body)])),
      json,
    );
    expect(await look({ c: pairs }, 'c', '$[1]')).toMatchObject({
      layout: '"{body base64}"',
      iv: { path: '$[0]', layout: '"{iv base64}"' },
    });
  });

  test.for([
    ['zero', () => Buffer.alloc(16)],
    ['zero-digits', () => Buffer.from('0'.repeat(16))],
    ['key-start', () => bytes.subarray(0, 16)],
    ['key-end', () => bytes.subarray(16)],
    ['key-text-start', () => Buffer.from(bytes.toString('base64').slice(0, 16))],
  ] as const)('or nowhere in it: %s', async ([fixed, iv]) => {
    const found = await look({ c: cells(rows.map((i) => b64(seal(i, iv()).body))) }, 'c');
    expect(found).toMatchObject({ layout: '"{body base64}"', iv: { fixed }, frame: { sure: 'proven' } });
    expect(found.secrets).toEqual(rows.map(token));
  });

  test('in CFB8, of values that are padded', async () => {
    const sealed = rows.map((i) =>
      encrypt(bytes, 'cfb8', Buffer.concat([Buffer.from(token(i)), Buffer.of(1)])),
    );
    const found = await look(
      { c: cells(sealed.map(({ body }) => body.toString('hex'))), n: cells(sealed.map(hexOf)) },
      'c',
    );
    expect(found).toMatchObject({ layout: '"{body hex}" cfb8 one-byte-padding', iv: { column: 'n' } });
  });

  test('for values that are too short for a second block', async () => {
    const sealed = rows.map((i) => seal(i, undefined, `pw-${i * 7919}`));
    const found = await look(
      { c: cells(sealed.map(({ body }) => b64(body))), n: cells(sealed.map(hexOf)) },
      'c',
    );
    expect(found).toMatchObject({
      layout: '"{body base64}"',
      iv: { column: 'n' },
      frame: { sure: 'proven' },
    });
  });
});
