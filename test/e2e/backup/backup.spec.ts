import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { acmeName, connectAcme, createAcme, keyInBackup } from '../support/acme.ts';
import { addEnvironment, sealing } from '../support/fresh-environment.ts';
import type { Keel } from '../support/keel.ts';
import { expect, test } from '../support/keel-test.ts';
import { button, openScreen } from '../support/wizard.ts';

const words = 'a passphrase of five words';

/** Through the form, to where the file is written and the drill is asked for. */
async function makeBackup(keel: Keel, path: string): Promise<void> {
  const { page } = keel;
  await openScreen(page, 'Backups');
  await keel.answerDialog(path);
  await button(page, /^Choose location/).click();
  await expect(page.getByTitle(path)).toBeVisible();
  await page.getByLabel('Backup passphrase').fill(words);
  await expect(button(page, 'Create backup')).toBeDisabled();
  await page.getByLabel('Confirm passphrase').fill(words);
  await button(page, 'Create backup').click();
}

async function drill(page: Page, passphrase: string): Promise<void> {
  await page.getByLabel('Passphrase for this file').fill(passphrase);
  await page.getByLabel('Passphrase for this file').press('Enter');
}

async function chooseFile(keel: Keel, path: string): Promise<void> {
  await keel.answerDialog(path);
  await button(keel.page, 'Choose… age file').click();
  await expect(keel.page.getByTitle(path)).toBeVisible();
}

test.slow();

test('a backup leads to its drill, and is proven by giving the key back', async ({ keel }) => {
  const { page } = keel;
  await using acme = await createAcme();
  await connectAcme(keel, acme);
  const path = join(keel.folder, 'acme.age');
  await makeBackup(keel, path);

  await expect(page.getByText('acme.age was written, but is not tested yet.')).toBeVisible(sealing);
  await expect(page.getByLabel('Passphrase for this file')).toHaveValue('');
  await drill(page, words);
  await expect(page.getByText('Backup tested: the key was restored.')).toBeVisible(sealing);
  await expect(page.getByRole('row', { name: /^acme\.age/ })).toContainText('Active');
  await expect(page.getByText('age --decrypt acme.age')).toBeVisible();
  expect(await keyInBackup(path, words)).toEqual(acme.oldKey);
  await openScreen(page, 'Home');
  await expect(page.getByRole('main')).not.toContainText('If this key is lost');
});

test('a drill with the wrong passphrase proves nothing, and the right one after it does', async ({
  keel,
}) => {
  const { page } = keel;
  await using acme = await createAcme();
  await connectAcme(keel, acme);
  await makeBackup(keel, join(keel.folder, 'acme.age'));
  await drill(page, `${words}, or not`);
  await expect(page.getByRole('alert')).toContainText('(passphrase): ', sealing);
  await drill(page, words);
  await expect(page.getByText('Backup tested: the key was restored.')).toBeVisible(sealing);
});

test('a damaged copy is told from a wrong passphrase, and from the file of another key', async ({ keel }) => {
  const { page } = keel;
  await using acme = await createAcme();
  await connectAcme(keel, acme);
  const path = join(keel.folder, 'acme.age');
  await makeBackup(keel, path);
  const alert = page.getByRole('alert');
  await expect(page.getByText('acme.age was written, but is not tested yet.')).toBeVisible(sealing);

  const damaged = join(keel.folder, 'damaged.age');
  const lines = (await readFile(path, 'utf8')).split('\n');
  const last = lines.length - 4;
  lines[last] = (lines[last] ?? '').split('').reverse().join('');
  await writeFile(damaged, lines.join('\n'));
  await chooseFile(keel, damaged);
  await drill(page, words);
  await expect(alert).toContainText('(content): ', sealing);

  const cutOff = join(keel.folder, 'cut-off.age');
  await writeFile(cutOff, lines.slice(0, 3).join('\n'));
  await chooseFile(keel, cutOff);
  await drill(page, words);
  await expect(alert).toContainText('(header): ', sealing);

  await button(page, 'Back to the list').click();
  await expect(page.getByRole('row', { name: /^acme\.age/ })).toContainText('never tested');
  await button(page, 'Create a backup').click();
  await expect(page.getByText(acmeName).first()).toBeVisible();
  await expect(page.getByText('Backup tested: the key was restored.')).toHaveCount(0);
});

test('a file that is there is never written over', async ({ keel }) => {
  const { page } = keel;
  await using acme = await createAcme();
  await connectAcme(keel, acme);
  const path = join(keel.folder, 'precious.age');
  await copyFile(import.meta.filename, path);
  const before = await readFile(path, 'utf8');
  await makeBackup(keel, path);
  await expect(page.getByRole('alert')).toContainText('precious.age', sealing);
  expect(await readFile(path, 'utf8')).toBe(before);
});

test('without a key there is nothing to back up, and the way to one is shown', async ({ keel }) => {
  const { page } = keel;
  await using acme = await createAcme();
  await addEnvironment(page, acme.url);
  await openScreen(page, 'Backups');
  await expect(page.getByText('No key to back up yet')).toBeVisible();
  await button(page, 'Import key').click();
  await expect(page.getByRole('heading', { name: 'Which key does Ballast use?' })).toBeVisible();
});
