import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { judgeFrame } from '#discovery/doubts';
import { recognise } from '#discovery/recognise';
import type { CellShape } from '#forms/container';
import { formatLayout } from '#forms/layout';
import { encrypt } from '#test/support/forms/foreign-cells';
import { groupAt, groupsOf, type SampledColumn } from './groups.ts';

const bytes = randomBytes(32);
const key = new EncryptionKey(bytes);
const rows = Array.from({ length: 24 }, (_, i) => i);
/** Tokens that tell nothing by their beginnings: a cut one looks like a whole one. */
const token = (i: number) =>
  createHash('sha256')
    .update(`${i}`)
    .digest('base64url')
    .slice(0, 30 + (i % 9));
const address = (i: number) => `postgres://user_${i}:${token(i)}@db.example.com:5432/app`;

type Sealed = { iv: Buffer; body: Buffer };
const seal = (i: number, iv?: Buffer, text = token(i)): Sealed =>
  encrypt(bytes, 'cfb128', Buffer.from(text), iv);
const each = <T>(make: (sealed: Sealed, i: number) => T, text = token): T[] =>
  rows.map((i) => make(seal(i, undefined, text(i)), i));
const b64 = (...parts: Buffer[]) => Buffer.concat(parts).toString('base64');

/** What is recognised at a place of a table, and how sure it is where the IV is. */
async function look(columns: Readonly<Record<string, SampledColumn>>, column: string, path?: string) {
  const groups = groupsOf(columns);
  const group = groupAt(groups, column, path);
  const { form, tails } = await recognise(group, groups, key);
  const frame = form && judgeFrame(form, group, groups, new Set(form.ivGroup ? [form.ivGroup] : []));
  return {
    layout: form && formatLayout(form.layout),
    iv: form?.iv,
    frame,
    secrets: form?.secrets.map((secret) => Buffer.from(secret).toString()) ?? [],
    tails,
  };
}

const cells = (all: readonly (string | Buffer | null)[], shape?: CellShape): SampledColumn => ({
  cells: all,
  ...(shape && { shape }),
});
const json = { kind: 'json' } as const;

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

describe('an IV in the text is found', () => {
  test.for<[string, (sealed: Sealed, i: number) => string, string]>([
    ['at the end of the run', ({ iv, body }) => b64(body, iv), '"{body+iv base64}"'],
    ['at the end of hex', ({ iv, body }) => Buffer.concat([body, iv]).toString('hex'), '"{body+iv hex}"'],
    [
      'behind its ciphertext',
      ({ iv, body }) => `${b64(body)}.${iv.toString('hex')}`,
      '"{body base64}.{iv hex}"',
    ],
    [
      'in base64url, between dots',
      ({ iv, body }) => `v1.${iv.toString('base64url')}.${body.toString('base64url')}`,
      '"v1.{iv base64url}.{body base64url}"',
    ],
    [
      'behind something that differs',
      ({ iv, body }, i) => `k${i % 3}:${iv.toString('hex')}:${b64(body)}`,
      '"{*}:{iv hex}:{body base64}"',
    ],
    [
      'in key=value text',
      ({ iv, body }, i) => `user=app_${i};iv=${iv.toString('hex')};secret=${b64(body)};port=${5432 + i}`,
      '"{*};iv={iv hex};secret={body base64};port={*}"',
    ],
    [
      'in a text that is nearly a document',
      ({ iv, body }, i) => `--- ${i} ---\n{"iv":"${b64(iv)}","data":"${b64(body)}"}`,
      '"{*} ---\n{{""iv"":""{iv base64}"",""data"":""{body base64}""}}"',
    ],
    [
      'before bytes that are kept',
      ({ iv, body }) => Buffer.concat([iv, Buffer.from('00000001', 'hex'), body]).toString('hex'),
      '"{iv+4+body hex}"',
    ],
    [
      'as a UUID',
      ({ iv, body }) =>
        `${iv.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}:${b64(body)}`,
      '"{iv uuid}:{body base64}"',
    ],
  ])('%s', async ([, write, layout]) => {
    const found = await look({ c: cells(each(write)) }, 'c');
    expect(found).toMatchObject({ layout, frame: { sure: 'proven' } });
    expect(found.secrets).toEqual(rows.map(token));
  });
});

describe('an IV before its body, in one run', () => {
  test.for<[string, (sealed: Sealed, i: number) => string, string]>([
    ['is assumed where nothing tells against it', ({ iv, body }) => b64(iv, body), 'base64'],
    [
      'after bytes of a header',
      ({ iv, body }) => b64(Buffer.from('0102', 'hex'), iv, body),
      '"{2+iv+body base64}"',
    ],
    ['after a prefix', ({ iv, body }) => `ENC:${b64(iv, body)}`, "'ENC:' base64"],
    [
      'after prefixes that differ',
      ({ iv, body }, i) => `key-${i % 3}:${b64(iv, body)}`,
      '"{*}:{iv+body base64}"',
    ],
    [
      'in key=value text',
      ({ iv, body }, i) => `user=app_${i};secret=${b64(iv, body)};port=${5432 + i}`,
      '"{*};secret={iv+body base64};port={*}"',
    ],
  ])('%s', async ([, write, layout]) => {
    const tokens = await look({ c: cells(each(write)) }, 'c');
    expect(tokens).toMatchObject({ layout, frame: { sure: 'assumed' } });
    const addresses = await look({ c: cells(each(write, address)) }, 'c');
    expect(addresses).toMatchObject({ layout, frame: { sure: 'supported' } });
    expect(addresses.secrets).toEqual(rows.map(address));
  });
});

