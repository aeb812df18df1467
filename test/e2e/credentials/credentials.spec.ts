import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAcme, createAcme } from '../support/acme.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { sealing } from '../support/fresh-environment.ts';
import type { Keel } from '../support/keel.ts';
import { expect, test } from '../support/keel-test.ts';
import { showAs } from '../support/looks.ts';
import { expectTabStops } from '../support/tab-stops.ts';
import { call } from '../support/window-calls.ts';
import { button, openScreen } from '../support/wizard.ts';

const words = 'a passphrase of five words';

async function expectFine(keel: Keel): Promise<void> {
  for (const { theme, width, height } of [
    { theme: 'dark', width: 900, height: 600 },
    { theme: 'light', width: 1280, height: 800 },
  ] as const) {
    await showAs(keel, { theme, width, height });
    await expectAccessible(keel.page);
  }
}

test('credentials are found by name, shown while held, replaced, archived, and written back', async ({
  keel,
}) => {
  test.slow();
  const { page } = keel;
  await using acme = await createAcme();
  const environment = await connectAcme(keel, acme);
  const before = await acme.ciphertexts();

  await openScreen(page, 'Credentials');
  const list = page.getByRole('table', { name: 'Credentials' });
  await expect(list).toHaveAttribute('aria-rowcount', String(acme.rows + 1), sealing);
  await expect(page.getByText(`${acme.rows} credentials`, { exact: true })).toBeVisible();
  await expect(page.getByRole('main')).not.toContainText('s3cret');
  await page.getByRole('textbox', { name: 'Search' }).fill('77');
  await expect(list.getByRole('row')).toHaveCount(2, sealing);
  const values = page.getByRole('list', { name: 'Values' });
  await expect(values.getByRole('listitem')).toHaveCount(4, sealing);
  await expectFine(keel);
  await expectTabStops(page);

  const hold = button(page, 'Hold to show password');
  await hold.hover();
  await page.mouse.down();
  await expect(page.getByText('s3cret-77-ü', { exact: true })).toBeVisible(sealing);
  await expect(page.getByRole('main')).not.toContainText('db77.example.org');
  await page.mouse.up();
  await expect(page.getByText('s3cret-77-ü')).toHaveCount(0);
  const { entries } = await call(page, 'activity.list', { limit: 5, environment });
  expect(entries[0]).toMatchObject({ action: 'credential revealed' });

  const archive = join(keel.folder, 'credentials.age');
  await page.getByText('Archive', { exact: true }).click();
  await keel.answerDialog(archive);
  await button(page, /Choose location.* Save archive to/).click();
  await page.getByLabel('Passphrase for the new archive').fill(words);
  await page.getByLabel('Confirm passphrase').fill(words);
  await button(page, 'Create archive').click();
  await expect(page.getByText(`${acme.rows} credentials encrypted in`)).toBeVisible(sealing);
  expect((await readFile(archive)).includes('s3cret')).toBe(false);

  await page.getByText('List', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Search' }).fill('77');
  await expect(list.getByRole('row')).toHaveCount(2, sealing);
  await button(page, 'Replace password…').click();
  await page.getByLabel('New value').fill('another “password”');
  await expectAccessible(page);
  await button(page, 'Replace value').click();
  await expect(page.getByText('Replaced, read back and compared.')).toBeVisible(sealing);
  expect(await acme.opened(acme.oldKey)).toBe(acme.rows - 1);
  const after = await acme.ciphertexts();
  expect(after.filter((text, i) => text !== before[i])).toHaveLength(1);

  await page.getByText('Archive', { exact: true }).click();
  await keel.answerDialog(archive);
  await button(page, /Choose….* Archive file/).click();
  await page.getByLabel('Passphrase for this file').fill('not the passphrase');
  await button(page, 'Show contents').click();
  await expect(page.getByRole('alert')).toContainText('The passphrase does not decrypt it', sealing);
  await page.getByLabel('Passphrase for this file').fill(words);
  await button(page, 'Show contents').click();
  await expect(page.getByText(`The archive is intact: ${acme.rows} credentials`)).toBeVisible(sealing);
  await button(page, 'Compare with the database').click();
  await expect(page.getByText('1 credential differs between the archive and the database.')).toBeVisible(
    sealing,
  );
  await expectFine(keel);
  await button(page, 'Rehearse').click();
  await expect(page.getByText('Rehearsed and rolled back: 1 credential would be written.')).toBeVisible(
    sealing,
  );
  expect(await acme.ciphertexts()).toEqual(after);
  await button(page, 'Write credentials back').click();
  await expect(page.getByText('1 credential written back, compared and committed.')).toBeVisible(sealing);
  expect(await acme.opened(acme.oldKey)).toBe(acme.rows);
  expect((await acme.ciphertexts()).filter((text, i) => text !== after[i])).toHaveLength(1);

  const ballast = await acme.connectBallast();
  await ballast.query(`UPDATE source_connection SET credentials = '' WHERE id < 5;
    UPDATE source_connection SET credentials = 'in clear' WHERE id = 9;
    DELETE FROM source_connection WHERE id = 10`);
  await ballast.end();
  await button(page, 'Compare with the database').click();
  await expect(page.getByText('7 credentials differ between the archive and the database.')).toBeVisible(
    sealing,
  );
  await expect(page.getByRole('row', { name: /id=10/ })).toContainText('an import adds no rows');
  await expectFine(keel);
  await page.getByRole('switch', { name: /Overwrite 1 value/ }).click();
  await page.getByRole('switch', { name: 'Write back 5 values missing from existing rows' }).click();
  await button(page, 'Write credentials back').click();
  await expect(page.getByText('6 credentials written back, compared and committed.')).toBeVisible(sealing);
  await expect(page.getByText('1 credential still differs from the archive: compare again')).toBeVisible();
  expect(await acme.opened(acme.oldKey)).toBe(acme.rows - 1);
  await button(page, 'Compare with the database').click();
  await expect(page.getByText('1 credential differs between the archive and the database.')).toBeVisible(
    sealing,
  );
  await expect(page.getByText('None of these differences can be written back.')).toBeVisible();
});
