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
  const places = page.getByRole('table', { name: 'Places and copies of old keys' });
  await expect(places.getByRole('row', { name: /which Ballast reads/ })).toContainText(
    'Give it the active key',
  );
  await expect(places.getByRole('row', { name: /^The sealed file/ })).toContainText('Keep it while a dump');
  await expectAccessible(page);
  await places.getByRole('button', { name: /^To the key ring: Database dumps begun before/ }).click();
  await page.getByRole('row', { name: new RegExp(`^${old}`) }).click();
  const card = page.getByRole('main');
  await expect(card.getByText(/^Database dumps begun before .* may need it/)).toBeVisible();
  await expect(card.getByText(/^begun before/)).toBeVisible();
  await expect(button(page, 'Destroy this key…')).toHaveCount(0);

  await button(page, 'No such dump exists…').click();
  await expect(button(page, 'State it')).toBeDisabled();
  await expectAccessible(page);
  const unsearched = page.getByText(/^No census of localhost:\d+\/\w+ has looked for values under this key/);
  await expect(unsearched).toBeVisible();
  await page.getByRole('checkbox', { name: /^No dump of Practice that was begun before/ }).check();
  await expect(button(page, 'State it')).toBeDisabled();
  await button(page, 'Search 1 database now').click();
  await expect(unsearched).toHaveCount(0, sealing);
  await button(page, 'State it').click();
  await expect(card.getByText(/^Stated .*: no dump begun before/)).toBeVisible();

  await button(page, 'Destroy this key…').click();
  const dialog = page.getByRole('dialog');
  await expect(
    dialog.getByText('It is the key that an undo of the last rotation goes back to.'),
  ).toBeVisible();
  await expectAccessible(page);
  await expect(button(page, 'Destroy the key')).toBeDisabled();
  for (const name of ['Destroy it without that sweep', 'Give up the undo']) {
    await dialog.getByRole('switch', { name }).click({ force: true });
  }
  await button(page, 'Destroy the key').click();
  await expect(page.getByText(/^The key .* is destroyed/)).toBeVisible(sealing);
  await expect(page.getByRole('row', { name: new RegExp(`^${old}`) })).toContainText('Destroyed');
  await expect(page.getByRole('row', { name: new RegExp(`^${old}`) })).toContainText('nowhere');
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
