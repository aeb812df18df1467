import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectAccessible } from '../support/accessibility.ts';
import { sealing } from '../support/fresh-environment.ts';
import { expect, test } from '../support/keel-test.ts';
import { rotatedPractice } from '../support/rotated-practice.ts';
import { call } from '../support/window-calls.ts';
import { button, openScreen } from '../support/wizard.ts';

test('a retired key is kept until its dumps are said to be gone, and then destroyed by its fingerprint', async ({
  keel,
}) => {
  test.slow();
  const { page } = keel;
  const { environment, old } = await rotatedPractice(keel);
  await openScreen(page, 'Hand-off');
  const places = page.getByRole('table', { name: 'Locations and copies of old keys' });
  await expect(places.getByRole('row', { name: /which the application reads/ })).toContainText(
    'Write the active key to it',
  );
  await expect(places.getByRole('row', { name: /^The encrypted key file/ })).toContainText(
    'Keep it while a dump',
  );
  await expectAccessible(page);
  await places.getByRole('button', { name: /^Open the key ring: Database dumps started before/ }).click();
  await page.getByRole('row', { name: new RegExp(`^${old}`) }).click();
  const card = page.getByRole('main');
  await expect(card.getByText(/^Database dumps started before .* may need it/)).toBeVisible();
  await expect(card.getByText(/^started before/)).toBeVisible();
  await expect(button(page, 'Destroy this key…')).toHaveCount(0);

  await button(page, 'I have no such dumps…').click();
  await expect(button(page, 'Record statement')).toBeDisabled();
  await expectAccessible(page);
  const unsearched = page.getByText(
    /^No census of localhost:\d+\/\w+ has searched for values encrypted with this key/,
  );
  await expect(unsearched).toBeVisible();
  await page.getByRole('checkbox', { name: /^No dump of Practice started before/ }).check();
  await expect(button(page, 'Record statement')).toBeDisabled();
  await button(page, 'Search 1 database now').click();
  await expect(unsearched).toHaveCount(0, sealing);
  await button(page, 'Record statement').click();
  await expect(card.getByText(/^Stated .*: no dump started before/)).toBeVisible();

  await button(page, 'Destroy this key…').click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Undoing the last rotation would return to this key.')).toBeVisible();
  await expectAccessible(page);
  await expect(button(page, 'Destroy the key')).toBeDisabled();
  for (const name of ['Destroy it without that sweep', 'Give up the option to undo']) {
    await dialog.getByRole('switch', { name }).click({ force: true });
  }
  await button(page, 'Destroy the key').click();
  await expect(page.getByText(/^Key .* was destroyed/)).toBeVisible(sealing);
  await expect(page.getByRole('row', { name: new RegExp(`^${old}`) })).toContainText('Destroyed');
  await expect(card).toContainText('The key itself is permanently gone');
  await page.mouse.click(640, 8);
  await expect(call(page, 'keys.copy', { environment, fingerprint: old })).rejects.toThrow('was destroyed');

  await openScreen(page, 'Activity');
  await expect(page.getByRole('row', { name: /Key destroyed/ })).toContainText('accepted: not-swept, undo');
  const table = join(keel.folder, 'log.csv');
  await keel.answerDialog(table);
  await button(page, 'Export…').click();
  await expect(page.getByText(/^\d+ entries written to/)).toBeVisible();
  await expectAccessible(page);
  expect(await readFile(table, 'utf8')).toMatch(/,key destroyed,.*,done,/);
});
