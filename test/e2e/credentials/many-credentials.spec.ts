import { connectAcme, createAcme } from '../support/acme.ts';
import { sealing } from '../support/fresh-environment.ts';
import { expect, test } from '../support/keel-test.ts';
import { openScreen } from '../support/wizard.ts';

const rows = 100_000;
const total = `${rows.toLocaleString('en')} credentials`;

test('a hundred thousand credentials have a true total, and the last is one key away, by scrolling and by searching', async ({
  keel,
}) => {
  test.setTimeout(400_000);
  const { page } = keel;
  await using acme = await createAcme({ rows });
  await connectAcme(keel, acme);
  await openScreen(page, 'Credentials');
  const list = page.getByRole('table', { name: 'Credentials' });
  const listed = list.getByRole('row');
  await expect(page.getByText(total, { exact: true })).toBeVisible(sealing);
  await expect(list).toHaveAttribute('aria-rowcount', String(rows + 1));
  expect(await listed.count()).toBeLessThan(60);

  await listed.nth(1).focus();
  await page.keyboard.press('End');
  const last = list.getByRole('row', { name: `id=${rows - 1}` });
  await expect(last).toBeFocused(sealing);
  await expect(last).toHaveAttribute('aria-rowindex', String(rows + 1));
  expect(await listed.count()).toBeLessThan(60);
  await page.keyboard.press('Enter');
  const detail = page.getByRole('list', { name: 'Values' });
  await expect(detail.getByRole('listitem')).toHaveCount(4, sealing);
  await expect(page.getByRole('main').locator('code', { hasText: `id=${rows - 1}` })).toBeVisible();

  // as the bar at the side is dragged to the middle
  await page.getByRole('region', { name: 'Credentials' }).evaluate((region) => {
    region.scrollTop = region.scrollHeight / 2;
  });
  await expect(list.getByRole('row', { name: `id=${rows / 2}` })).toBeVisible(sealing);
  expect(await listed.count()).toBeLessThan(60);

  await page.getByRole('textbox', { name: 'Search' }).fill(String(rows - 1));
  await expect(listed).toHaveCount(2, sealing);
  await expect(last).toBeVisible();
  await expect(page.getByText('1 credential', { exact: true })).toBeVisible();
  await page.getByRole('textbox', { name: 'Search' }).fill('');
  await expect(page.getByText(total, { exact: true })).toBeVisible(sealing);
});
