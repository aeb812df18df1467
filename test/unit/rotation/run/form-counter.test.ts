import { describe, expect, test } from 'vitest';
import type { JudgedCell } from '#evidence/judge-cells';
import { provenBits } from '#evidence/plaintexts/value-evidence';
import type { Form } from '#forms/entry';
import type { AcceptableStop } from '#rewrite/finding';
import type { Decision, InDoubt } from '#rotation/run/decision';
import { type CounterOptions, FormCounter } from '#rotation/run/form-counter';
import { leavesShort, newCounters, spelledAs } from '#rotation/run/new-counters';
import { targetOf } from '../table-target.ts';

const target = targetOf({ s: ['base64'], doc: ['$.x base64'] });
const formAt = (column: number) => target.columns[column]?.forms[0] as Form;
const counterOf = (options: Partial<CounterOptions> = {}, column = 0) =>
  new FormCounter(formAt(column), target.identity, { excluded: false, ...options });
const id = (n: number) => [Buffer.from([0, 0, 0, n])];

let nextIv = 0;
/** What a key makes of a value; each is another one. */
function seen(length: number, bits: number | 'noise'): JudgedCell {
  const verdict = bits === 'noise' ? 'contradicted' : bits >= provenBits ? 'proven' : 'inconclusive';
  const iv = Buffer.alloc(16);
  iv.writeUInt32BE(++nextIv);
  const parts = { iv, body: Buffer.alloc(length, nextIv), keepsIv: false, spans: [], rewrite: () => [] };
  return {
    ciphertext: parts,
    plaintext: new Uint8Array(length),
    evidence: { verdict, bits: bits === 'noise' ? 0 : bits },
  } as JudgedCell;
}
const noise = seen(30, 'noise');

describe('values are counted', () => {
  test('by what was ruled on them', () => {
    const counter = counterOf();
    const ruled: readonly [Decision, number][] = [
      ['rewrite', 3],
      ['already', 2],
      ['empty', 8],
      ['contradicted', 4],
      ['ambiguous', 5],
      ['unrecognised', 6],
      ['too-short', 7],
    ];
    for (const [decision, times] of ruled)
      for (let n = 0; n < times; n++)
        counter.count(decision, decision === 'unrecognised' ? undefined : seen(30, 90), undefined, id(n));
    const { already, empty, ambiguous, leftShort, unopened } = counter;
    expect({ already, empty, ambiguous, leftShort, unopened }).toEqual({
      already: 2,
      empty: 8,
      ambiguous: 5,
      leftShort: 7,
      unopened: 10,
    });
    // what is under the new key, or left as too short, is no evidence for the old one
    expect(counter.statistics).toMatchObject({ rows: 18, proven: 12, unrecognised: 6 });
  });

  test('as under the new key only where it proves them, and the old one does not open them', () => {
    const counter = counterOf();
    counter.count('contradicted', noise, seen(30, 90), id(1));
    counter.count('contradicted', noise, seen(30, 3), id(2));
    counter.count('contradicted', noise, noise, id(3));
    counter.count('contradicted', noise, undefined, id(4));
    counter.count('rewrite', seen(30, 90), seen(30, 90), id(5));
    expect(counter.underTo).toBe(1);
  });

  test('with the first ten rows that stop it, by table, column and key', () => {
    const counter = counterOf({}, 1);
    counter.count('rewrite', seen(30, 90), undefined, id(1));
    counter.count('already', noise, seen(30, 90), id(2));
    for (let n = 3; n < 20; n++) counter.count('contradicted', noise, undefined, id(n));
    expect(counter.problemRows).toHaveLength(10);
    expect(counter.problemRows[0]).toEqual({
      table: 'public.t',
      column: 'doc $.x',
      row: 'id=3',
      reason: 'contradicted',
    });
    const plain = counterOf();
    plain.count('ambiguous', seen(3, 2), seen(3, 2), id(4));
    expect(plain.problemRows).toMatchObject([{ column: 's', reason: 'ambiguous' }]);
  });
});

