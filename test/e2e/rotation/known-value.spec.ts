import { randomBytes } from 'node:crypto';
import { base64 } from '../../support/databases/foreign-database.ts';
import { connectPlainly } from '../../support/postgres/test-database.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { connectAcme, createAcme, prepareNewKey } from '../support/acme.ts';
import { expect, test } from '../support/keel-test.ts';
import { button, openScreen } from '../support/wizard.ts';

test.slow();

test('a value that is typed beside the finding proves where the IV of its column is, and leaves no trace', async ({
  keel,
}) => {
  const { page } = keel;
  await using acme = await createAcme();
  const tokens = Array.from({ length: 30 }, () => randomBytes(30).toString('base64url'));
  const client = await connectPlainly(acme.url);
  await client.query('CREATE TABLE opaque (id int PRIMARY KEY, token text)');
  for (const [i, token] of tokens.entries())
    await client.query('INSERT INTO opaque VALUES ($1, $2)', [i, base64(token, acme.oldKey)]);
  await client.end();
  const environment = await connectAcme(keel, acme);
  await prepareNewKey(keel, environment);

  await openScreen(page, 'Rotate');
  await button(page, /^(Run preflight|Check again)$/).click();
  const warnings = page.getByRole('region', { name: /^Warnings/ });
  const field = page.getByLabel('A known value of public.opaque.token');
  await expect(field).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/is only assumed that the IV comes first/)).toBeVisible();
  await expectAccessible(page);

  await field.fill(randomBytes(30).toString('base64url'));
  await button(page, 'Compare value').click();
  await expect(page.getByText('No value in this column matches the one you entered.')).toBeVisible();
  await expect(field).toHaveValue('');
  await field.fill(tokens[7] ?? '');
  await page.keyboard.press('Enter');
  await expect(field).toBeHidden({ timeout: 60_000 });
  await page.getByText(/^Passed · /).click();
  await expect(page.getByText(/The position of the IV was proven for public\.opaque\.token/)).toBeVisible();
  await expect(warnings.getByText(/it is only assumed/)).toBeHidden();
});
