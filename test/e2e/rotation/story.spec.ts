import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyInBackup } from '../support/acme.ts';
import { expectAccessible } from '../support/accessibility.ts';
import type { Keel } from '../support/keel.ts';
import { test } from '../support/keel-test.ts';
import { button, expect, openScreen } from '../support/wizard.ts';

const words = 'a passphrase of five words';

test('the whole job, from the first start to the undo, by mouse', async ({ keel }) => {
  test.setTimeout(600_000);
  const { page } = keel;

  await button(page, 'Practise on a sample database').click();
  await button(page, 'Find columns').click();
  await button(page, 'Find encrypted columns').click();
  await expect(page.getByRole('checkbox', { name: 'source_connection.credentials' })).toBeChecked();
  await button(page, 'Save and prove the key').click();
  await page.getByRole('checkbox', { name: 'Exclude them in source_connection.credentials' }).check();
  await button(page, 'Save exclusions').click();
  await expect(button(page, 'Save exclusions')).toBeDisabled();

  await button(page, 'Back it up').click();
  const oldKey = await backUpAndDrill(keel, 'old.age');
  await openScreen(page, 'Key');
  await button(page, 'Generate a new key').click();

  // no backup of the new key, no rotation
  await openScreen(page, 'Rotate');
  await expect(page.getByText('The new key has not been restored from a backup yet')).toBeVisible();
  await button(page, 'Back up and test').click();
  await button(page, 'Create a backup').click();
  const newKey = await backUpAndDrill(keel, 'new.age');
  expect(newKey).not.toEqual(oldKey);
  await button(page, 'Go to rotation').click();

  await button(page, 'Run preflight').click();
  await expect(page.getByText(/^No blockers, 1 warning, \d+ passed/)).toBeVisible();
  await expectAccessible(page);
  await button(page, 'Continue to the rehearsal').click();
  await button(page, 'Rehearse').click();
  await expect(page.getByText('rows changed: rolled back')).toBeVisible();
  await expect(page.getByText('6,531 of 6,571')).toBeVisible();
  const chart = page.getByRole('img', {
    name: /^A chart of the 5 phases of the rehearsal\. Writers would wait/,
  });
  await expect(chart.locator('canvas')).toBeVisible();
  await page.getByText('Show as a table').click();
  await expect(page.getByRole('row', { name: /^Roll back Nothing is kept/ })).toContainText('wait');
  await expect(page.getByRole('row', { name: /^source_connection\.credentials/ })).toContainText('1,960');
  await expectAccessible(page);
  await button(page, 'Review the rotation').click();
  await expect(
    page.getByText(/40 values stay unchanged, byte for byte \(excluded: source_connection\.credentials/),
  ).toBeVisible();
  await expectAccessible(page);
  await button(page, 'Rotate the key').click();
  await expect(page.getByText('Verified and committed.')).toBeVisible();
  await expect(page.getByRole('img', { name: /5 phases of the rotation\. Writers waited/ })).toBeVisible();
  await expectAccessible(page);

  await button(page, 'Hand off the new key').click();
  const env = await envFile(keel);
  expect(await keyIn(env)).toEqual(oldKey);
  await expectAccessible(page);
  await button(page, 'Write the key to the file').click();
  await expect(page.getByText('Has the active key').first()).toBeVisible();
  expect(await keyIn(env)).toEqual(newKey);
  await button(page, 'Sweep for stragglers').click();
  await expect(page.getByText('No value encrypted with the old key was found.')).toBeVisible();
  await openScreen(page, 'Home');
  await expect(page.getByRole('main')).toContainText('Key proven, backup tested');

  await openScreen(page, 'Rotate');
  await button(page, 'Undo…').click();
  await button(page, 'Rehearse the undo').click();
  await button(page, 'Undo the rotation').click();
  await expect(page.getByText(/Undone: .* encrypted with the previous key again\./)).toBeVisible();
  await button(page, 'Hand off the key').click();
  await button(page, 'Write the key to the file').click();
  await expect(page.getByText('Has the active key').first()).toBeVisible();
  expect(await keyIn(env)).toEqual(oldKey);
  // Keel's own proof, of every value, with the key that the file gives Ballast
  await openScreen(page, 'Prove');
  await button(page, /^Prove/)
    .last()
    .click();
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText('6,531 of 6,571 values');

  // what the admin was asked on the way, in dialogs of the system
  const asked = (await keel.dialogs()).filter(({ type }) => type === 'question');
  expect(asked.map(({ message }) => message)).toEqual([
    'Rotate the key of “Practice”?',
    expect.stringMatching(/^Write key [-0-9a-f]{19} of “Practice” to this destination\?$/),
    'Undo the rotation of “Practice”?',
    expect.stringMatching(/^Write key [-0-9a-f]{19} of “Practice” to this destination\?$/),
  ]);
  expect(asked[0]?.detail).toMatch(/[\d,]+ rows in \d+ columns? are rotated from key /);
});

/** Makes a backup of the key that lacks one and restores it. Answers the key as the age library alone restores it. */
async function backUpAndDrill(keel: Keel, name: string): Promise<Buffer> {
  const { page, folder } = keel;
  const path = join(folder, name);
  await keel.answerDialog(path);
  await button(page, /^Choose location/).click();
  await page.getByLabel('Backup passphrase').fill(words);
  await page.getByLabel('Confirm passphrase').fill(words);
  await button(page, 'Create backup').click();
  await page.getByLabel('Passphrase for this file').fill(words);
  await button(page, 'Test backup').click();
  await expect(page.getByText('Backup tested: the key was restored.')).toBeVisible();
  return keyInBackup(path, words);
}

/** The sample's `.env`, which the hand-off proposes. */
async function envFile({ page }: Keel): Promise<string> {
  return page
    .getByRole('main')
    .getByTitle(/\.env$/)
    .innerText();
}

async function keyIn(path: string): Promise<Buffer> {
  const line = /^ENCRYPTION_KEY=(\S+)$/m.exec(await readFile(path, 'utf8'));
  return Buffer.from(line?.[1] ?? '', 'base64');
}
