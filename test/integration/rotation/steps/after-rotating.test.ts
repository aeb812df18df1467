import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { readEnvironmentSettings } from '#environments/environment-settings';
import { KeelError } from '#errors/keel-error';
import { readCensuses } from '#records/census-record';
import { recover } from '#rotation/use-cases/recover';
import { rotate } from '#rotation/use-cases/rotate';
import { sessionsNow, sessionsSinceCutover } from '#rotation/use-cases/running';
import { rewriteStragglers, sweep } from '#rotation/use-cases/sweep';
import { undo } from '#rotation/use-cases/undo';
import { rowsToRotate } from '#test/support/databases/rotated-rows';
import { rotateInput, type RotationDesk, rotationDesk } from '#test/support/databases/rotation-desk';
import { openDatabase } from '#workspace/database';
import type { Workspace } from '#workspace/workspace';
import { byValues } from '#test/support/activations';

// What the command line and the window call after a rotation: undo, sweep, recover, and who is connected.

const rotateDesk = ({ workspace, context }: RotationDesk) => rotate(workspace, rotateInput, context);
const { lockTimeoutMs, onPreflight } = rotateInput;

test('an undo goes back over the same columns, once, and is noted and kept', async () => {
  await using rows = await rowsToRotate();
  const desk = await rotationDesk(rows);
  const { from, to } = rows.keys;
  const input = { excluded: ['vault.s'], accepted: ['other-sessions'], lockTimeoutMs, onPreflight } as const;
  const undoDesk = (rehearsal: boolean) => undo(desk.workspace, { ...input, rehearsal }, desk.context);
  await expect(undoDesk(false)).rejects.toMatchObject({ code: 'nothing-to-undo' });
  await rotateDesk(desk);
  await rows.add(21);
  expect(await undoDesk(true)).toMatchObject({ rehearsal: true, rows: 20 });
  const result = await undoDesk(false);
  expect(result).toMatchObject({ from: to.fingerprint, to: from.fingerprint, rows: 20, already: 1 });
  expect(desk.questions.at(-1)).toMatchObject({
    of: 'undo',
    kept: ['vault.s'],
    accepted: ['other-sessions'],
  });
  expect(desk.noted.map(({ action }) => action)).toEqual([
    'undo broke off',
    'key rotated',
    'undo rehearsed',
    'rotation undone',
  ]);
  expect(await rows.opened()).toEqual({ from: 21, to: 0 });
  expect(await rows.ringStates()).toEqual(['active', 'retired']);
  const settings = await readEnvironmentSettings(rows.folder);
  expect(settings).toMatchObject({ lastResult: { id: result.id }, excluded: [] });
  const record = (await rows.records.list()).at(-1);
  expect(record).toMatchObject({ purpose: 'undo', excluded: ['vault.s'], cutover: { bothKeys: true } });
  await expect(undoDesk(false)).rejects.toMatchObject({
    code: 'already-undone',
    message: expect.stringContaining('was already undone'),
  });
});

test('a sweep counts what was written under the old key since, and closes the rotation once nothing is', async () => {
  await using rows = await rowsToRotate();
  const desk = await rotationDesk(rows);
  await expect(sweep(desk.workspace, desk.context)).rejects.toMatchObject({ code: 'nothing-to-undo' });
  // values may be under it, with others within them
  using third = new EncryptionKey(randomBytes(32));
  await rows.ring.hold(third, 'pending');
  await rows.ring.activate(third.fingerprint, byValues(rows.keys.from.fingerprint));
  await rows.ring.activate(rows.keys.from.fingerprint, byValues(third.fingerprint));
  await rotateDesk(desk);
  const from = rows.keys.from.fingerprint;
  for (const id of [21, 22]) await rows.add(id);
  const found = await sweep(desk.workspace, desk.context);
  expect(found).toMatchObject({ from, stragglers: 2, ambiguous: 0, allClear: false });
  expect(found.beyondReach).toMatchObject({
    key: from,
    replace: [{ columns: [{ name: 'public.vault.s' }] }],
  });
  expect(found.census.opened.toSorted()).toEqual(
    [from, rows.keys.to.fingerprint, third.fingerprint].toSorted(),
  );
  expect(desk.steps).toContainEqual({ step: 'sweep', done: 22 });
  expect(desk.steps.map(({ step }) => step)).toContain('census');
  expect(desk.noted.at(-1)).toEqual({
    environment: desk.workspace.id,
    action: 'stragglers swept',
    detail: '2 rows encrypted with the old key, 0 values too short to tell',
    outcome: 'failed',
    fingerprint: from,
  });
  expect(await rows.states()).toEqual(['committed']);
  const result = await rewriteStragglers(
    desk.workspace,
    { accepted: ['other-sessions'], lockTimeoutMs, onPreflight },
    desk.context,
  );
  expect(result).toMatchObject({ rows: 2, already: 20, rehearsal: false, sampled: true });
  expect(desk.questions.at(-1)).toMatchObject({
    of: 'sweep',
    accepted: ['other-sessions'],
  });
  expect(desk.noted.at(-1)).toMatchObject({ action: 'stragglers rewritten', outcome: 'done' });
  expect((await readEnvironmentSettings(rows.folder))?.lastResult?.id).not.toBe(result.id);
  expect(await sweep(desk.workspace, desk.context)).toMatchObject({ stragglers: 0, allClear: true });
  expect(desk.noted.at(-1)).toMatchObject({ action: 'stragglers swept', outcome: 'done' });
  expect(await rows.states()).toEqual(['confirmed', 'committed']);
  expect(await readCensuses(rows.folder)).toMatchObject([{ keys: [{ fingerprint: from, values: 0 }] }]);
});

