import { readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { saying } from '#test/saying';
import { lastKeyChange } from '#records/key-change';
import { nextOrder } from '#records/rotation-order';
import { hasLiveProcess, newRecord, RotationRecords } from '#records/rotation-record';
import { test } from '#test/support/temp-folder';

const column = { schema: 'public', table: 't', column: 'c', layout: 'base64', kind: 'unknown' } as const;
const fresh = () =>
  newRecord({
    id: randomUUID(),
    purpose: 'rotate',
    from: '1111-1111-1111-1111',
    to: '2222-2222-2222-2222',
    inventory: { version: 1, columns: [column] },
    excluded: ['t.c'],
  });

describe('a record', () => {
  test('begins as prepared, by this process on this machine', () => {
    const record = fresh();
    expect(record).toMatchObject({
      state: 'prepared',
      process: { pid: process.pid, host: hostname() },
    });
    expect(record.history).toEqual([{ state: 'prepared', at: expect.stringMatching(/^\d{4}-.*Z$/) }]);
    expect(record).not.toHaveProperty('cutover');
  });

  test('is read back as it was written', async ({ folder }) => {
    const records = new RotationRecords(folder);
    const record = fresh();
    await records.write(record);
    expect(await records.list()).toEqual([record]);
  });

  test('moves on by events, keeps its history, and is on disk when it has moved', async ({ folder }) => {
    const records = new RotationRecords(folder);
    const record = fresh();
    await records.write(record);
    const cutover = { xid: '4294967300', backendPid: 7 };
    const backedUp = await records.advance(record, 'artefact-drilled');
    const begun = await records.advance(backedUp, 'cutover-began', { cutover });
    expect(await records.list()).toEqual([begun]);
    expect(begun).toMatchObject({ state: 'cutover', cutover });
    expect(begun.history.map(({ state }) => state)).toEqual(['prepared', 'backed-up', 'cutover']);
    const committed = await records.advance(begun, 'commit-found');
    expect(committed).toMatchObject({ state: 'committed', cutover });
  });

  test('that cannot move so is left as it stands', async ({ folder }) => {
    const records = new RotationRecords(folder);
    const record = fresh();
    await records.write(record);
    await expect(records.advance(record, 'commit-found')).rejects.toThrow('no transition');
    expect(await records.list()).toEqual([record]);
  });

  test('holds no key and is read by its owner only', async ({ folder }) => {
    await new RotationRecords(folder).write(fresh());
    const [name] = await readdir(join(folder, 'rotations'));
    expect((await stat(join(folder, 'rotations', name as string))).mode & 0o077).toBe(0);
    expect((await stat(join(folder, 'rotations'))).mode & 0o077).toBe(0);
  });
});

describe('the records of an environment', () => {
  test('are none where nothing was rotated yet', async ({ folder }) => {
    expect(await new RotationRecords(folder).list()).toEqual([]);
  });

  test('are listed from the oldest to the newest', async ({ folder }) => {
    const records = new RotationRecords(folder);
    const started = (at: string) => ({ ...fresh(), history: [{ state: 'prepared' as const, at }] });
    const days = ['2026-03-01', '2026-01-01', '2026-02-01'].map((day) => started(`${day}T00:00:00.000Z`));
    for (const record of days) await records.write(record);
    expect((await records.list()).map(({ history }) => history[0]?.at.slice(5, 7))).toEqual([
      '01',
      '02',
      '03',
    ]);
  });

  test('are listed in the order in which they were begun, though the clock was set back', async ({
    folder,
  }) => {
    const records = new RotationRecords(folder);
    const at = (hour: string) => ({
      history: [{ state: 'prepared' as const, at: `2026-03-01T${hour}:00:00.000Z` }],
    });
    const unnumbered = { ...fresh(), ...at('14') };
    await records.write(unnumbered);
    const begun: string[] = [];
    for (const hour of ['13', '11', '12']) {
      const order = await nextOrder(records.environment, await records.list());
      const record = { ...fresh(), order, ...at(hour) };
      await records.write(record);
      begun.push(record.id);
    }
    expect((await records.list()).map(({ id }) => id)).toEqual([unnumbered.id, ...begun]);
  });

  test('have numbers that no two programs share, with those of fleets, and with their file lost or damaged', async ({
    folder,
  }) => {
    const own = new RotationRecords(folder);
    const member = new RotationRecords(folder, 'member');
    const next = () => nextOrder(folder, []);
    expect(new Set(await Promise.all([next(), next(), next()]))).toEqual(new Set([1, 2, 3]));
    await own.write({ ...fresh(), order: 3 });
    await member.write({ ...fresh(), order: 7 });
    const file = join(folder, 'rotation-order.json');
    await rm(file);
    expect(await next()).toBe(8);
    await writeFile(file, 'damaged');
    expect(await next()).toBe(8);
    expect(await nextOrder(folder, [{ ...fresh(), order: 20 }])).toBe(21);
  });

  test('tell the last change of the key by their order, of whichever database it was', async ({ folder }) => {
    const committed = (order: number, to: string, hour: string) => ({
      ...fresh(),
      order,
      to,
      state: 'committed' as const,
      history: [{ state: 'committed' as const, at: `2026-03-01T${hour}:00:00.000Z` }],
    });
    await new RotationRecords(folder).write(committed(1, '2222-2222-2222-2222', '14'));
    await new RotationRecords(folder, 'member').write(committed(2, '3333-3333-3333-3333', '12'));
    expect(await lastKeyChange(folder)).toMatchObject({ fleet: true, record: { order: 2 } });
  });

  test('leave other files in the folder alone', async ({ folder }) => {
    const records = new RotationRecords(folder);
    await records.write(fresh());
    await writeFile(join(folder, 'rotations', 'notes.txt'), 'mine');
    expect(await records.list()).toHaveLength(1);
  });

  test.for([
    ['is cut off', (text: string) => text.slice(0, 40)],
    ['is empty', () => ''],
    ['is of no version', (text: string) => text.replace('"version": 1', '"version": 0')],
    ['has a state that does not exist', (text: string) => text.replaceAll('prepared', 'half-way')],
  ] as const)('with one that %s are refused, naming the file', async ([, damage], { folder }) => {
    const records = new RotationRecords(folder);
    const record = fresh();
    await records.write(record);
    const path = join(folder, 'rotations', `${record.id}.json`);
    await writeFile(path, damage(await readFile(path, 'utf8')));
    await expect(records.list()).rejects.toMatchObject({
      code: 'state-damaged',
      message: expect.stringContaining(path),
      remedy: saying('keel prove'),
    });
  });

  test('that another program moved on meanwhile are left as they are', async ({ folder }) => {
    const records = new RotationRecords(folder);
    const record = fresh();
    await records.write(record);
    await records.advance(record, 'no-commit-found');
    await expect(records.advance(record, 'artefact-drilled')).rejects.toMatchObject({
      code: 'rotation-running',
    });
    // to where it is anyway
    expect(await records.advance(record, 'no-commit-found')).toMatchObject({ state: 'rolled-back' });
    const [kept] = await records.list();
    expect(kept?.history.map(({ state }) => state)).toEqual(['prepared', 'rolled-back']);
  });

  test('that cannot be looked up are refused, not taken for none', async ({ folder }) => {
    await writeFile(join(folder, 'rotations'), 'a file where the folder should be');
    await expect(new RotationRecords(folder).list()).rejects.toMatchObject({ code: 'state-damaged' });
  });
});

describe('the process of a record', () => {
  test('runs while it lives, and not when it is gone', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const owned = { ...fresh(), process: { pid: child.pid as number, host: hostname() } };
    expect(hasLiveProcess(owned)).toBe(true);
    child.kill();
    await once(child, 'close');
    expect(hasLiveProcess(owned)).toBe(false);
  });

  test('may run if it is this one, and not on another machine', () => {
    expect(hasLiveProcess(fresh())).toBe(true);
    expect(hasLiveProcess({ ...fresh(), process: { pid: process.ppid, host: 'elsewhere' } })).toBe(false);
  });
});
