import { expectAccessible } from '../support/accessibility.ts';
import { connectAcme, createAcme, prepareNewKey } from '../support/acme.ts';
import { test } from '../support/keel-test.ts';
import { button, confirmRotation, expect, openScreen } from '../support/wizard.ts';

test.slow();

test('a preflight of samples is said to be one at every step, and so is the rotation that rests on it', async ({
  keel,
}) => {
  const { page } = keel;
  await using acme = await createAcme();
  await prepareNewKey(keel, await connectAcme(keel, acme));
  const samples = page.getByRole('switch', { name: 'Read samples only' });
  const notice = page.getByText(/searched a sample of each table .*; the remaining rows were not read/);

  await openScreen(page, 'Rotate');
  await samples.click({ force: true });
  await button(page, 'Run preflight').click();
  await expect(notice).toBeVisible();
  await expect(page.getByText(/; sampled /)).toBeVisible();
  await expectAccessible(page);
  // the other way is looked at anew, and needs a rehearsal of its own
  await samples.click({ force: true });
  await expect(page.getByText(/; checked /)).toBeVisible();
  await expect(notice).toBeHidden();
  await samples.click({ force: true });
  await expect(page.getByText(/; sampled /)).toBeVisible();

  await button(page, 'Continue to the rehearsal').click();
  await button(page, 'Rehearse').click();
  await expect(page.getByText('rows changed: rolled back')).toBeVisible();
  await expect(notice).toBeVisible();
  await confirmRotation(page);
  await expect(page.getByText('Verified and committed.')).toBeVisible();
  await expect(notice).toBeVisible();
});