describe('a value that any bytes could be', () => {
  /** Enough of a column that others are proven, and one short value. */
  const withShort = (options: Partial<CounterOptions> = {}, vouched = false) => {
    const counter = counterOf(options);
    for (let n = 0; n < 5; n++) counter.count('rewrite', seen(30, 90), undefined, id(n));
    counter.count('rewrite', seen(3, 2), undefined, id(9), vouched);
    return counter;
  };

  test('is told with its row', () => {
    const counter = withShort();
    expect([counter.tooShort, counter.tooShortRows]).toMatchObject([
      1,
      [{ row: 'id=9', reason: 'too-short' }],
    ]);
    expect(counter.vouchedFrom).toBeGreaterThan(3);
  });

  test('is not, where its row is vouched for, where both keys open it, or where it does not open', () => {
    expect([withShort({}, true).tooShort, withShort({}, true).tooShortRows]).toEqual([0, []]);
    const counter = withShort({}, true);
    counter.count('ambiguous', seen(3, 2), seen(3, 2), id(7));
    counter.count('contradicted', seen(3, 'noise'), undefined, id(8));
    counter.count('rewrite', seen(3, 9), undefined, id(10));
    expect([counter.tooShort, counter.tooShortRows]).toEqual([0, []]);
  });

  test('is judged by what is known of its column', () => {
    expect([withShort({ vouchedFrom: 3 }).tooShort, withShort({ vouchedFrom: 3 }).tooShortRows]).toEqual([
      0,
      [],
    ]);
    expect(withShort({ vouchedFrom: 4 }).tooShort).toBe(1);
    expect(withShort({ vouchedFrom: 4 }).tooShortRows).toHaveLength(1);
    expect(withShort({ vouchedFrom: 3 }).vouchedFrom).toBe(3);
  });

  test('is named with nine others of its length at most', () => {
    const counter = withShort();
    for (let n = 20; n < 40; n++) counter.count('rewrite', seen(1, 0.5), undefined, id(n));
    expect(counter.tooShort).toBe(21);
    expect(counter.tooShortRows).toHaveLength(10);
    expect(counter.tooShortRows.at(0)).toMatchObject({ row: 'id=9' });
    expect(counter.tooShortRows.at(-1)).toMatchObject({ row: 'id=28' });
  });

  test('is left where the admin wants that, and it is shorter than what others vouch for', () => {
    const leaving = counterOf({ leavesShort: true, vouchedFrom: 5 });
    expect(leaving.leaves(seen(4, 2))).toBe(true);
    expect(leaving.leaves(seen(5, 2))).toBe(false);
    expect(leaving.leaves(seen(4, 9))).toBe(false);
    expect(leaving.leaves(seen(0, 0))).toBe(false);
    expect(counterOf({ leavesShort: false, vouchedFrom: 5 }).leaves(seen(4, 2))).toBe(false);
    expect(counterOf({ vouchedFrom: 5 }).leaves(seen(4, 2))).toBe(false);
    expect(counterOf({ leavesShort: true }).leaves(seen(4, 2))).toBe(false);
  });

  test('no longer stops what leaves it', () => {
    expect(withShort({ leavesShort: true }).tooShort).toBe(0);
  });
});

test('values that are rewritten in place count as those that are not', () => {
  const [one, other] = [counterOf(), counterOf()];
  const cells = [seen(30, 90), seen(3, 2), seen(4, 3)];
  for (const [i, cell] of cells.entries()) {
    const { iv, body } = cell.ciphertext;
    const sealed = Buffer.concat([iv as Buffer, body]);
    const { length } = cell.plaintext;
    one.count('rewrite', cell, undefined, id(1), i === 2);
    other.countRewrite(
      { sealed, at: 0, length, plaintext: cell.plaintext, plainAt: 0 },
      cell.evidence,
      false,
      i === 2,
    );
  }
  expect(other.statistics).toEqual(one.statistics);
  expect([other.tooShort, one.tooShort]).toEqual([1, 1]);
});

