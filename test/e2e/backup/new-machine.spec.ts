import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { base64 } from '../../support/databases/foreign-database.ts';
import { createTestDatabase } from '../../support/postgres/test-database.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { passphrase } from '../support/acme.ts';
import { addEnvironment, adoptKey } from '../support/fresh-environment.ts';
import type { Keel } from '../support/keel.ts';
import { expect as quick, test } from '../support/keel-test.ts';
import { showAs } from '../support/looks.ts';
import { call, run } from '../support/window-calls.ts';
import { button, expect, openScreen } from '../support/wizard.ts';

test.slow();

test('on a new machine the key comes back before the database, and the database before its dump', async ({
  keel,
}) => {
  await using database = await createTestDatabase();
  const key = randomBytes(32);
  const { backup, fingerprint } = await lostMachine(keel, database.url, key);
  const { page } = keel;

  // the first screen: no database is needed
  await button(page, 'Restore a key from a backup').click();
  await keel.answerDialog(backup);
  await button(page, 'Choose… age file').click();
  await page.getByLabel('Passphrase for this file').fill('not what it was sealed with');
  await button(page, 'Restore the key').click();
  await expect(
    page.getByText(/^Problem: No key could be restored from .*; nothing was changed\./),
  ).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Passphrase for this file').fill(passphrase);
  await button(page, 'Restore the key').click();
  const main = page.getByRole('main');
  await expect(main.getByText('There is no database to check it against.')).toBeVisible();
  await expect(main.getByRole('heading', { name: fingerprint })).toBeVisible();
  await expect(main).toContainText('No key ring on this machine contains it.');
  await expect(main).toContainText('Unproven');
  for (const theme of ['light', 'dark'] as const) {
    await showAs(keel, { theme, width: 900, height: 600 });
    await expectAccessible(page);
  }
  await button(page, 'Copy the key').click();
  await quick.poll(() => keel.clipboard()).toBe(key.toString('base64'));

  // a reload in the middle loses nothing, and the window never had the key
  await page.reload();
  await button(page, 'Connect the database').click();
  await expect(page.getByText(`Key ${fingerprint}, which you restored, is imported next.`)).toBeVisible();
  const url = new URL(database.url);
  url.search = '?sslmode=disable';
  await page.getByRole('textbox', { name: 'Connection URL' }).fill(url.href);
  await button(page, 'Test the connection').click();
  await page.getByRole('radio', { name: /Encrypted key file/ }).check({ force: true });
  await page.getByLabel('Passphrase for the encrypted key file').fill(passphrase);
  await page.getByLabel('Confirm passphrase').fill(passphrase);
  await button(page, 'Connect').click();
  await expect(page.getByRole('radio', { name: 'Restored key' })).toBeChecked();
  await expectAccessible(page);
  await button(page, 'Import key').click();
  await expect(page.getByText('The key has not been proven against the database')).toBeVisible();

  // the dump is not loaded yet
  await openScreen(page, 'Prove');
  await button(page, 'Find encrypted columns').click();
  await expect(page.getByText('Nothing encrypted was found')).toBeVisible();
  await expect(main).toContainText('the dump may not be loaded yet');
  await button(page, 'Back').click();

  await database.client.query('CREATE TABLE vault (id int PRIMARY KEY, secret text NOT NULL)');
  for (let id = 0; id < 40; id++) {
    const secret = base64(JSON.stringify({ host: `db${id}.example.org`, password: `s3cret-${id}` }), key);
    await database.client.query('INSERT INTO vault VALUES ($1, $2)', [id, secret]);
  }
  await button(page, 'Find encrypted columns').click();
  await button(page, 'Save and prove the key').click();
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('40 of 40 values');
  if (keel.host === 'chromium')
    expect((await keel.traffic()).join('\n')).not.toContain(key.toString('base64'));
});

/** A backup is all that is left of an earlier Keel. */
async function lostMachine(keel: Keel, databaseUrl: string, key: Buffer) {
  const { page, folder } = keel;
  const environment = await addEnvironment(page, databaseUrl);
  const fingerprint = await adoptKey(page, environment, key);
  const backup = join(folder, 'acme.age');
  await keel.answerDialog(backup);
  await call(page, 'files.choose', { purpose: 'save-age', fingerprint });
  const artefact = { form: 'passphrase', path: backup, passphrase: { typed: passphrase } };
  await run(page, 'backup.create', { environment, fingerprint, artefact });
  await keel.kill();
  await rm(keel.home, { recursive: true, force: true });
  await keel.restart();
  return { backup, fingerprint };
}
