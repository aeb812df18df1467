import { expect, test } from 'vitest';
import { createFleetRehearsals } from '#procedures/fleet/rehearsals';
import type { Basis } from '#procedures/rotation/wizard-memory';

const basis: Basis = { purpose: 'rotate', from: 'a', to: 'b', columns: [], excluded: [], accepted: [] };

test('a fleet that was rehearsed may be rotated with the same accepted risks, and no others', () => {
  const rehearsals = createFleetRehearsals();
  rehearsals.keep('acme', basis, ['one', 'two']);
  const rotate =
    (accepted: Basis['accepted'], names = ['one', 'two']) =>
    () =>
      rehearsals.assertRehearsed('acme', { ...basis, accepted }, names);
  expect(rotate([])).not.toThrow();
  // who is connected is another matter at every run
  expect(rotate(['other-sessions'])).not.toThrow();
  expect(rotate(['not-read'])).toThrow(/accepted risks/);
  expect(rotate([], ['one', 'three'])).toThrow(/1 of 2 databases/);
  expect(rehearsals.rehearsed('acme', basis)).toEqual(['one', 'two']);
});

test('a rehearsal with other accepted risks says nothing of databases that were rehearsed without them', () => {
  const rehearsals = createFleetRehearsals();
  rehearsals.keep('acme', basis, ['one']);
  const other = { ...basis, accepted: ['not-read'] as const };
  rehearsals.keep('acme', other, ['two']);
  expect(() => rehearsals.assertRehearsed('acme', other, ['one', 'two'])).toThrow(/1 of 2/);
});
