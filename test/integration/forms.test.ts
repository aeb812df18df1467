import { describe, expect, test } from 'vitest';
import { connectPlainly, sharedServerUrl } from './test-database.ts';
import { formsOfFrame, formsOfIv, type NamedForm } from './written-forms.ts';
import { outcomeOf } from './written-rotation.ts';
import { formsOfCipher, formsOfRows } from './written-values.ts';

/**
 * Every form in a database of its own, rotated by the built command line and read back as its application reads it. Where even a
 * rotation is only wished for, a refusal that names the column and changes nothing is the least.
 */
function testEach(forms: readonly NamedForm[]): void {
  for (const form of forms) {
    const { name, wanted, extension } = form;
    test(`${name}, is ${wanted === 'rotated' ? 'rotated' : 'rotated, or refused by its name'}`, async ({
      skip,
    }) => {
      if (extension && !(await hasExtension(extension))) skip(`the server has no extension ${extension}`);
      const before = extension ? `CREATE EXTENSION ${extension}` : form.before;
      const { verdict, why } = await outcomeOf({ ...form, ...(before && { before }) });
      const isEnough = verdict === 'rotated' || (verdict === 'refused' && wanted === 'refused');
      expect(isEnough ? wanted : verdict, why).toBe(wanted);
    });
  }
}

async function hasExtension(name: string): Promise<boolean> {
  const client = await connectPlainly(sharedServerUrl());
  const { rowCount } = await client.query('SELECT FROM pg_available_extensions WHERE name = $1', [name]);
  await client.end();
  return rowCount === 1;
}

describe('a ciphertext whose IV is', () => testEach(formsOfIv));
describe('a ciphertext', () => testEach(formsOfFrame));
describe('a column with', () => testEach([...formsOfCipher, ...formsOfRows]));
