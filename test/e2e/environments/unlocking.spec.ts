import { createTestDatabase } from '../../support/postgres/test-database.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { expect, test } from '../support/keel-test.ts';

const passphrase = 'spare anvil under the old bridge';

test('after a restart the dialog asks for what has to be typed once, refuses what is wrong, and is over when it is right', async ({
  keel,
}) => {
  await using database = await createTestDatabase();
  const url = new URL(database.url);
  url.search = '?sslmode=disable';
  const added = await keel.page.evaluate(
    ([url, passphrase]) =>
      (window as any).keel.call('environments.add', {
        name: 'Acme',
        colour: 'blue',
        production: false,
        connection: { url },
        rememberPassword: false,
        keyPlace: 'sealed-file',
        passphrase,
      }),
    [url.href, passphrase] as const,
  );
  expect(added).toMatchObject({ ok: true });
  // the file exists once there is a key in it
  const { environment } = (added as { value: { environment: string } }).value;
  await keel.page.evaluate(
    (environment) => (window as any).keel.call('keys.generate', { environment }),
    environment,
  );
  await keel.restart();

  const { page } = keel;
  await page.getByRole('button', { name: 'Unlock', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Unlock Acme' });
  await expect(dialog).toBeVisible();
  // without a keychain there is nothing to remember it in
  await expect(dialog.getByText('Remember it in the keychain')).toHaveCount(0);
  await expectAccessible(page);

  const unlock = dialog.getByRole('button', { name: 'Unlock', exact: true });
  await expect(unlock).toBeDisabled();
  await dialog.getByLabel(/^Password for/).fill(decodeURIComponent(url.password));
  await dialog.getByLabel('Passphrase for the encrypted key file').fill('not this one at all');
  await unlock.click();
  await expect(dialog.getByRole('alert')).toBeVisible();

  await dialog.getByLabel('Passphrase for the encrypted key file').fill(passphrase);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Locked', { exact: true })).toHaveCount(0);
});
