import type { Page } from '@playwright/test';
import { createTestDatabase } from '../../support/postgres/test-database.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { acmeName } from '../support/acme.ts';
import { expect, test } from '../support/keel-test.ts';
import { showAs } from '../support/looks.ts';
import { addMany } from '../support/many-environments.ts';
import { call } from '../support/window-calls.ts';
import { button, openScreen } from '../support/wizard.ts';

test.slow();

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const sidebar = (page: Page) => page.getByRole('navigation', { name: 'Screens' });
const switcher = (page: Page) => sidebar(page).getByRole('button', { name: /^Environment/ });
const names = Array.from({ length: 200 }, (_, at) => ({ name: `org_${at + 1}`, production: false }));

test('two hundred environments are a list that is searched, and a switcher that fits the window', async ({
  keel,
}) => {
  await using database = await createTestDatabase();
  await addMany(keel, database.url, names);
  const { page } = keel;
  await expect(heading(page, 'Environments')).toBeVisible();
  const list = page.getByRole('table', { name: 'Environments' });
  await expect(list).toHaveAttribute('aria-rowcount', '202');
  // production first, then as people count
  await expect(list.getByRole('row').nth(1)).toContainText(acmeName);
  await expect(list.getByRole('row').nth(2)).toContainText('org_1');
  await expect(list.getByRole('row').nth(3)).toContainText('org_2');
  expect(await list.getByRole('row').count()).toBeLessThan(60);
  const height = await page.getByRole('main').evaluate((main) => {
    const scrollers = [...main.querySelectorAll('div')].map(({ scrollHeight, clientHeight, role }) =>
      role === 'region' ? 0 : scrollHeight - clientHeight,
    );
    return Math.max(...scrollers);
  });
  expect(height).toBeLessThan(1500);

  await page.keyboard.press('ControlOrMeta+f');
  await expect(page.getByRole('textbox', { name: 'Search environments' })).toBeFocused();
  await page.keyboard.type('org_150');
  await expect(list.getByRole('row')).toHaveCount(2);
  await expectAccessible(page);

  await switcher(page).click();
  const found = page.getByRole('listbox');
  const box = await found.boundingBox();
  expect(box?.height ?? 0).toBeLessThan(500);
  await page.keyboard.type('copy_77');
  await expect(page.getByRole('option')).toHaveCount(1);
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(switcher(page)).toContainText('org_78');
});

test('a start stands on no production environment unasked, and where one was the next time', async ({
  keel,
}) => {
  await using database = await createTestDatabase();
  await addMany(keel, database.url, [
    { name: 'Staging', production: false },
    { name: 'Another production', production: true },
  ]);
  // the first of the list is in production, and was shown before the others were there
  await expect(heading(keel.page, 'Environments')).toBeVisible();
  await expect(switcher(keel.page)).toContainText('Staging');
  await openScreen(keel.page, 'Key');
  await switcher(keel.page).click();
  await keel.page.keyboard.type('another');
  await keel.page.keyboard.press('Enter');
  await expect(switcher(keel.page)).toContainText('Another production');
  await openScreen(keel.page, 'Prove');
  await expect(heading(keel.page, 'Prove the key')).toBeVisible();
  // a killed app loses what it had no time to write
  await expect.poll(async () => (await call(keel.page, 'app.place', {})).screen).toBe('prove');

  await keel.restart();
  await expect(heading(keel.page, 'Prove the key')).toBeVisible();
  await expect(switcher(keel.page)).toContainText('Another production');
  await keel.page.reload();
  await expect(heading(keel.page, 'Prove the key')).toBeVisible();
  await expect(switcher(keel.page)).toContainText('Another production');
});

for (const theme of ['light', 'dark'] as const) {
  test(`in the smallest window every entry of the sidebar is in sight in the ${theme} theme, and it folds for good`, async ({
    keel,
  }) => {
    await using database = await createTestDatabase();
    await addMany(keel, database.url, [
      { name: 'A staging environment with a name that is long enough to wrap', production: false },
    ]);
    await showAs(keel, { theme, width: 900, height: 600 });
    const { page } = keel;
    const entries = ['Home', 'Key', 'Prove', 'Hand-off', 'Posture', 'Activity', 'Settings', 'Lock'];
    for (const name of entries)
      await expect(sidebar(page).getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 1 });
    await expect(switcher(page)).toBeInViewport({ ratio: 1 });
    await expectAccessible(page);

    await page.keyboard.press('ControlOrMeta+b');
    const fold = sidebar(page).getByRole('button', { name: 'Sidebar' });
    await expect(fold).toHaveAttribute('aria-expanded', 'false');
    expect((await sidebar(page).boundingBox())?.width).toBeLessThan(70);
    for (const name of entries)
      await expect(sidebar(page).getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 1 });
    await expectAccessible(page);
    await openScreen(page, 'Activity');
    await expect(heading(page, 'Activity')).toBeVisible();
    await keel.restart();
    await expect(sidebar(keel.page).getByRole('button', { name: 'Sidebar' })).toHaveAttribute(
      'aria-expanded',
      'false',
    );
    await button(keel.page, 'Sidebar').click();
    await expect(button(keel.page, 'Sidebar')).toHaveAttribute('aria-expanded', 'true');
  });
}
