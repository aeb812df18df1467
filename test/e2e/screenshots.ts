import { picture } from './album.ts';
import { expect, test } from './keel-test.ts';

// `npm run screenshots`: every screen that the sidebar leads to, in both themes, to docs/images
test('every screen, before and after there is an environment', async ({ keel }) => {
  test.setTimeout(600_000);
  const { page } = keel;
  const sidebar = page.getByRole('navigation', { name: 'Screens' });
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await picture(keel, 'home-empty');

  await page.getByRole('button', { name: 'Practise on a sample database' }).click();
  await expect(page.getByRole('button', { name: 'Leave practice' }).first()).toBeVisible({ timeout: 60_000 });

  const items = sidebar.locator('li > button');
  const titles = await items.locator('span:first-of-type').allInnerTexts();
  for (const title of titles.filter((one) => one !== 'Lock')) {
    await items.filter({ hasText: title }).click();
    await expect(items.filter({ hasText: title })).toHaveAttribute('aria-current', 'page');
    await expect(page.getByRole('main')).not.toHaveAttribute('aria-busy', 'true');
    await picture(keel, title.toLowerCase().replace(/\W+/g, '-'));
  }

  await page.keyboard.press('ControlOrMeta+K');
  await picture(keel, 'palette');
  await page.keyboard.press('Escape');
  await items.filter({ hasText: 'Lock' }).click();
  await picture(keel, 'locked');
});
