import { describe, expect, test } from 'vitest';
import { formsOfFrame, formsOfIv, type NamedForm } from './written-forms.ts';
import { outcomeOf } from './written-rotation.ts';
import { formsOfCipher, formsOfRows } from './written-values.ts';

/**
 * Every form in a database of its own, rotated by the built command line and read back as its application reads it. Where even a
 * rotation is only wished for, a refusal that names the column and changes nothing is the least.
 */
function testEach(forms: readonly NamedForm[]): void {
  for (const form of forms) {
    test(`${form.name}, is ${form.wanted === 'rotated' ? 'rotated' : 'rotated, or refused by its name'}`, async () => {
      const { verdict, why } = await outcomeOf(form);
      const isEnough = verdict === 'rotated' || (verdict === 'refused' && form.wanted === 'refused');
      expect(isEnough ? form.wanted : verdict, why).toBe(form.wanted);
    });
  }
}

describe('a ciphertext whose IV is', () => testEach(formsOfIv));
describe('a ciphertext', () => testEach(formsOfFrame));
describe('a column with', () => testEach([...formsOfCipher, ...formsOfRows]));
