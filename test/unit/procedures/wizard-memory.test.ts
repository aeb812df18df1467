import { expect, test } from 'vitest';
import type { RotationResult } from '#contract/rotation';
import { type Basis, createWizardMemory } from '#procedures/rotation/wizard-memory';

const subject = {
  purpose: 'rotate',
  from: 'a',
  to: 'b',
  columns: [{ table: 't' }],
  excluded: ['t.c', 't.d'],
} as const;
const basis: Basis = { ...subject, accepted: ['triggers'] };
const result = { id: 'r' } as RotationResult;

test('a rotation may follow a rehearsal of the very same, and of nothing else', () => {
  const memory = createWizardMemory();
  expect(() => memory.assertRehearsed('env', basis)).toThrow(/has not been rehearsed/);
  memory.keepRehearsal('env', basis, result);
  expect(() => memory.assertRehearsed('env', { ...basis, excluded: ['t.d', 't.c'] })).not.toThrow();
  expect(() => memory.assertRehearsed('other', basis)).toThrow(/has not been rehearsed/);
});

test.for<[string, Basis]>([
  ['another new key', { ...basis, to: 'c' }],
  ['another column', { ...basis, columns: [{ table: 'u' }] }],
  ['another exclusion', { ...basis, excluded: ['t.c'] }],
  ['another stop taken on', { ...basis, accepted: ['triggers', 'unproven-column'] }],
  ['a stop not taken on any more', { ...basis, accepted: [] }],
  ['a place left under the old key', { ...basis, left: ['public.legacy.value'] }],
  ['going back', { ...basis, purpose: 'undo' }],
])('%s asks for another rehearsal', ([, changed]) => {
  const memory = createWizardMemory();
  memory.keepRehearsal('env', basis, result);
  expect(() => memory.assertRehearsed('env', changed)).toThrow(/has not been rehearsed/);
});

test('others may connect between a rehearsal and its rotation', () => {
  const memory = createWizardMemory();
  memory.keepRehearsal('env', basis, result);
  expect(() =>
    memory.assertRehearsed('env', { ...basis, accepted: ['other-sessions', 'triggers'] }),
  ).not.toThrow();
});

test('reading drops nothing, and finds what was rehearsed whatever was taken on for it', () => {
  const memory = createWizardMemory();
  memory.keepRehearsal('env', basis, result);
  expect(memory.recall('env', { ...subject, to: 'c' })).toEqual({});
  expect(() => memory.assertRehearsed('env', { ...basis, to: 'c' })).toThrow(/has not been rehearsed/);
  expect(memory.recall('env', subject)).toEqual({ rehearsal: result });
  expect(() => memory.assertRehearsed('env', basis)).not.toThrow();
});

test('the rehearsal of an undo stands beside that of a rotation', () => {
  const memory = createWizardMemory();
  const undo: Basis = { ...basis, purpose: 'undo' };
  memory.keepRehearsal('env', basis, result);
  memory.keepRehearsal('env', undo, result);
  expect(() => memory.assertRehearsed('env', basis)).not.toThrow();
  expect(() => memory.assertRehearsed('env', undo)).not.toThrow();
  memory.forget('env');
  expect(() => memory.assertRehearsed('env', undo)).toThrow(/this undo has not been rehearsed/);
});

test('a rotation that was done is forgotten', () => {
  const memory = createWizardMemory();
  memory.keepRehearsal('env', basis, result);
  memory.forget('env');
  expect(memory.recall('env', subject)).toEqual({});
});