describe('what the admin said', () => {
  const request = (
    accepted: readonly AcceptableStop[] = [],
    excluded: readonly string[] = [],
    inDoubt: InDoubt = 'stop',
  ) => ({ accepted, excluded, keys: { inDoubt } });

  test('of short values goes for columns that are excluded, and for all where it was accepted', () => {
    const named = { excluded: true };
    const other = { excluded: false };
    expect(leavesShort(other, request())).toBe(false);
    expect(leavesShort(other, request(['too-short']))).toBe(true);
    expect(leavesShort(named, request())).toBe(true);
    expect(leavesShort(named, request([], [], 'rewrite'))).toBe(false);
    expect(leavesShort(other, request(['too-short'], [], 'rewrite'))).toBe(false);
  });

  test('of a column makes its counter, and no other, one of an excluded column', () => {
    const counters = newCounters(target, request([], ['t.doc']));
    expect(counters.flat().map(({ excluded }) => excluded)).toEqual([false, true]);
    expect(counters.map((forms) => forms.length)).toEqual([1, 1]);
  });

  test('counts once the column was seen: short values are left then, by what vouched for them', () => {
    const seenBefore = [[counterOf({ vouchedFrom: 4 })], [counterOf({ vouchedFrom: 5 }, 1)]];
    const short = seen(3, 2);
    const fresh = newCounters(target, request(['too-short']));
    expect(fresh.flat().map((counter) => counter.leaves(short))).toEqual([false, false]);
    const again = newCounters(target, request(['too-short']), seenBefore);
    expect(again.flat().map((counter) => counter.leaves(short))).toEqual([true, true]);
    expect(again.flat().map(({ vouchedFrom }) => vouchedFrom)).toEqual([4, 5]);
    const [[unnamed], [named]] = newCounters(target, request([], ['t.doc']), seenBefore) as [
      [FormCounter],
      [FormCounter],
    ];
    expect([unnamed.leaves(short), named.leaves(short)]).toEqual([false, true]);
  });
});

test('a sweep lets nothing vouch for the short values of an excluded column: they are what the rotation left', () => {
  const swept = { accepted: [], excluded: ['t.doc'], keys: { inDoubt: 'leave' as const } };
  const [[unnamed], [named]] = newCounters(target, swept) as [[FormCounter], [FormCounter]];
  expect([unnamed, named].map((counter) => counter.leaves(seen(3, 2)))).toEqual([false, true]);
  expect(named.leaves(seen(200, 90))).toBe(false);
});

describe('new texts are spelled', () => {
  const [standard, url] = ['base64', 'base64url'].map(
    (layout) => targetOf({ s: [layout] }).columns[0]?.forms[0] as Form,
  ) as [Form, Form];
  const asked = (accepted: readonly AcceptableStop[] = []) => ({
    ...{ accepted, excluded: [] },
    keys: { inDoubt: 'stop' as const },
  });
  const counterSeeing = (form: Form, ...texts: readonly string[]) => {
    const counter = new FormCounter(form, target.identity, { excluded: false });
    for (const text of texts) counter.spelling.see(text, [{ from: 0, to: text.length }]);
    return counter;
  };

  test('in either alphabet where a column has forms of both, or its values show none', () => {
    const shown = counterSeeing(standard, 'ab+d');
    const untold = counterSeeing(standard, 'abcd');
    expect(spelledAs(shown, [standard], asked()).inEither).toBe(false);
    expect(spelledAs(untold, [standard], asked()).inEither).toBe(true);
    expect(spelledAs(undefined, [standard], asked()).inEither).toBe(false);
    expect(spelledAs(shown, [standard, url], asked()).inEither).toBe(true);
    expect(spelledAs(shown, [standard, standard], asked()).inEither).toBe(false);
    expect(spelledAs(untold, [standard, url], asked(['alphabet-untold'])).inEither).toBe(false);
    expect(newCounters(targetOf({ s: ['base64'] }), asked()).flat()[0]?.written.inEither).toBe(false);
    expect(newCounters(targetOf({ s: ['base64'] }), asked(), [[untold]]).flat()[0]?.written.inEither).toBe(
      true,
    );
  });

  test('in the case that all others have, where some values have none', () => {
    const hex = targetOf({ s: ['hex'] }).columns[0]?.forms[0] as Form;
    const caseOf = (...texts: readonly string[]) =>
      spelledAs(counterSeeing(hex, ...texts), [hex], asked()).isUpper;
    expect(caseOf('0123', 'AB12')).toBe(true);
    expect(caseOf('AB12')).toBeUndefined();
    expect(caseOf('0123', 'ab12')).toBeUndefined();
    expect(caseOf('0123', 'ab12', 'AB12')).toBeUndefined();
    expect(spelledAs(undefined, [hex], asked()).isUpper).toBeUndefined();
    expect(counterOf().written).toEqual({ inEither: false, isUpper: undefined });
  });
});
