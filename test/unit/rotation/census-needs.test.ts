import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test as plain } from 'vitest';
import { saying } from '#test/saying';
import type { Census } from '#census/census-result';
import { censusNeeds } from '#records/census-needs';
import { readCensuses, recordCensus, type TakenCensus } from '#records/census-record';
import { isNeedAcceptance } from '#records/key-needs';
import { knownDatabases } from '#records/known-databases';
import { newRecord, RotationRecords } from '#records/rotation-record';
import { test } from '#test/support/temp-folder';

const [key, other] = ['aaaa-aaaa-aaaa-aaaa', 'bbbb-bbbb-bbbb-bbbb'];
const at = (day: number) => `2026-11-${String(day).padStart(2, '0')}T00:00:00.000Z`;

const taken = (day: number, more: Partial<TakenCensus> = {}): TakenCensus => ({
  database: 'db:5432/app',
  beganAt: at(day),
  endedAt: at(day),
  keys: [{ fingerprint: key, values: 0, certain: 0, places: [] }],
  opened: [key, other],
  tables: 41,
  cells: 1000,
  bytes: 10_000,
  unread: [],
  ...more,
});
const app = { name: 'db:5432/app', rewrittenAt: at(10) };
const ask = (censuses: TakenCensus[], databases = [app]) =>
  censusNeeds({ fingerprint: key, others: [other], databases, censuses, retiredAt: at(10) });

describe('a key may go only by censuses', () => {
  plain('begun after the last cutover, with that key, which saw nothing under it', () => {
    expect(ask([taken(11)])).toEqual([]);
  });

  plain('and not by none, one before the cutover, one of another key, or one of another database', () => {
    const otherKey = [{ fingerprint: other, values: 0, certain: 0, places: [] }];
    for (const censuses of [
      [],
      [taken(9)],
      [taken(11, { keys: otherKey })],
      [taken(11, { database: 'db:5432/other' })],
    ])
      expect(ask(censuses)).toMatchObject([{ code: 'no-census', accept: 'no-census=db:5432/app' }]);
  });

  plain('of every database that is known of, each named that has had none', () => {
    const databases = [app, { name: 'db:5432/org_1', member: 'org_1' }, { name: 'old:5432/app' }];
    expect(ask([taken(11)], databases as never)).toMatchObject([
      { accept: 'no-census=db:5432/org_1', remedy: saying('keel fleet census') },
      { accept: 'no-census=old:5432/app' },
    ]);
  });

  plain('which saw no value under it: what is certain cannot be accepted, what is likely can', () => {
    const seen = (certain: number) => [
      { fingerprint: key, values: 3, certain, places: ['public.notes.body'] },
    ];
    expect(ask([taken(11, { keys: seen(3) })])).toMatchObject([
      { code: 'values-seen', acceptable: false, message: expect.stringContaining('public.notes.body') },
    ]);
    expect(ask([taken(11, { keys: seen(0) })])).toMatchObject([{ code: 'values-seen', acceptable: true }]);
  });

  plain('which read everything: each place that was not read is accepted by its name', () => {
    const unread = [{ place: 'public.far', reason: 'a foreign table' }];
    const [need] = ask([taken(11, { unread })]);
    expect(need).toMatchObject({ accept: 'not-read=db:5432/app:public.far', acceptable: true });
    expect(need?.message).toContain('41 tables');
  });

  plain('which looked within what values under the other keys decrypt to, as no earlier Keel did', () => {
    const [opened, none] = [taken(11, { opened: [key] }), taken(11)];
    delete none.opened;
    for (const shallow of [opened, none])
      expect(ask([shallow])).toMatchObject([
        { code: 'no-census', message: expect.stringContaining('inside values that the other keys') },
      ]);
    expect(ask([taken(11), taken(12, { opened: [key] })])).toEqual([]);
    const keys = [{ fingerprint: key, values: 1, certain: 1, places: ['public.a.b'] }];
    expect(ask([taken(11, { keys }), taken(12, { opened: [key] })])).toMatchObject([{ code: 'values-seen' }]);
  });

  plain('of which the last counts: a later one that saw a value undoes an earlier one', () => {
    const keys = [{ fingerprint: key, values: 1, certain: 1, places: ['public.a.b'] }];
    expect(ask([taken(12, { keys }), taken(11)])).toMatchObject([{ code: 'values-seen' }]);
  });
});

describe('what is accepted', () => {
  plain('names its subject where the reason is about one, and none elsewhere', () => {
    for (const good of ['undo', 'not-swept', 'no-census=h:1/a', 'not-read=h:1/a:public.t'])
      expect(isNeedAcceptance(good), good).toBe(true);
    for (const bad of ['no-census', 'not-read=', 'undo=x', 'whatever', 'values-seen'])
      expect(isNeedAcceptance(bad), bad).toBe(false);
  });
});

const census: Census = {
  keys: [key],
  opened: [key],
  places: [],
  unread: [],
  tables: 1,
  cells: 1,
  bytes: 1,
  scope: '',
  beganAt: at(1),
  endedAt: at(1),
};

describe('the databases of an environment', () => {
  test('are its own, those of every fleet on disk or on record, and those a census was taken of', async ({
    folder,
  }) => {
    const home = join(folder, 'db%3a5432%2fapp');
    const member = join(home, 'fleet', 'org_1');
    await mkdir(member, { recursive: true });
    const record = newRecord({
      id: crypto.randomUUID(),
      purpose: 'rotate',
      from: key,
      to: other,
      inventory: { version: 1, columns: [] },
      excluded: [],
    });
    const history = [{ state: 'committed' as const, at: at(7) }];
    await new RotationRecords(member).write({ ...record, state: 'committed', history });
    await recordCensus(home, 'elsewhere:5432/app', census);
    expect(await knownDatabases(home, ['org_2'])).toEqual([
      { name: 'db:5432/app' },
      { name: 'db:5432/org_2', member: 'org_2' },
      { name: 'db:5432/org_1', member: 'org_1', rewrittenAt: at(7) },
      { name: 'elsewhere:5432/app' },
    ]);
  });

  test('keep one census a database and set of keys, the last one', async ({ folder }) => {
    await recordCensus(folder, 'a', census);
    await recordCensus(folder, 'b', census);
    await recordCensus(folder, 'a', { ...census, keys: [key, other], beganAt: at(2) });
    await recordCensus(folder, 'a', { ...census, keys: [other], beganAt: at(3) });
    expect((await readCensuses(folder)).map(({ database, beganAt }) => [database, beganAt])).toEqual([
      ['b', at(1)],
      ['a', at(2)],
      ['a', at(3)],
    ]);
  });
});
