import { compareSync } from 'bcrypt';
import { foreignKey, insertKeys, serverFilled } from '../../support/databases/api-keys.ts';
import { connectPlainly, createTestDatabase } from '../../support/postgres/test-database.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { passphrase } from '../support/acme.ts';
import { addEnvironment, sealing } from '../support/fresh-environment.ts';
import { expect, test } from '../support/keel-test.ts';
import { call } from '../support/window-calls.ts';
import { button, openScreen } from '../support/wizard.ts';

test('an admin finds the table, and makes, takes, verifies, replaces and revokes keys, by keyboard where it matters', async ({
  keel,
}) => {
  test.slow();
  const { page } = keel;
  await using database = await createTestDatabase();
  const { client, url } = database;
  await client.query(serverFilled);
  const old = foreignKey(1, 8);
  await insertKeys(client, [{ name: 'Nightly export', hash: old.hash, prefix: old.text.slice(0, 8) }]);
  await addEnvironment(page, url);

  await openScreen(page, 'API keys');
  await expect(page.getByText('Where does Ballast store its API keys?')).toBeVisible();
  await expectAccessible(page);
  await button(page, 'Find the table').click();
  await expect(page.getByText('key_hash: 1 of 1 sampled values are bcrypt hashes')).toBeVisible();
  await expectAccessible(page);
  await button(page, 'Use this table').click();
  const row = (name: RegExp) => page.getByRole('row', { name });
  await expect(row(/^Nightly export/)).toContainText('Weak hash');
  await expectAccessible(page);

  // made, and taken once
  await button(page, 'Create a key').click();
  await expect(page.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('CI');
  await page.getByLabel('Collection ID').fill('col_7');
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  const taking = page.getByRole('dialog', { name: 'Copy “CI” now' });
  await expect(taking).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(taking).toBeVisible();
  await expectAccessible(page);
  await button(page, 'Copy the key').click();
  await expect(taking.getByText(/The clipboard is cleared in/)).toBeVisible();
  const key = await keel.clipboard();
  expect(key).toMatch(/^bk_[0-9A-Za-z]{43}$/);
  expect(await page.content()).not.toContain(key);
  if (keel.host === 'chromium') expect((await keel.traffic()).join('\n')).not.toContain(key);
  await button(page, 'Hold to show the key').hover();
  await page.mouse.down();
  await expect(page.getByText(key)).toBeVisible();
  expect(await keel.contentProtected()).toBe(true);
  await page.mouse.up();
  await expect(page.getByText(key)).toHaveCount(0);
  await button(page, 'I have saved the key').click();
  await expect(taking).toHaveCount(0);
  const { rows } = await client.query(`SELECT key_hash, scope FROM api_keys WHERE name = 'CI'`);
  expect(rows[0].scope).toBe('collection:col_7');
  expect(compareSync(key, rows[0].key_hash)).toBe(true);

  // told from others; the field does not keep it
  const field = page.getByLabel('API key', { exact: true });
  await field.fill(key);
  await field.press('Enter');
  await expect(page.getByText('This is CI. Ballast accepts it.')).toBeVisible();
  await expect(field).toHaveValue('');
  await field.fill(`${key}x`);
  await field.press('Enter');
  await expect(page.getByText('It does not match the one key it was compared with.')).toBeVisible();
  await expectAccessible(page);

  // another in its place, and the lock takes what was not taken
  await row(/^Nightly export/).focus();
  await page.keyboard.press('Enter');
  await button(page, 'Replace…').click();
  await expectAccessible(page);
  await button(page, 'Replace the key').click();
  await expect(page.getByText(/The key it replaces, Nightly export, is revoked/)).toBeVisible();
  await call(page, 'app.lock', {});
  await button(page, 'Unlock').click();
  await openScreen(page, 'API keys');
  await button(page, 'Enter the password').click();
  await page.getByLabel(/^Password for/).fill(decodeURIComponent(new URL(url).password));
  await page.getByLabel('Passphrase for the encrypted key file').fill(passphrase);
  await page.keyboard.press('Enter');
  await expect(row(/^Nightly export.*Active/)).toHaveCount(1, sealing);
  await expect(row(/^Nightly export.*Revoked/)).toHaveCount(1);
  await expect(page.getByRole('dialog')).toHaveCount(0);

  // revoked elsewhere meanwhile
  await row(/^CI/).click();
  await button(page, 'Revoke…').click();
  const other = await connectPlainly(url);
  await other.query(`UPDATE api_keys SET is_active = false WHERE name = 'CI'`);
  await other.end();
  await button(page, 'Revoke the key').click();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText(
    'CI is already revoked; nothing was changed.',
  );
  await button(page, 'Cancel').click();
  await openScreen(page, 'Activity');
  for (const action of [
    'API key table chosen',
    'API key created',
    'API key copied',
    'API key revealed',
    'API key replaced',
  ])
    await expect(page.getByText(action).first()).toBeVisible();
});
