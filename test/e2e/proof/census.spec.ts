import { expectAccessible } from '../support/accessibility.ts';
import { connectAcme, createAcme, prepareNewKey } from '../support/acme.ts';
import { sealing } from '../support/fresh-environment.ts';
import { expect, test } from '../support/keel-test.ts';
import { showAs } from '../support/looks.ts';
import { createLimitedRole, planted, plantValues } from '../support/planted-values.ts';
import { call } from '../support/window-calls.ts';
import { button, confirmRotation, openScreen, rehearse } from '../support/wizard.ts';

test.slow();

test('values outside the inventory are found, added to it, and checked again', async ({ keel }) => {
  const { page } = keel;
  await using acme = await createAcme();
  const environment = await connectAcme(keel, acme);
  await plantValues(acme);
  await openScreen(page, 'Prove');
  await button(page, 'Prove the key').click();
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('Correct', sealing);

  const card = page.getByRole('region', { name: 'Whole database' });
  await button(page, 'Check the whole database').click();
  await expect(card).toContainText('2 places outside the inventory hold values', sealing);
  await expect(card).toContainText(
    /Read [\d,]+ cells in 3 tables, .* MiB, and tried 1 key; 0 places not read\./,
  );
  const outside = page.getByRole('region', { name: 'Outside the inventory · 2' });
  const inDocument = outside.getByRole('listitem').filter({ hasText: planted.document });
  await expect(inDocument).toContainText('40 values encrypted with');
  await expect(inDocument).toContainText('the active key · base64, IV first · rows id=1, id=2');
  await expect(outside.getByRole('listitem').filter({ hasText: planted.text })).toContainText('30 values');
  for (const look of [
    { theme: 'light', width: 1280, height: 800 },
    { theme: 'dark', width: 900, height: 600 },
  ] as const) {
    await showAs(keel, look);
    await expectAccessible(page);
    await expect
      .poll(() => page.evaluate(() => (document.querySelector('main')?.scrollWidth ?? 0) - innerWidth))
      .toBeLessThanOrEqual(0);
  }

  // one by keyboard, the other beside it
  await button(page, `Add to the inventory: ${planted.text}`).focus();
  await page.keyboard.press('Enter');
  await expect(card).toContainText('1 place outside the inventory holds values');
  await expect(card.locator(':focus')).toContainText('1 place outside');
  await button(page, `Add to the inventory: ${planted.document}`).click();
  await expect(card).toContainText('2 places were added to the inventory.');
  await expect(page.getByText('2 columns were added or changed since this proof')).toBeVisible();

  await button(page, 'Check again').click();
  await expect(card).toContainText(
    'The inventory covers every value found that is encrypted with a key',
    sealing,
  );
  await expect(card).toContainText('In the inventory: 150 values in 3 places');
  await button(page, 'Prove again').click();
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText(
    'It decrypts 150 of 150 values',
    sealing,
  );
  const { columns } = await call(page, 'inventory.read', { environment });
  expect(columns).toHaveLength(3);
});

test('a table that cannot be read is listed with the reason, and there is no all-clear', async ({ keel }) => {
  const { page } = keel;
  await using acme = await createAcme();
  await using role = await createLimitedRole(acme);
  await connectAcme(keel, acme, role);
  await openScreen(page, 'Prove');
  const card = page.getByRole('region', { name: 'Whole database' });
  await button(page, 'Check the whole database').click();
  await expect(card).toContainText('but 1 place could not be read', sealing);
  await expect(card).toContainText('1 place not read.');
  await expect(page.getByRole('region', { name: 'Not read · 1' })).toContainText('billing_export');
});

test('preflight stops at values outside the inventory: they are added, or left by name, and a sweep tells of them', async ({
  keel,
}) => {
  test.setTimeout(400_000);
  const { page } = keel;
  await using acme = await createAcme();
  await using role = await createLimitedRole(acme);
  const environment = await connectAcme(keel, acme, role);
  const newKey = await prepareNewKey(keel, environment);
  await plantValues(acme);
  await acme.grant(role.user, ['legacy_token']);
  await openScreen(page, 'Rotate');
  await button(page, 'Run preflight').click();

  // two tables cannot be read, and one outside the inventory can
  const unread = page.getByRole('switch', { name: 'Continue without reading 2 places' });
  await expect(unread).toBeVisible(sealing);
  await expect(page.getByText(/Applies to billing_export, webhook_delivery_log/)).toBeVisible();
  const leave = page.getByRole('switch', { name: 'Leave 1 place encrypted with the old key' });
  await expect(page.getByText('Applies to legacy_token.value.')).toBeVisible();
  await expectAccessible(page);
  await unread.click({ force: true });
  await leave.click({ force: true });
  await expect(page.getByRole('region', { name: 'Accepted risks · 2' })).toBeVisible();
  await leave.click({ force: true });

  await button(page, 'Add 1 column to the inventory').click();
  await expect(page.getByText(/^No blockers, 1 accepted/)).toBeVisible(sealing);
  expect((await call(page, 'inventory.read', { environment })).columns).toHaveLength(2);

  await rehearse(page);
  await button(page, 'Review the rotation').click();
  await expect(page.getByText(/As you accepted, billing_export, webhook_/)).toBeVisible();
  await button(page, 'Back to the rehearsal').click();
  await confirmRotation(page);
  await expect(page.getByText('Verified and committed.')).toBeVisible(sealing);
  expect(await acme.opened(newKey)).toBe(acme.rows);

  await acme.grant(role.user, ['webhook_delivery_log_of_the_previous_generation_kept_for_audit']);
  await openScreen(page, 'Hand-off');
  await button(page, 'I updated Ballast myself').click();
  await button(page, 'Sweep for stragglers').click();
  const stragglers = page.getByRole('region', { name: 'Stragglers' });
  await expect(stragglers).toContainText(
    '1 place outside the inventory is still encrypted with the old key.',
    sealing,
  );
  await expect(stragglers).toContainText('1 place could not be read, so there may be values');
  await expect(stragglers).not.toContainText('No value encrypted with the old key was found.');
  await expect(page.getByText('Handed off, but not confirmed yet')).toBeVisible();
  await expectAccessible(page);
});
