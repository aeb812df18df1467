import { expectAccessible } from '../support/accessibility.ts';
import { connectAcme, createAcme, hold, prepareNewKey } from '../support/acme.ts';
import { test } from '../support/keel-test.ts';
import { button, confirmRotation, expect, phase, rehearse } from '../support/wizard.ts';

test('a reload in the middle finds the rotation again, and a link that is lost then changes nothing', async ({
  keel,
}) => {
  test.setTimeout(400_000);
  await using acme = await createAcme();
  const environment = await connectAcme(keel, acme);
  const newKey = await prepareNewKey(keel, environment);
  const before = await acme.ciphertexts();
  const { page } = keel;
  const ballast = await acme.connectBallast();
  await rehearse(page, { besideBallast: true });
  const letGo = await hold(ballast, 'write');
  await confirmRotation(page, { besideBallast: true });
  await expect(phase(page, 'Write')).toHaveAttribute('aria-current', 'step');

  await page.reload();
  await expect(phase(page, 'Write')).toHaveAttribute('aria-current', 'step');
  await expect(page.getByText('Nothing changes until the commit.')).toBeVisible();

  await ballast.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'keel%'`,
  );
  await expect(page.getByText('Nothing was changed in the database')).toBeVisible();
  await expect(page.getByRole('main').getByRole('alert')).toContainText(/connection|session/);
  await expectAccessible(page);
  expect(await acme.ciphertexts()).toEqual(before);
  await letGo();

  await button(page, 'Back to the review').click();
  await button(page, 'Back to the rehearsal').click();
  await confirmRotation(page, { besideBallast: true });
  await expect(page.getByText('Verified and committed.')).toBeVisible();
  expect(await acme.opened(newKey)).toBe(acme.rows);
  await ballast.end();

  // what was done is still told afterwards, and what is left to do
  await page.reload();
  await expect(page.getByText('Verified and committed.')).toBeVisible();
  await expect(page.getByRole('img', { name: /5 phases of the rotation\. Writers waited/ })).toBeVisible();
  await expect(button(page, 'Hand off the new key')).toBeVisible();
});
