import { describe, expect, test } from 'vitest';
import { isUnsettled, nextState, type RotationEvent, type RotationState } from '#records/rotation-state';

/** Every transition that exists, a line a state; what is not here is refused. */
const table: Readonly<Record<RotationState, Partial<Record<RotationEvent, RotationState>>>> = {
  prepared: { 'artefact-drilled': 'backed-up', 'no-commit-found': 'rolled-back' },
  'backed-up': {
    'rehearsal-passed': 'rehearsed',
    'cutover-began': 'cutover',
    'no-commit-found': 'rolled-back',
  },
  rehearsed: { 'cutover-began': 'cutover', 'no-commit-found': 'rolled-back' },
  cutover: { 'commit-found': 'committed', 'no-commit-found': 'rolled-back' },
  committed: { 'stragglers-clear': 'confirmed', 'older-database-found': 'rolled-back' },
  confirmed: { 'stragglers-clear': 'confirmed', 'older-database-found': 'rolled-back' },
  'rolled-back': {},
};
const states = Object.keys(table) as RotationState[];
const events: readonly RotationEvent[] = [
  'artefact-drilled',
  'rehearsal-passed',
  'cutover-began',
  'commit-found',
  'no-commit-found',
  'stragglers-clear',
  'older-database-found',
];

describe('a rotation', () => {
  const cases = states.flatMap((state) =>
    events.map((event) => [state, event, table[state][event]] as const),
  );
  test.for(cases)('that is %s, on %s: %s', ([state, event, next]) => {
    if (next) expect(nextState(state, event)).toBe(next);
    else expect(() => nextState(state, event)).toThrow(`no transition from ${state} on ${event}`);
  });

  test('reaches the cutover only with a drilled artefact behind it', () => {
    const intoCutover = cases.filter(([, , next]) => next === 'cutover').map(([state]) => state);
    expect(intoCutover).toEqual(['backed-up', 'rehearsed']);
    expect(cases.filter(([, , next]) => next === 'backed-up')).toEqual([
      ['prepared', 'artefact-drilled', 'backed-up'],
    ]);
  });

  test('is committed only out of the cutover, and rolled back after that only where the database turned out to be older', () => {
    expect(cases.filter(([, , next]) => next === 'committed').map(([state]) => state)).toEqual(['cutover']);
    for (const state of ['committed', 'confirmed'] as const) {
      expect(() => nextState(state, 'no-commit-found')).toThrow();
    }
  });

  test('is settled once it is committed, confirmed or rolled back', () => {
    expect(states.filter(isUnsettled)).toEqual(['prepared', 'backed-up', 'rehearsed', 'cutover']);
  });
});
