import { createDecipheriv, createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armor, Decrypter } from 'age-encryption';
import type { Page } from '@playwright/test';
import { connectPlainly, createTestDatabase } from '../../support/postgres/test-database.ts';
import { fill, readRows, vectorsOf } from '../../support/schemes/application-database.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { passphrase } from '../support/acme.ts';
import { sealing } from '../support/fresh-environment.ts';
import type { Keel } from '../support/keel.ts';
import { expect, test } from '../support/keel-test.ts';
import { confirmRotation, button, openScreen, rehearse } from '../support/wizard.ts';

/** Its own variable, as an admin finds it. */
const variable = 'N8N_ENCRYPTION_KEY';

/** A value as n8n's library crypto-js reads it: `Salted__`, and key and IV by EVP_BytesToKey with MD5. */
function asN8n(ciphertext: string, key: string): string {
  const bytes = Buffer.from(ciphertext, 'base64');
  const salt = bytes.subarray(8, 16);
  let made = Buffer.alloc(0);
  for (let last = Buffer.alloc(0); made.length < 48; made = Buffer.concat([made, last]))
    last = createHash('md5')
      .update(Buffer.concat([last, Buffer.from(key), salt]))
      .digest();
  const decipher = createDecipheriv('aes-256-cbc', made.subarray(0, 32), made.subarray(32, 48));
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8');
}

/** The screen in sight speaks of n8n, and of no other application. */
async function expectOnlyN8n(page: Page): Promise<void> {
  await expect(page.getByRole('main')).not.toContainText('Ballast');
}

/** Through the connect flow, with n8n chosen among the applications. */
async function connectN8n({ page }: Keel, databaseUrl: string): Promise<void> {
  const url = new URL(databaseUrl);
  url.search = '?sslmode=disable';
  await button(page, 'Connect a database').first().click();
  await button(page, 'Change… Application').click();
  const dialog = page.getByRole('dialog', { name: 'Whose database is it?' });
  // one that rotates itself, or cannot be rotated, says why
  await expect(dialog.getByRole('button', { name: /^Authelia/ })).toBeDisabled();
  await dialog.getByLabel('Search applications').fill('n8n');
  await expect(dialog.getByRole('button', { name: /^n8n/ })).toContainText('32 characters');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: /^n8n/ }).click();
  await expectOnlyN8n(page);
  await page.getByRole('textbox', { name: 'Connection URL' }).fill(url.href);
  await button(page, 'Test the connection').click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Automation');
  await page.getByRole('radio', { name: 'Encrypted key file' }).check();
  await page.getByLabel('Passphrase for the encrypted key file').fill(passphrase);
  await page.getByLabel('Confirm passphrase').fill(passphrase);
  await button(page, 'Connect').click();
}

/** Makes an age file of the key that lacks one, and restores it. */
async function backUpAndDrill(keel: Keel, path: string): Promise<void> {
  const { page } = keel;
  await keel.answerDialog(path);
  await button(page, /^Choose location/).click();
  await page.getByLabel('Backup passphrase').fill(passphrase);
  await page.getByLabel('Confirm passphrase').fill(passphrase);
  await button(page, 'Create backup').click();
  await expect(page.getByText('was written, but is not tested yet.')).toBeVisible(sealing);
  await page.getByLabel('Passphrase for this file').fill(passphrase);
  await page.getByLabel('Passphrase for this file').press('Enter');
  await expect(page.getByText('Backup tested: the key was restored.')).toBeVisible(sealing);
}

test.slow();

test('an n8n database is connected, its key imported, proven, backed up, rotated and handed off, all in n8n’s own notation', async ({
  keel,
}) => {
  const { page } = keel;
  await using database = await createTestDatabase();
  const vectors = vectorsOf('n8n');
  const oldKey = vectors[0]?.key as string;
  await fill(database, vectors);
  const plaintexts = (await readRows(database)).map(({ ciphertext }) => asN8n(ciphertext as string, oldKey));
  const { url } = database;
  // nobody but Keel is connected
  await database.client.end();

  await connectN8n(keel, url);
  await expect(page.getByRole('heading', { name: 'Which key does n8n use?' })).toBeVisible(sealing);
  await expect(page.getByText(`It is the value of ${variable} in n8n’s environment`)).toBeVisible();
  await expectOnlyN8n(page);

  const env = join(keel.folder, '.env');
  await writeFile(env, `N8N_HOST=automation.example.org\n${variable}=${oldKey}\n`);
  await keel.answerDialog(env);
  await button(page, 'Choose… n8n’s .env').click();
  await button(page, 'Import key').click();
  await button(page, 'Prove it against the database').click(sealing);

  await button(page, 'Find encrypted columns').click();
  await button(page, /^Save /).click(sealing);
  await expect(page.getByText('It is the active key.')).toBeVisible(sealing);
  await expectOnlyN8n(page);

  await button(page, 'Back it up').click();
  // what exists for keys of 32 bytes alone is not offered, and why
  await expect(page.getByRole('radio')).toHaveCount(2);
  await expect(page.getByText('n8n reads its key as a text')).toBeVisible();
  await expectAccessible(page);
  await backUpAndDrill(keel, join(keel.folder, 'old.age'));

  // a new key is like the old one
  await openScreen(page, 'Key');
  await button(page, 'Generate a new key').click();
  await expect(page.getByText('Do not give it to n8n before then.')).toBeVisible(sealing);
  await button(page, 'Copy the key').click();
  await expect(page.getByText(/cleared in \d+ s/)).toBeVisible();
  const newKey = await keel.clipboard();
  expect(newKey).toMatch(/^[A-Za-z0-9]{32}$/);

  await openScreen(page, 'Backups');
  await button(page, 'Create a backup').click();
  const backup = join(keel.folder, 'new.age');
  await backUpAndDrill(keel, backup);
  await expectOnlyN8n(page);
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  const text = await decrypter.decrypt(armor.decode(await readFile(backup, 'utf8')), 'text');
  expect(text).toContain(`=${newKey}\n`);

  await rehearse(page);
  await expectOnlyN8n(page);
  await confirmRotation(page);
  await expect(page.getByText('Verified and committed.')).toBeVisible(sealing);
  await expectOnlyN8n(page);

  await button(page, 'Hand off the new key').click();
  await expect(page.getByRole('heading', { name: 'Hand the key to n8n', level: 1 })).toBeFocused();
  await button(page, 'Write the key to the file').click();
  await expect(page.getByText('Has the active key').first()).toBeVisible(sealing);
  await expect(page.getByText('Restart n8n', { exact: true })).toBeVisible();
  await expectOnlyN8n(page);
  expect(await readFile(env, 'utf8')).toBe(`N8N_HOST=automation.example.org\n${variable}=${newKey}\n`);

  await openScreen(page, 'Credentials');
  await expect(page.getByText('What n8n stores encrypted')).toBeVisible();
  await expectOnlyN8n(page);
  await openScreen(page, 'API keys');
  await expect(page.getByText('Keel does not manage the API keys of n8n')).toBeVisible();
  await openScreen(page, 'Fleet');
  await expect(page.getByText('Keel has not been tested on fleets of n8n.')).toBeVisible();

  const asked = await keel.dialogs();
  expect(asked.map(({ message, detail }) => `${message} ${detail}`).join('\n')).not.toContain('Ballast');
  const client = await connectPlainly(url);
  const rows = await readRows({ ...database, client });
  await client.end();
  expect(rows.map(({ ciphertext }) => asN8n(ciphertext as string, newKey))).toEqual(plaintexts);
});
