import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { createTestDatabase } from '../../support/postgres/test-database.ts';
import type { Keel } from '../support/keel.ts';
import { expect, test } from '../support/keel-test.ts';
import { button } from '../support/wizard.ts';

const certificate = (name: string) => join(import.meta.dirname, '../../fixtures/tls', `${name}.crt`);

/** The server's address by the name in its certificate, with its password. */
function verified(url: string): URL {
  const address = new URL(url);
  address.hostname = 'localhost';
  address.search = '?sslmode=verify-full';
  return address;
}

async function openConnect({ page }: Keel): Promise<void> {
  await button(page, 'Connect a database').first().click();
  await expect(page.getByRole('heading', { name: 'Connect a database', level: 1 })).toBeFocused();
}

function stage(page: Page, name: string) {
  return page.getByRole('listitem').filter({ hasText: new RegExp(`^${name}`) });
}

async function chooseRoot(keel: Keel, name: string): Promise<void> {
  await keel.answerDialog(certificate(name));
  await button(keel.page, 'Choose… Root certificate').click();
  await expect(keel.page.getByTitle(certificate(name))).toBeVisible();
}

test('a pasted address is taken apart, tested to the end over verify-full, and becomes an environment', async ({
  keel,
}) => {
  const { page } = keel;
  await using database = await createTestDatabase();
  await database.client.query('CREATE TABLE source_connection (id int PRIMARY KEY, credentials text)');
  const url = verified(database.url);
  await openConnect(keel);
  const address = page.getByRole('textbox', { name: 'Connection URL' });
  await address.fill(url.href);

  const { password } = url;
  await expect(address).not.toHaveValue(new RegExp(password));
  await expect(page.getByText('was moved to the password field')).toBeVisible();
  await expect(page.getByLabel('Database password')).toHaveValue(password);

  // the fixtures' authority is nobody's that a system trusts
  await button(page, 'Test the connection').click();
  await expect(stage(page, 'TLS')).toContainText('failed. ');
  await expect(button(page, 'Connect')).toHaveCount(0);

  await chooseRoot(keel, 'ca');
  await button(page, 'Test the connection').click();
  await expect(stage(page, 'TLS')).toContainText('chain and host name verified');
  for (const name of ['Name lookup', 'Network', 'TLS', 'Login', 'Schema', 'Privileges'])
    await expect(stage(page, name)).toContainText('passed. ');

  // without a keychain nothing is chosen in silence
  const name = page.getByRole('textbox', { name: 'Name' });
  await expect(name).toBeFocused();
  await expect(page.getByText('No system keychain is available.')).toBeVisible();
  await expect(button(page, 'Connect')).toBeDisabled();
  await expect(page.getByText('Choose where to store keys')).toBeVisible();
  await name.fill('Acme production');
  await page.getByRole('radio', { name: 'Encrypted key file' }).check();
  await page.getByLabel('Passphrase for the encrypted key file').fill('five random words to type');
  await expect(page.getByText('Confirm the passphrase')).toBeVisible();
  await page.getByLabel('Confirm passphrase').fill('five random words to type');
  await button(page, 'Connect').click();

  await expect(page.getByRole('heading', { name: 'Which key does Ballast use?' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Screens' })).toContainText('Acme production');
});

test('another authority than the server’s stops the test at TLS, and nothing is sent after it', async ({
  keel,
}) => {
  const { page } = keel;
  await using database = await createTestDatabase();
  const url = verified(database.url);
  await openConnect(keel);
  await page.getByText('Enter manually').click();
  await page.getByRole('textbox', { name: 'Host' }).fill(url.hostname);
  await page.getByRole('textbox', { name: 'Port' }).fill(url.port);
  await page.getByRole('textbox', { name: 'Database', exact: true }).fill(database.name);
  await page.getByRole('textbox', { name: 'User' }).fill(url.username);
  await page.getByLabel('Database password').fill(url.password);
  await chooseRoot(keel, 'other-ca');

  await button(page, 'Test the connection').click();
  await expect(stage(page, 'TLS')).toContainText('failed. ');
  await expect(stage(page, 'TLS')).toContainText('was not signed by a CA in');
  await expect(stage(page, 'TLS')).toContainText('Use another root certificate, that of the CA');
  for (const name of ['Login', 'Schema', 'Privileges'])
    await expect(stage(page, name)).toContainText('skipped. Not run.');
  await expect(page.getByText('The test stopped at “TLS”')).toBeVisible();
  await expect(button(page, 'Connect')).toHaveCount(0);

  // what is changed afterwards is not tested
  await page.getByRole('combobox', { name: 'TLS (sslmode)' }).selectOption('require');
  await expect(stage(page, 'TLS')).toHaveCount(0);
});

test('a wrong password stops the test at the login, and says so', async ({ keel }) => {
  const { page } = keel;
  await using database = await createTestDatabase();
  const url = verified(database.url);
  url.searchParams.set('sslrootcert', certificate('ca'));
  url.password = 'not-it';
  await openConnect(keel);
  await page.getByRole('textbox', { name: 'Connection URL' }).fill(url.href);
  // a pasted path is no chosen file
  await button(page, 'Test the connection').click();
  await expect(page.getByText('choose it with the button next to “Root certificate”')).toBeVisible();
  await chooseRoot(keel, 'ca');
  await button(page, 'Test the connection').click();
  await expect(stage(page, 'Login')).toContainText('failed. ');
  await expect(stage(page, 'Login')).toContainText('the password is wrong');
  await expect(stage(page, 'TLS')).toContainText('passed. ');
  await expect(button(page, 'Connect')).toHaveCount(0);
});

test('an address is imported from a .env, and its password never comes to the window', async ({ keel }) => {
  const { page } = keel;
  await using database = await createTestDatabase();
  const url = verified(database.url);
  const file = join(keel.folder, '.env');
  await writeFile(file, `POSTGRES_DB=other\nDATABASE_URL=${url.href}\n`);
  await openConnect(keel);
  await page.getByText('Import from file').click();
  await keel.answerDialog(file);
  await button(page, 'Choose… File').click();
  await page.getByRole('radio', { name: `${url.username}@localhost:${url.port}/${database.name}` }).check();
  await expect(
    page.getByText('The file contains one. It is used unless you enter another here.'),
  ).toBeVisible();

  // what the file says of TLS can be made stricter without typing the password
  await chooseRoot(keel, 'ca');
  await button(page, 'Test the connection').click();
  await expect(stage(page, 'Login')).toContainText('passed. ');
  await expect(stage(page, 'TLS')).toContainText('chain and host name verified');
  expect(await page.content()).not.toContain(url.password);
});
