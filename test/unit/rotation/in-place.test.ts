import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { OpenedInPlace } from '#evidence/opened-in-place';
import { decodeRows, type Field } from '#postgres/copy-binary';
import { CopyRows } from '#postgres/copy-rows';
import { CheckInPlace } from '#rotation/in-place/check-in-place';
import { FormCounter } from '#rotation/run/form-counter';
import { RewriteInPlace } from '#rotation/in-place/rewrite-in-place';
import type { KeyPair } from '#rotation/run/decision';
import { rewriteRows } from '#rotation/run/table-rewriter';
import { ValueCounts } from '#rotation/run/value-counts';
import { batchOf } from '#test/unit/postgres/batch-of';
import { targetOf } from './table-target.ts';

const [from, to, stranger] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const keys: KeyPair = {
  from: new EncryptionKey(Buffer.from(from)),
  to: new EncryptionKey(Buffer.from(to)),
  toMayBePresent: false,
  inDoubt: 'stop',
};

function under(key: Buffer, text: string): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cfb', key, iv);
  return Buffer.concat([iv, cipher.update(text), cipher.final()]).toString('base64');
}

function opened(text: string, key: Buffer): string {
  const bytes = Buffer.from(text, 'base64');
  const cipher = createDecipheriv('aes-256-cfb', key, bytes.subarray(0, 16));
  return Buffer.concat([cipher.update(bytes.subarray(16)), cipher.final()]).toString();
}

const table = targetOf({ secret: ['base64'], config: ['$.a.token base64', '$.other base64'] });
const [notMarked, isMarked] = [Buffer.of(0), Buffer.of(1)];
const id = (n: number): Field => Buffer.from([0, 0, 0, n]);
const config = (token: string, other: string) => `{"a": {"x": "é", "token": "${token}"}, "other": ${other}}`;
const texts = [
  'a short one',
  'correct horse battery staple',
  '{"password": "ünïcödé", "list": [1, 2]}',
  'x'.repeat(5000),
];

type Row = readonly [mark: Field, key: Field, secret: Field, config: Field];
const row = (n: number, secret: string | null, document: string | null, mark = notMarked): Row => [
  mark,
  id(n),
  secret === null ? null : Buffer.from(secret),
  document === null ? null : Buffer.from(document),
];

const newCounters = () =>
  table.columns.map(({ forms }) =>
    forms.map((form) => new FormCounter(form, table.identity, { excluded: false })),
  );

function rewrite(rows: readonly Row[], pair: KeyPair = keys) {
  const counters = newCounters();
  const counts = new ValueCounts(table);
  const out = new CopyRows();
  const left = RewriteInPlace.of(table, pair, counters, counts)?.rewrite(batchOf(rows), out);
  const staged = decodeRows(out.take());
  return { left, staged, counts, counters: counters.flat() };
}

