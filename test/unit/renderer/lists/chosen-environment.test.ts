import { expect, test } from 'vitest';
import type { EnvironmentCard } from '#contract/environments';
import { chosenOf } from '../../../../src-renderer/chosen-environment.ts';

const card = (id: string, production: boolean) => ({ id, production }) as EnvironmentCard;
const [prod, other, staging] = [card('prod', true), card('other', true), card('staging', false)];

test('nobody stands on a production environment unasked, unless there is no other environment', () => {
  expect(chosenOf([prod, staging], undefined)?.id).toBe('staging');
  expect(chosenOf([prod, other], undefined)).toBeUndefined();
  expect(chosenOf([prod], undefined)?.id).toBe('prod');
  expect(chosenOf([], undefined)).toBeUndefined();
});

test('one that was chosen stays chosen, and one that is gone does not', () => {
  expect(chosenOf([prod, staging], 'prod')?.id).toBe('prod');
  expect(chosenOf([prod, other], 'gone')).toBeUndefined();
});
