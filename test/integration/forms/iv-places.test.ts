import { beforeAll, describe, expect, test } from 'vitest';
import { connectPlainly, sharedServerUrl } from '#test/support/postgres/test-database';
import { outcomesOf } from '#test/support/forms/written-batch';
import { formsOfFrame, formsOfIv, type NamedForm } from '#test/support/forms/written-forms';
import type { Outcome } from '#test/support/forms/written-rotation';
import { formsOfCipher, formsOfRows } from '#test/support/forms/written-values';

/**
 * Forms in one database, a table each, rotated by the built command line and read back as their applications read them. Where even a
 * rotation is only wished for, a refusal that names the column and changes nothing is the least.
 */
function testEach(forms: readonly NamedForm[]): void {
  const tableOf = (form: NamedForm) => `form_${forms.indexOf(form)}`;
  let outcomes: ReadonlyMap<string, Outcome>;
  beforeAll(async () => {
    const written: [string, NamedForm][] = [];
    for (const form of forms) {
      const { extension } = form;
      if (extension && !(await hasExtension(extension))) continue;
      const before = extension ? `CREATE EXTENSION IF NOT EXISTS ${extension}` : form.before;
      written.push([tableOf(form), { ...form, ...(before && { before }) }]);
    }
    outcomes = await outcomesOf(Object.fromEntries(written));
  }, 400_000);

  for (const form of forms) {
    const { name, wanted, extension } = form;
    test(`${name}, is ${wanted === 'rotated' ? 'rotated' : 'rotated, or refused by its name'}`, ({
      skip,
    }) => {
      const outcome = outcomes.get(tableOf(form));
      if (!outcome) return skip(`the server has no extension ${extension}`);
      const { verdict, why } = outcome;
      const isEnough = verdict === 'rotated' || (verdict === 'refused' && wanted === 'refused');
      return expect(isEnough ? wanted : verdict, why).toBe(wanted);
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
