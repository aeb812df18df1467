import { connectAcme, createAcme, prepareNewKey } from '../support/acme.ts';
import { picture } from './album.ts';
import { test } from '../support/keel-test.ts';
import { createLimitedRole, plantValues } from '../support/planted-values.ts';
import { button, confirmRotation, expect, openScreen, rehearse } from '../support/wizard.ts';

// the whole database: what the inventory lacks, before a rotation and after one

test('places outside the inventory, and places that cannot be read', async ({ keel }) => {
  test.setTimeout(600_000);
  await using acme = await createAcme();
  await using role = await createLimitedRole(acme);
  const environment = await connectAcme(keel, acme, role);
  await prepareNewKey(keel, environment);
  await plantValues(acme);
  await acme.grant(role.user, [
    'legacy_token',
    'webhook_delivery_log_of_the_previous_generation_kept_for_audit',
  ]);
  const { page } = keel;

  await openScreen(page, 'Prove');
  await button(page, 'Check the whole database').click();
  await expect(page.getByText(/2 places outside the inventory hold/)).toBeVisible();
  await page.getByRole('region', { name: 'Whole database' }).evaluate((card) => card.scrollIntoView());
  await picture(keel, 'prove-census');

  await openScreen(page, 'Rotate');
  await button(page, 'Run preflight').click();
  await expect(page.getByRole('switch', { name: 'Leave 2 places encrypted with the old key' })).toBeVisible();
  await picture(keel, 'rotate-census');
  for (const name of ['Leave 2 places encrypted with the old key', 'Continue without reading 1 place'])
    await page.getByRole('switch', { name }).click({ force: true });
  await rehearse(page);
  await confirmRotation(page);
  await expect(page.getByText('Verified and committed.')).toBeVisible();
  await openScreen(page, 'Hand-off');
  await button(page, 'I updated Ballast myself').click();
  await button(page, 'Sweep for stragglers').click();
  await expect(
    page.getByText('2 places outside the inventory are still encrypted with the old key.'),
  ).toBeVisible();
  await page.getByRole('region', { name: 'Stragglers' }).evaluate((card) => card.scrollIntoView());
  await picture(keel, 'handoff-census');
});

test('a preflight of samples, and what rests on it', async ({ keel }) => {
  test.setTimeout(600_000);
  await using acme = await createAcme();
  await prepareNewKey(keel, await connectAcme(keel, acme));
  const { page } = keel;
  await openScreen(page, 'Rotate');
  await page.getByRole('switch', { name: 'Read samples only' }).click({ force: true });
  await picture(keel, 'rotate-sampled-choice');
  await button(page, 'Run preflight').click();
  await expect(page.getByText(/; sampled /)).toBeVisible();
  await picture(keel, 'rotate-sampled-preflight');
  await rehearse(page);
  await picture(keel, 'rotate-sampled-rehearsal');
  await button(page, 'Review the rotation').click();
  await picture(keel, 'rotate-sampled-review');
});
