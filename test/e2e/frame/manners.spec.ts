import { createTestDatabase } from '../../support/postgres/test-database.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { addEnvironment } from '../support/fresh-environment.ts';
import { expect, test } from '../support/keel-test.ts';
import { kilobytesAtStart } from '../support/start-size.ts';
import { openScreen } from '../support/wizard.ts';

test('a question mark shows every shortcut, but not while text is typed', async ({ keel }) => {
  const { page } = keel;
  await expect(page.getByRole('heading', { level: 1, name: 'Environments' })).toBeFocused();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(help).toContainText('Lock Keel');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(help).toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('?');
  await expect(help).toHaveCount(0);
});

test('the palette knows what is done where, and forgives a slip', async ({ keel }) => {
  const { page } = keel;
  await using database = await createTestDatabase();
  await addEnvironment(page, database.url);
  for (const [typed, title] of [
    ['undo', 'Rotate the key'],
    ['genrate', 'Key'],
    ['drill', 'Backups'],
    ['stragglers', 'Hand the key to Ballast'],
  ] as const) {
    await page.keyboard.press('ControlOrMeta+k');
    await expect(page.getByRole('combobox', { name: 'Search or run a command' })).toBeFocused();
    await page.keyboard.type(typed);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  }
});

test('Ctrl-F leads to the search of a list, and else to that of everything', async ({ keel }) => {
  const { page } = keel;
  await openScreen(page, 'Settings');
  await page.keyboard.press('ControlOrMeta+f');
  await expect(page.getByRole('combobox', { name: 'Search or run a command' })).toBeFocused();
});

test('the page starts with at most 350 kB of scripts, and charts are not among them', async () => {
  expect(await kilobytesAtStart()).toBeLessThan(350);
});
