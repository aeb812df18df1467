import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/accessibility.ts';
import { expect, test } from '../support/keel-test.ts';

test.beforeEach(async ({ keel }) => {
  await expect(heading(keel.page, 'Environments')).toBeFocused();
});

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

test('first start offers a database or a sample, and the keyboard begins at the heading', async ({
  keel,
}) => {
  const { page } = keel;
  await expect(page.getByRole('button', { name: 'Connect a database' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Practise on a sample database' })).toBeVisible();
  // what works on an environment is not there while there is none
  await expect(page.getByRole('navigation').getByRole('button', { name: 'Rotate' })).toHaveCount(0);
});

test('the palette is searched by typing, goes to a screen, and gives the focus back where it was left', async ({
  keel,
}) => {
  const { page } = keel;
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('activ');
  await expect(page.getByRole('option', { selected: true })).toContainText('Activity');
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Activity')).toBeFocused();

  await page.getByRole('button', { name: 'Settings' }).focus();
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('no such thing');
  await expect(page.getByText('No results')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Settings' })).toBeFocused();
});

test('back and forward walk the visited screens, by keys', async ({ keel }) => {
  const { page } = keel;
  const [back, forward] =
    process.platform === 'darwin' ? ['Meta+[', 'Meta+]'] : ['Alt+ArrowLeft', 'Alt+ArrowRight'];
  await page.getByRole('button', { name: 'Activity' }).click();
  await page.keyboard.press('ControlOrMeta+,');
  await expect(heading(page, 'Settings')).toBeFocused();
  await page.keyboard.press(back ?? '');
  await expect(heading(page, 'Activity')).toBeFocused();
  await page.keyboard.press(back ?? '');
  await expect(heading(page, 'Environments')).toBeFocused();
  await page.keyboard.press(forward ?? '');
  await expect(heading(page, 'Activity')).toBeFocused();
});

test('a locked app has nothing of itself in the document, asks for the passphrase, and opens where it was', async ({
  keel,
}) => {
  const { page } = keel;
  await page.keyboard.press('ControlOrMeta+,');
  await page.getByLabel('New passphrase').fill('a lock of its own');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Unlocking requires a passphrase.')).toBeVisible();

  await page.keyboard.press('ControlOrMeta+l');
  await expect(heading(page, 'Keel is locked')).toBeVisible();
  await expect(page.getByRole('navigation')).toHaveCount(0);
  expect(await page.locator('body').innerText()).not.toMatch(/Settings|Activity|Environments/);
  await expectAccessible(page);

  await expect(page.getByLabel('Passphrase', { exact: true })).toBeFocused();
  await page.keyboard.type('another one');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByLabel('Passphrase', { exact: true }).fill('a lock of its own');
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Settings')).toBeVisible();
});

test('an activity log that was altered says so', async ({ keel }) => {
  const { page } = keel;
  await page.keyboard.press('ControlOrMeta+,');
  await page.getByLabel('New passphrase').fill('a lock of its own');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Activity' }).click();
  await expect(page.getByText('Lock passphrase set')).toBeVisible();
  await expect(page.getByText('The chain was checked just now and is intact.')).toBeVisible();

  const log = join(keel.home, 'activity.jsonl');
  await writeFile(log, (await readFile(log, 'utf8')).replace('lock passphrase set', 'lock passphrase kept'));
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Activity' }).click();
  await expect(page.getByRole('alert')).toContainText('The log was altered outside Keel');
});

for (const theme of ['Light', 'Dark']) {
  test(`home, activity, settings and palette are accessible in the ${theme.toLowerCase()} theme`, async ({
    keel,
  }) => {
    const { page } = keel;
    await page.keyboard.press('ControlOrMeta+,');
    await page.getByText(theme, { exact: true }).click();
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme.toLowerCase());
    await expect(page.getByRole('radio', { name: theme })).toBeChecked();
    await expectAccessible(page);
    for (const [key, name] of [
      ['1', 'Environments'],
      ['7', 'Activity'],
    ] as const) {
      await page.keyboard.press(`ControlOrMeta+${key}`);
      await expect(heading(page, name)).toBeFocused();
      await expectAccessible(page);
    }
    await page.keyboard.press('ControlOrMeta+k');
    await expect(page.getByRole('combobox', { name: 'Search or run a command' })).toBeFocused();
    await expectAccessible(page);
  });
}
