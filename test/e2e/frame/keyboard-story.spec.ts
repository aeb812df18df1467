import { join } from 'node:path';
import { keyInBackup } from '../support/acme.ts';
import type { Keel } from '../support/keel.ts';
import { test } from '../support/keel-test.ts';
import { press, toggle, typeInto } from '../support/keys-only.ts';
import { button, expect } from '../support/wizard.ts';

const words = 'a passphrase of five words';

test('from the first start to the rehearsal of a rotation, by keyboard alone', async ({ keel }) => {
  test.setTimeout(600_000);
  const { page } = keel;
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toBeVisible();

  await press(page, button(page, 'Practise on a sample database'));
  await press(page, button(page, 'Find columns'));
  await expect(heading).toBeFocused();
  await press(page, button(page, 'Find encrypted columns'));
  await press(page, button(page, 'Save and prove the key'));
  await toggle(page, page.getByRole('checkbox', { name: 'Exclude them in source_connection.credentials' }));
  await press(page, button(page, 'Save exclusions'));
  await expect(button(page, 'Save exclusions')).toBeDisabled();

  await press(page, button(page, 'Back it up'));
  await expect(heading).toBeFocused();
  const oldKey = await backUpAndDrill(keel, 'old.age');
  await page.keyboard.press('ControlOrMeta+2');
  await expect(heading).toBeFocused();
  await press(page, button(page, 'Generate a new key'));

  await page.keyboard.press('ControlOrMeta+5');
  await expect(heading).toBeFocused();
  await press(page, button(page, 'Back up and test'));
  await expect(heading).toBeFocused();
  await press(page, button(page, 'Create a backup'));
  expect(await backUpAndDrill(keel, 'new.age')).not.toEqual(oldKey);
  await press(page, button(page, 'Go to rotation'));
  await press(page, button(page, 'Run preflight'));
  await press(page, button(page, 'Continue to the rehearsal'));
  await press(page, button(page, 'Rehearse'));
  await expect(page.getByText('rows changed: rolled back')).toBeVisible();
});

async function backUpAndDrill(keel: Keel, name: string): Promise<Buffer> {
  const { page } = keel;
  const path = join(keel.folder, name);
  await keel.answerDialog(path);
  await press(page, button(page, /^Choose location/));
  await typeInto(page, page.getByLabel('Backup passphrase'), words);
  await typeInto(page, page.getByLabel('Confirm passphrase'), words);
  await press(page, button(page, 'Create backup'));
  await typeInto(page, page.getByLabel('Passphrase for this file'), words);
  await press(page, button(page, 'Test backup'));
  await expect(page.getByText('Backup tested: the key was restored.')).toBeVisible();
  return keyInBackup(path, words);
}
