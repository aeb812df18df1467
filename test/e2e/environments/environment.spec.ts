import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { createTestDatabase } from '../../support/postgres/test-database.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { acmeName, passphrase } from '../support/acme.ts';
import { adoptKey } from '../support/fresh-environment.ts';
import { expect, test } from '../support/keel-test.ts';
import { call } from '../support/window-calls.ts';
import { button, openScreen } from '../support/wizard.ts';

test.slow();

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
const prod = (page: Page) => page.getByRole('main').getByTitle('Production environment');

/** An environment that nothing marks yet, and its key unproven in the ring. Answers its id. */
async function addPlain(page: Page, databaseUrl: string): Promise<string> {
  const url = new URL(databaseUrl);
  url.search = '?sslmode=disable';
  const { environment } = await call(page, 'environments.add', {
    name: acmeName,
    colour: 'teal',
    production: false,
    connection: { url: url.href },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase,
  });
  return environment;
}

async function chooseInPalette(page: Page, typed: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('combobox', { name: 'Search or run a command' })).toBeFocused();
  await page.keyboard.type(typed);
  await expect(page.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
}

test('an environment that is renamed and marked as production carries its name and ribbon on every screen', async ({
  keel,
}) => {
  const { page } = keel;
  await using database = await createTestDatabase();
  await addPlain(page, database.url);
  await openScreen(page, 'Key');
  await expect(prod(page)).toHaveCount(0);

  await chooseInPalette(page, 'rename');
  await expect(heading(page, 'Settings')).toBeFocused();
  await expect(button(page, 'Save')).toBeDisabled();
  await page.getByLabel('Name').fill('Acme Europe');
  await page.getByText('Violet', { exact: true }).click();
  await page.getByRole('switch', { name: 'Production' }).click({ force: true });
  await page.getByLabel('Name').press('Enter');
  await expect(page.getByText('Saved.')).toBeVisible();
  await expect(button(page, 'Save')).toBeDisabled();
  await expect(page.getByRole('heading', { name: /^This environment: Acme Europe/ })).toContainText('PROD');

  for (const title of ['Key', 'Prove', 'Backups', 'Rotate', 'Hand-off']) {
    await openScreen(page, title);
    await expect(heading(page, /./)).toBeFocused();
    await expect(prod(page)).toBeVisible();
  }
  await expect(page.getByRole('navigation').getByRole('button', { name: /Acme Europe PROD/ })).toBeVisible();
});

test('an environment is forgotten once the admin agreed, and its key ring stays on disk', async ({
  keel,
}) => {
  const { page } = keel;
  await using database = await createTestDatabase();
  const environment = await addPlain(page, database.url);
  const fingerprint = await adoptKey(page, environment, Buffer.alloc(32, 7));
  await openScreen(page, 'Settings');
  await button(page, 'Forget this environment…').click();
  await expect(page.getByRole('dialog')).toContainText('stay in the encrypted key file');
  await button(page, 'Cancel').click();
  await expect(button(page, 'Forget this environment…')).toBeFocused();

  await chooseInPalette(page, 'forget');
  await keel.answerQuestions(false);
  await button(page, 'Forget environment').click();
  await expect(page.getByRole('dialog')).toContainText('You did not agree');
  await keel.answerQuestions(true);
  await button(page, 'Forget environment').click();
  await expect(page.getByRole('heading', { name: 'No environment yet' })).toBeVisible();
  await expect(heading(page, 'Environments')).toBeFocused();

  const folder = join(keel.home, 'environments', environment);
  expect(await readFile(join(folder, 'keyring.json'), 'utf8')).toContain(fingerprint);
  expect(await readdir(folder)).toEqual(expect.arrayContaining(['secrets.sealed']));
  expect(await readdir(folder)).not.toContain('environment.json');

  // the same database finds the same ring
  await addPlain(page, database.url);
  const [known] = await call(page, 'keys.list', { environment });
  expect(known.fingerprint).toBe(fingerprint);
});

for (const theme of ['light', 'dark'] as const) {
  test(`the settings of an environment and the question before it is forgotten are accessible in the ${theme} theme`, async ({
    keel,
  }) => {
    const { page } = keel;
    await using database = await createTestDatabase();
    await addPlain(page, database.url);
    await keel.systemTheme(theme);
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme);
    await openScreen(page, 'Settings');
    await expectAccessible(page);
    await button(page, 'Forget this environment…').click();
    await expect(button(page, 'Forget environment')).toBeVisible();
    await expectAccessible(page);
  });
}