test('a rotation that did not end is noted so, and a recovery with what it settled and whether all went well', async () => {
  await using rows = await rowsToRotate();
  const desk = await rotationDesk(rows);
  const { context, noted, workspace } = desk;
  expect(await recover(workspace, context)).toMatchObject({ recovered: [] });
  expect(noted).toEqual([
    { environment: workspace.id, action: 'recovered', detail: 'nothing was unsettled', outcome: 'done' },
  ]);
  expect(desk.steps).toEqual([{ step: 'recovery', done: 0 }]);
  const activate: typeof rows.ring.activate = async (fingerprint, how) => {
    if (fingerprint === rows.keys.to.fingerprint) throw new Error('the disk is full');
    return rows.ring.activate(fingerprint, how);
  };
  const hindered: Workspace = {
    ...workspace,
    openKeys: async () => ({ place: 'keychain', keyRing: { ...rows.ring, activate } }),
  };
  await expect(rotate(hindered, rotateInput, context)).rejects.toMatchObject({ code: 'rotation-unsettled' });
  expect(noted.at(-1)).toMatchObject({ action: 'rotation not settled', detail: 'rotation-unsettled' });
  {
    await using holder = await rows.open('keel holder');
    await holder.query('SELECT pg_advisory_lock(1801807212, 1)');
    const recovery = await recover(workspace, context);
    expect(recovery).toMatchObject({ recovered: [], failure: { code: 'rotation-running' } });
    expect(noted.at(-1)).toMatchObject({ action: 'recovered', outcome: 'failed' });
  }
  expect(await recover(workspace, context)).toMatchObject({ recovered: [{ outcome: 'committed' }] });
  const id = (await rows.records.list()).at(-1)?.id;
  expect(noted.at(-1)).toMatchObject({ detail: `${id} committed`, outcome: 'done' });
  expect(await rows.ringStates()).toEqual(['retired', 'active']);
  await rows.database.client.query(`UPDATE vault SET s = encode(sha512(id::text::bytea), 'base64')`);
  expect(await recover(workspace, context)).toMatchObject({ agrees: false });
  expect(noted.at(-1)).toMatchObject({ action: 'recovered', outcome: 'failed' });
  const database = async () => openDatabase(rows.database.url.replace(rows.database.name, 'nowhere'));
  await expect(recover({ ...workspace, database }, context)).rejects.toBeInstanceOf(KeelError);
  expect(noted.at(-1)).toMatchObject({ action: 'recovery broke off', outcome: 'failed' });
});

test('who is connected is told, and since when, once there was a rotation', async () => {
  await using rows = await rowsToRotate();
  const desk = await rotationDesk(rows);
  await expect(sessionsSinceCutover(desk.workspace)).rejects.toMatchObject({ code: 'nothing-to-undo' });
  await rows.database.client.query(`SET application_name = 'ballast'`);
  const during: Awaited<ReturnType<typeof rows.open>>[] = [];
  await rows.rotate({ staged: async () => void during.push(await rows.open('came meanwhile')) });
  await using _ = await rows.open('came later');
  expect(await sessionsSinceCutover(desk.workspace)).toMatchObject({ before: 2, since: 1 });
  await rows.database.client.query('DROP SCHEMA keel CASCADE');
  // the record has the time of COMMIT where the journal is gone
  expect(await sessionsSinceCutover(desk.workspace)).toMatchObject({ before: 2, since: 1 });
  for (const client of during) await client.end();
  const { total, sessions } = await sessionsNow(desk.workspace);
  expect(total).toBe(2);
  expect(sessions.map(({ application }) => application)).toEqual(['ballast', 'came later']);
  for (const { pid, user, since } of sessions) {
    expect(pid).toBeGreaterThan(0);
    expect(user).toBe('postgres');
    expect(since).toMatch(/^\d{4}-.*Z$/);
  }
});