describe('no form is proposed for certain', () => {
  const sure = (found: Awaited<ReturnType<typeof look>>) => found.frame?.sure;

  test('where the IV is nowhere to be found: the blocks after the first tell that values are under the key', async () => {
    const found = await look({ c: cells(each(({ body }) => b64(body), address)) }, 'c');
    expect(found.tails?.runs.length).toBeGreaterThan(20);
    expect(found.frame).toMatchObject({ sure: 'doubted', why: expect.stringMatching(/begin in the middle/) });
  });

  test('where documents begin in the middle', async () => {
    const document = (i: number) => JSON.stringify({ user: `app_${i}`, password: token(i) });
    const found = await look({ c: cells(each(({ body }) => b64(body), document)) }, 'c');
    expect(found.frame).toMatchObject({ sure: 'doubted', why: expect.stringMatching(/first 16 bytes/) });
  });

  test('where some values are shorter than an IV', async () => {
    const mixed = (i: number) => (i % 4 === 0 ? `pw-${i * 7919}` : token(i));
    const found = await look({ c: cells(each(({ body }) => b64(body), mixed)) }, 'c');
    expect(found.frame).toMatchObject({
      sure: 'doubted',
      why: expect.stringMatching(/^6 values are shorter than an IV/),
    });
  });

  test.for([
    ['is named like one', 'secret_iv', (i: number) => `x${i}`, /column secret_iv is named like an IV/],
    [
      'is named like one in camel case',
      'secretNonce',
      (i: number) => `${i}`,
      /secretNonce is named like an IV/,
    ],
    [
      'holds 16 other bytes in every row',
      'extra',
      () => randomBytes(16).toString('hex'),
      /column extra holds 16 bytes that are different in every row/,
    ],
  ] as const)('where another column %s and does not open them', async ([, name, value, why]) => {
    const columns = { c: cells(each(({ body }) => b64(body))), [name]: cells(rows.map(value)) };
    expect((await look(columns, 'c')).frame).toMatchObject({
      sure: 'doubted',
      why: expect.stringMatching(why),
    });
    // what begins as values do is whole, whatever else stands in the row
    const whole = { ...columns, c: cells(each(({ iv, body }) => b64(iv, body), address)) };
    expect(sure(await look(whole, 'c'))).toBe('supported');
  });

  test('where another leaf holds 16 other bytes in every row', async () => {
    const documents = each(({ body }) => JSON.stringify({ data: b64(body), id: b64(randomBytes(16)) }));
    expect((await look({ c: cells(documents, json) }, 'c', '$.data')).frame).toMatchObject({
      sure: 'doubted',
      why: expect.stringMatching(/c \$\.id holds 16 bytes/),
    });
  });

  test('where the text around them holds 16 other bytes in every value', async () => {
    const ascii = () => randomBytes(12).toString('base64');
    for (const write of [
      ({ body }: Sealed) => `${ascii()}:${b64(body)}`,
      ({ body }: Sealed) => `id=${ascii()}.x;data=${b64(body)};`,
      ({ iv, body }: Sealed) => `${iv.toString('hex')}${randomBytes(1).toString('hex')}:${b64(body)}`,
    ]) {
      expect((await look({ c: cells(each(write)) }, 'c')).frame).toMatchObject({
        sure: 'doubted',
        why: expect.stringMatching(/beside them stand 16 bytes or more/),
      });
    }
  });

  test('where 16 bytes before the run of a value are kept and are no IV', async () => {
    const found = await look(
      { c: cells(each(({ body }) => b64(Buffer.concat([randomBytes(20), body])))) },
      'c',
    );
    expect(['doubted', undefined]).toContain(sure(found));
  });

  test('but it may be where the columns beside it are the IVs of other values, or are UUIDs', async () => {
    const sealed = each((one) => one);
    const columns = {
      c: cells(sealed.map(({ iv, body }) => b64(iv, body))),
      id: cells(
        rows.map((i) => `00112233-4455-6677-8899-${`${i}`.padStart(12, '0')}`),
        { kind: 'uuid' },
      ),
      other: cells(rows.map(() => randomBytes(16).toString('hex'))),
    };
    const groups = groupsOf(columns);
    const group = groupAt(groups, 'c');
    const { form } = await recognise(group, groups, key);
    if (!form) throw new Error('no form');
    expect(judgeFrame(form, group, groups, new Set())).toMatchObject({ sure: 'doubted' });
    expect(judgeFrame(form, group, groups, new Set([groupAt(groups, 'other')]))).toEqual({ sure: 'assumed' });
  });
});
