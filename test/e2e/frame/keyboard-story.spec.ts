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
  await press(page, button(page, 'Look for encrypted columns'));
  await press(page, button(page, 'Save and prove the key'));
  await toggle(page, page.getByRole('checkbox', { name: 'Leave them in source_connection.credentials' }));
  await press(page, button(page, 'Save the choice'));
  await expect(button(page, 'Save the choice')).toBeDisabled();

  await press(page, button(page, 'Back it up'));
  await expect(heading).toBeFocused();
  const oldKey = await backUpAndDrill(keel, 'old.age');
  await page.keyboard.press('ControlOrMeta+2');
  await expect(heading).toBeFocused();
  await press(page, button(page, 'Generate a new key'));

  await page.keyboard.press('ControlOrMeta+5');
  await expect(heading).toBeFocused();
  await press(page, button(page, 'Back up and drill'));
  await expect(heading).toBeFocused();
  await press(page, button(page, 'Make a backup'));
  expect(await backUpAndDrill(keel, 'new.age')).not.toEqual(oldKey);
  await press(page, button(page, 'Go to the rotation'));
  await press(page, button(page, 'Run preflight'));
  await press(page, button(page, 'Go on to the rehearsal'));
  await press(page, button(page, 'Rehearse'));
  await expect(page.getByText('rows changed: rolled back')).toBeVisible();
});

async function backUpAndDrill(keel: Keel, name: string): Promise<Buffer> {
  const { page } = keel;
  const path = join(keel.folder, name);
  await keel.answerDialog(path);
  await press(page, button(page, /^Choose where/));
  await typeInto(page, page.getByLabel('Passphrase of the backup'), words);
  await typeInto(page, page.getByLabel('The same again'), words);
  await press(page, button(page, 'Make the backup'));
  await typeInto(page, page.getByLabel('Its passphrase'), words);
  await press(page, button(page, 'Drill it now'));
  await expect(page.getByText('The backup gives the key back.')).toBeVisible();
  return keyInBackup(path, words);
}
