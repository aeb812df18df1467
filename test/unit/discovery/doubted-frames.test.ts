import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { judgeFrame } from '#discovery/doubts';
import { recognise } from '#discovery/recognise';
import { groupAt, groupsOf } from '#test/support/forms/text-groups';
import {
  type Sealed,
  address,
  b64,
  cells,
  each,
  json,
  key,
  look,
  rows,
  token,
} from '#test/support/forms/sampled-frames';

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
    [
      'is named like one',
      'secret_iv',
      (i: number) => `x${i}`,
      /column secret_iv has a name that suggests an IV/,
    ],
    [
      'is named like one in camel case',
      'secretNonce',
      (i: number) => `${i}`,
      /secretNonce has a name that suggests an IV/,
    ],
    [
      'holds 16 other bytes in every row',
      'extra',
      () => randomBytes(16).toString('hex'),
      /column extra contains 16 bytes that differ in every row/,
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
      why: expect.stringMatching(/c \$\.id contains 16 bytes/),
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
        why: expect.stringMatching(/next to them are 16 bytes or more/),
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
