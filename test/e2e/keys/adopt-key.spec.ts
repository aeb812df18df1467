import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestDatabase } from '../../support/postgres/test-database.ts';
import { addEnvironment, sealing } from '../support/fresh-environment.ts';
import type { Keel } from '../support/keel.ts';
import { expect, test } from '../support/keel-test.ts';
import { button, openScreen } from '../support/wizard.ts';

/** As Ballast's page prints it. */
const publishedExample = 'aaxqwQD9JlKPkyhBoZbpjwQysmeVAovra2FTMUOa6Vo=';

async function openEmptyRing(keel: Keel, url: string): Promise<void> {
  await addEnvironment(keel.page, url);
  await openScreen(keel.page, 'Key');
  await expect(keel.page.getByRole('heading', { name: 'Which key does Ballast use?' })).toBeVisible();
}

async function takeFrom(keel: Keel, content: string): Promise<void> {
  const file = join(keel.folder, '.env');
  await writeFile(file, content);
  await keel.answerDialog(file);
  await button(keel.page, 'Choose… Ballast’s .env').click();
  await expect(keel.page.getByTitle(file)).toBeVisible();
  await button(keel.page, 'Import key').click();
}

test.slow();

test('the key of a .env joins the ring, unproven, and stays unseen', async ({ keel }) => {
  const { page } = keel;
  await using database = await createTestDatabase();
  await openEmptyRing(keel, database.url);
  const key = randomBytes(32).toString('base64');
  await takeFrom(keel, `# Ballast\nLOG_LEVEL=info\nENCRYPTION_KEY="${key}" # since May\n`);

  await expect(page.getByText('was added to the key ring.')).toBeVisible(sealing);
  await expect(page.getByRole('row', { name: /Unproven/ })).toHaveCount(1);
  await expect(button(page, 'Prove it against the database')).toBeVisible();
  expect(await page.content()).not.toContain(key);

  await button(page, 'Copy the key').click();
  await expect(page.getByText(/cleared in \d+ s/)).toBeVisible();
  expect(await keel.clipboard()).toBe(key);
  expect(await page.content()).not.toContain(key);
});

test('a .env without the key, and one with a key in hex, are refused with what is wrong', async ({
  keel,
}) => {
  const { page } = keel;
  await using database = await createTestDatabase();
  await openEmptyRing(keel, database.url);
  const alert = page.getByRole('alert');

  await takeFrom(keel, 'LOG_LEVEL=info\n');
  await expect(alert).toContainText('it does not set ENCRYPTION_KEY');
  await takeFrom(keel, `ENCRYPTION_KEY=${randomBytes(32).toString('hex')}\n`);
  await expect(alert).toContainText('written in hex (64 digits); Ballast reads base64');
  await expect(button(page, 'Prove it against the database')).toHaveCount(0);
});

test('a typed key with quotation marks or a cut-off end is refused with the exact mistake, and the right one taken', async ({
  keel,
}) => {
  const { page } = keel;
  await using database = await createTestDatabase();
  await openEmptyRing(keel, database.url);
  const key = randomBytes(32).toString('base64');
  await page.getByText('Type or paste').click();
  const field = page.getByLabel('ENCRYPTION_KEY');
  const alert = page.getByRole('alert');

  await field.fill(`"${key}"`);
  await field.press('Enter');
  await expect(alert).toContainText('There are quotation marks around the key.');
  await field.fill(key.slice(0, 40));
  await field.press('Enter');
  await expect(alert).toContainText('The key is 30 bytes long; AES-256 needs exactly 32.');
  await field.fill(key);
  await field.press('Enter');
  await expect(page.getByText('was added to the key ring.')).toBeVisible(sealing);
});

test('the example key of the documentation is taken to rotate away from it, and said to be everyone’s', async ({
  keel,
}) => {
  const { page } = keel;
  await using database = await createTestDatabase();
  await openEmptyRing(keel, database.url);
  await page.getByText('Type or paste').click();
  await page.getByLabel('ENCRYPTION_KEY').fill(publishedExample);
  await button(page, 'Import key').click();
  await expect(page.getByText('publicly known.')).toBeVisible(sealing);
});
