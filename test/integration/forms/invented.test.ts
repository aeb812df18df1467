import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type InventedForm, inventedForm, writtenFormOf } from '#test/support/forms/invented-forms';
import { outcomesOf } from '#test/support/forms/written-batch';
import type { Outcome } from '#test/support/forms/written-rotation';

/** How many forms are tried. More of them: `KEEL_FORMS=2000`; the same again: `KEEL_FORMS_SEED`; a printed one alone: `KEEL_FORM`. */
const { KEEL_FORMS = '48', KEEL_FORMS_SEED, KEEL_FORM } = process.env;
const count = Number(KEEL_FORMS);
const seed = Number(KEEL_FORMS_SEED ?? randomInt(2 ** 31));
const formsInDatabase = 12;
const reportedForms = 15;

const results: { form: InventedForm; outcome: Outcome }[] = [];

beforeAll(
  async () => {
    const forms = KEEL_FORM
      ? [JSON.parse(KEEL_FORM) as InventedForm]
      : fc.sample(inventedForm, { numRuns: count, seed });
    for (let at = 0; at < forms.length; at += formsInDatabase) {
      const some = forms.slice(at, at + formsInDatabase);
      const named = some.map((form, n) => [`form_${at + n}`, writtenFormOf(form)] as const);
      const outcomes = await outcomesOf(Object.fromEntries(named));
      for (const [n, form] of some.entries()) {
        results.push({ form, outcome: outcomes.get(`form_${at + n}`) as Outcome });
      }
    }
  },
  60_000 + count * 10_000,
);

/** The plainest first, with what makes the run again. */
function reported(some: readonly { form: InventedForm; outcome: Outcome }[]): string {
  const lines = some.map(({ form, outcome }) => `${JSON.stringify(form)}\n  ${outcome.why.slice(0, 400)}`);
  const plainest = lines.sort((a, b) => a.length - b.length).slice(0, reportedForms);
  return [
    `${some.length} of ${results.length}; KEEL_FORMS_SEED=${seed} KEEL_FORMS=${count}`,
    ...plainest,
  ].join('\n');
}

test('whatever form is invented, every value is read under the new key, or a refusal names the column and nothing changed', () => {
  const fallen = results.filter(({ outcome }) => outcome.verdict === 'falls short');
  expect(fallen.length, reported(fallen)).toBe(0);
});

test('of invented forms whose IV can be told, nine in ten are rotated', () => {
  // 16 random bytes in a column of their own may be an IV, and are a reason to refuse where plaintexts do not show their beginning
  const clear = results.filter(({ form }) => !('etag' in form.columns));
  const refused = clear.filter(({ outcome }) => outcome.verdict !== 'rotated');
  expect(refused.length / Math.max(1, clear.length), reported(refused)).toBeLessThanOrEqual(0.1);
});
