import { describe, expect, test } from 'vitest';
import type { Finding, RotationResult, RotationState } from '#contract/rotation';
import { duringCutover, missingFor, statusOf } from '../../../src-renderer/screens/rotate/status.ts';

const taken = (...accepted: string[]) => ({ accepted, left: [] });

const [old, fresh] = ['7f3a-91c2-0000-0001', 'd04e-5b88-0000-0002'];
const at = '2026-11-24T12:00:00.000Z';
const stop: Finding = { code: 'other-sessions', level: 'stop', message: 'busy', acceptable: true };
const pass: Finding = { code: 'version', level: 'pass', message: 'PostgreSQL 18.4', acceptable: false };
const rehearsal = { id: 'r', rehearsal: true, columns: [] } as unknown as RotationResult;
const last = {
  id: 'l',
  at,
  purpose: 'rotate',
  from: old,
  to: fresh,
  handedOff: false,
  confirmed: false,
} as const;

const nothing: RotationState = { backupProven: false, canUndo: false };
const ready: RotationState = { ...nothing, from: old, to: fresh, backupProven: true };
const looked = (...findings: Finding[]): RotationState => ({
  ...ready,
  preflight: { at, findings, accepted: [] },
});

describe('the wizard stands', () => {
  test.for<[string, RotationState, string[], string, number]>([
    ['at the new key where none is proven', nothing, [], 'key', 0],
    ['at the new key where there is none to go to', { ...nothing, from: old }, [], 'key', 0],
    ['at the backup until the new key was restored', { ...ready, backupProven: false }, [], 'backup', 1],
    ['at preflight until it was run', ready, [], 'preflight', 2],
    ['at preflight while it stops', looked(stop), [], 'preflight', 2],
    ['at the rehearsal once the stop is taken on', looked(stop), ['other-sessions'], 'rehearsal', 3],
    ['at the rehearsal once nothing stops', looked(pass), [], 'rehearsal', 3],
    ['at the review once it was rehearsed', { ...looked(pass), rehearsal }, [], 'review', 4],
    ['at the hand-off after a rotation', { ...nothing, from: fresh, last }, [], 'handoff', 6],
    [
      'at the end after the hand-off',
      { ...nothing, from: fresh, last: { ...last, handedOff: true } },
      [],
      'handoff',
      7,
    ],
    [
      'at the new key again after an undo',
      { ...nothing, from: old, last: { ...last, purpose: 'undo', from: fresh, to: old } },
      [],
      'key',
      0,
    ],
    ['at the new rotation where one was begun', { ...ready, from: fresh, to: old, last }, [], 'preflight', 2],
  ])('%s', ([, state, accepted, current, done]) => {
    expect(statusOf(state, taken(...accepted))).toMatchObject({ current });
    expect(statusOf(state, taken(...accepted)).done).toHaveLength(done);
  });
});

test('the review is done while the rotation runs, and the cutover once it is committed', () => {
  const reviewed = statusOf({ ...looked(pass), rehearsal }, taken());
  const running = duringCutover(reviewed, { running: true, committed: false });
  expect(running.current).toBe('cutover');
  expect(running.done).toContain('review');
  expect(running.done).not.toContain('cutover');
  const over = duringCutover(reviewed, { running: false, committed: true });
  expect(over.current).toBe('handoff');
  expect(over.done).toContain('cutover');
  expect(duringCutover(reviewed, { running: false, committed: false })).toEqual(reviewed);
});

describe('a guarded step', () => {
  test('leads to the key screen where no key is proven', () => {
    expect(missingFor('cutover', nothing, taken())?.where).toEqual({ screen: 'key' });
  });

  test('leads to the backups before the new key was restored from one', () => {
    const state = { ...ready, backupProven: false };
    expect(missingFor('rehearsal', state, taken())?.where).toEqual({ screen: 'backup' });
    expect(missingFor('key', state, taken())).toBeUndefined();
  });

  test('leads to preflight while a stop is open, and counts the stops', () => {
    expect(missingFor('rehearsal', looked(stop, { ...stop, code: 'triggers' }), taken())).toMatchObject({
      what: 'Preflight has 2 blockers that are neither fixed nor accepted',
      where: { step: 'preflight' },
    });
    expect(missingFor('rehearsal', looked(stop), taken('other-sessions'))).toBeUndefined();
  });

  test('asks for the rehearsal before the review, and for the review before the cutover', () => {
    expect(missingFor('review', looked(pass), taken())?.where).toEqual({ step: 'rehearsal' });
    const rehearsed = { ...looked(pass), rehearsal };
    expect(missingFor('review', rehearsed, taken())).toBeUndefined();
    expect(missingFor('cutover', rehearsed, taken())?.where).toEqual({ step: 'review' });
    expect(missingFor('handoff', rehearsed, taken())?.where).toEqual({ step: 'review' });
  });
});