describe('rows that are rewritten in place', () => {
  const rows = texts.map((text, i) =>
    row(
      i,
      under(from, text),
      config(under(from, `${text}!`), i % 2 === 0 ? 'null' : `"${under(from, text)}"`),
    ),
  );

  test('hold the same secrets under the new key, and everything else as it was', () => {
    const { left, staged, counts } = rewrite(rows);
    expect(left).toEqual([]);
    expect(staged).toHaveLength(rows.length);
    for (const [i, [key, secret, document, fresh, freshDocument, note]] of staged.entries()) {
      expect([key, secret, document, note]).toEqual([...(rows[i] as Row).slice(1), null]);
      expect(opened(String(fresh), to)).toBe(texts[i]);
      const { a, other } = JSON.parse(String(freshDocument)) as {
        a: { x: string; token: string };
        other: string | null;
      };
      expect([a.x, opened(a.token, to)]).toEqual(['é', `${texts[i]}!`]);
      expect(other && opened(other, to)).toBe(i % 2 === 0 ? null : texts[i]);
    }
    expect(counts.at(0, 0)).toEqual({ rewritten: 4, left: 0 });
    expect(counts.at(1, 1)).toEqual({ rewritten: 2, left: 0 });
  });

  test('leave no plaintext behind, whether they were written or could not be', () => {
    const pair = { ...keys, toMayBePresent: true };
    for (const reserve of [undefined, () => expect.fail('no memory left')]) {
      using open = vi.spyOn(OpenedInPlace.prototype, 'open');
      const out = new CopyRows();
      if (reserve) Object.assign(out, { reserve });
      const inPlace = RewriteInPlace.of(table, pair, newCounters(), new ValueCounts(table));
      const work = () => inPlace?.rewrite(batchOf(rows), out);
      if (reserve) expect(work).toThrow('no memory left');
      else work();
      const opened = open.mock.contexts as OpenedInPlace[];
      expect(opened).toHaveLength(2);
      for (const { bytes } of opened) expect(bytes.some((byte) => byte !== 0)).toBe(false);
    }
  });

  test('have IVs that nothing else has', () => {
    const ivs = [rows, rows].flatMap((all) =>
      rewrite(all).staged.map((fields) => Buffer.from(String(fields[3]), 'base64').toString('hex', 0, 16)),
    );
    expect(new Set(ivs).size).toBe(2 * rows.length);
  });

  test('count for the old key as they do one by one', async () => {
    const { counters, counts } = rewrite(rows);
    const others = newCounters();
    const otherCounts = new ValueCounts(table);
    const sources = rows.map(([, key, ...cells]) => ({ identity: [key], cells, writtenUnder: undefined }));
    await rewriteRows(table, keys, sources, others, otherCounts, false);
    expect(counters.map(({ statistics }) => statistics)).toEqual(
      others.flat().map(({ statistics }) => statistics),
    );
    expect(counts).toEqual(otherCounts);
  });

  test('are not those that hold nothing, or need a decision', () => {
    const good = under(from, 'correct horse');
    const rows = [
      row(0, null, null),
      row(1, '', '{"a": null}'),
      row(2, good, null),
      row(3, under(stranger, 'correct horse'), null),
      row(4, good, config(under(stranger, 'correct horse'), 'null')),
      row(5, 'no ciphertext', null),
      row(6, good, config(good, '7')),
      row(7, under(from, ''), null),
      row(8, good, null, isMarked),
    ];
    const { left, staged, counts } = rewrite(rows);
    expect(left?.toSorted()).toEqual([3, 4, 5, 6, 7]);
    expect(staged.map(([key]) => key?.[3])).toEqual([2, 8]);
    expect(counts.at(0, 0)).toEqual({ rewritten: 2, left: 0 });
  });

  test('are not those that both keys open, where both may be there', () => {
    const both = { ...keys, toMayBePresent: true };
    const rows = [
      row(0, under(from, 'correct horse battery'), null),
      row(1, under(to, 'correct horse battery'), null),
    ];
    expect(rewrite(rows, both).left).toEqual([1]);
    // what the new key opens by luck is no less a question
    const clean = /^[\x20-\x7e]*$/;
    let lucky = under(from, 'hunter2');
    while (!clean.test(opened(lucky, to))) lucky = under(from, 'hunter2');
    expect(rewrite([row(0, lucky, null)], both).left).toEqual([0]);
    expect(rewrite([row(0, lucky, null)]).left).toEqual([]);
    const short = Array.from({ length: 60 }, (_, i) => row(i, under(from, 'a'), null));
    const { left, staged } = rewrite(short, both);
    expect(left?.length).toBeGreaterThan(0);
    expect((left?.length ?? 0) + staged.length).toBe(60);
  });
});

describe('the check in place', () => {
  const rows = texts.map((text, i) =>
    row(i, under(from, text), config(under(from, text), `"${under(from, text)}"`)),
  );
  const { staged } = rewrite(rows);
  const asRead = staged.map((fields) => [fields.at(-1) ?? null, ...fields.slice(0, -1)]);
  const check = (fields: readonly (readonly Field[])[]) =>
    CheckInPlace.of(table, keys)?.check(batchOf(fields));

  test('finds nothing where all is well', () => {
    expect(check(asRead)).toEqual([]);
  });

  test('leaves each row of which any byte is another one', () => {
    for (const [i, fields] of asRead.entries()) {
      for (const [field, cell] of fields.entries()) {
        // the key says nothing about itself
        if (!cell || field < 2) continue;
        for (let n = 0; n < 20; n++) {
          const at = Math.floor((n * cell.length) / 20);
          const other = Buffer.from(cell);
          other[at] = cell[at] === 0x41 ? 0x42 : 0x41;
          const changed = asRead.map((row, k) =>
            k === i ? row.map((one, f) => (f === field ? other : one)) : row,
          );
          expect(check(changed), `field ${field}, byte ${at} of ${cell.length}`).toEqual([i]);
        }
      }
    }
  });

  test('leaves a row with a note, one with a cell too few, and two whose new cells were exchanged', () => {
    const [first, second, third] = asRead as [Field[], Field[], Field[]];
    const noted = [Buffer.of(0), ...first.slice(1)];
    const emptied = [...second.slice(0, 4), null, ...second.slice(5)];
    expect(check([noted, emptied, third])).toEqual([0, 1]);
    const exchanged = [
      [...first.slice(0, 4), ...second.slice(4)],
      [...second.slice(0, 4), ...first.slice(4)],
    ];
    expect(check(exchanged)).toEqual([0, 1]);
  });
});
