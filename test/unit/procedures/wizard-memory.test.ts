import { expect, test } from 'vitest';
import type { RotationResult } from '#contract/rotation';
import { createWizardMemory } from '#procedures/wizard-memory';

const basis = { from: 'a', to: 'b', columns: [{ table: 't' }], excluded: ['t.c', 't.d'] };
const result = { id: 'r' } as RotationResult;

test('a rotation may follow a rehearsal of the very same, and of nothing else', () => {
  const memory = createWizardMemory();
  expect(() => memory.assertRehearsed('env', basis)).toThrow(/has not been rehearsed/);
  memory.keepRehearsal('env', basis, result);
  expect(() => memory.assertRehearsed('env', { ...basis, excluded: ['t.d', 't.c'] })).not.toThrow();
  expect(() => memory.assertRehearsed('other', basis)).toThrow(/has not been rehearsed/);
});

test.for([
  ['another new key', { ...basis, to: 'c' }],
  ['another column', { ...basis, columns: [{ table: 'u' }] }],
  ['another exclusion', { ...basis, excluded: ['t.c'] }],
] as const)('%s asks for another rehearsal', ([, changed]) => {
  const memory = createWizardMemory();
  memory.keepRehearsal('env', basis, result);
  expect(() => memory.assertRehearsed('env', changed)).toThrow(/has not been rehearsed/);
});

test('a rotation that was done is forgotten', () => {
  const memory = createWizardMemory();
  memory.keepRehearsal('env', basis, result);
  memory.forget('env');
  expect(memory.recall('env', basis)).toEqual({});
});
