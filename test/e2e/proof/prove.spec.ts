import { createCipheriv, randomBytes } from 'node:crypto';
import { base64 } from '../../support/databases/foreign-database.ts';
import { connectPlainly } from '../../support/postgres/test-database.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { type Acme, connectAcme, createAcme } from '../support/acme.ts';
import { addEnvironment, adoptKey, sealing } from '../support/fresh-environment.ts';
import type { Keel } from '../support/keel.ts';
import { expect, test } from '../support/keel-test.ts';
import { call } from '../support/window-calls.ts';
import { button, openScreen } from '../support/wizard.ts';

async function openProve({ page }: Keel, acme: Acme, key: Buffer): Promise<void> {
  const environment = await addEnvironment(page, acme.url);
  await adoptKey(page, environment, key);
  await openScreen(page, 'Prove');
  await expect(page.getByRole('heading', { name: 'Which columns are encrypted?' })).toBeVisible();
}

/** Rows that Ballast wrote under a key of their user. */
async function addPersonalSources(acme: Acme, count: number): Promise<string[]> {
  const key = randomBytes(32);
  const cells = Array.from({ length: count }, (_, i) => base64(`{"personal": "token of user ${i}"}`, key));
  const client = await connectPlainly(acme.url);
  await client.query(
    "INSERT INTO source_connection SELECT 1000 + n, 'slack', cell FROM unnest($1::text[]) WITH ORDINALITY AS t (cell, n)",
    [cells],
  );
  await client.end();
  return cells;
}

test.slow();

test('the right key is proven on the columns that the admin reviewed, and becomes the active one', async ({
  keel,
}) => {
  const { page } = keel;
  await using acme = await createAcme();
  await openProve(keel, acme, acme.oldKey);

  await button(page, 'Find encrypted columns').click();
  const found = page.getByRole('checkbox', { name: 'source_connection.credentials' });
  await expect(found).toBeChecked(sealing);
  await expect(page.getByText(/decrypts 80 of 80 sampled values/)).toBeVisible();
  await found.uncheck();
  await expect(button(page, 'Save and prove the key')).toBeDisabled();
  await found.check();
  await button(page, 'Save and prove the key').click();

  const verdict = page.getByRole('status', { name: 'Verdict' });
  await expect(verdict).toContainText('Correct', sealing);
  await expect(verdict).toContainText('It decrypts 80 of 80 values');
  await expect(page.getByRole('row', { name: /source_connection.credentials/ })).toContainText('Proven');
  await openScreen(page, 'Key');
  await expect(page.getByRole('row', { name: /Active/ })).toHaveCount(1);
});

test('a wrong key opens none of what looks encrypted, is called wrong, and stays unproven', async ({
  keel,
}) => {
  const { page } = keel;
  await using acme = await createAcme();
  const before = await acme.ciphertexts();
  await openProve(keel, acme, randomBytes(32));

  await button(page, 'Find encrypted columns').click();
  await expect(page.getByRole('alert')).toContainText(
    'does not decrypt the one column that looks encrypted',
    sealing,
  );
  await button(page, 'List them anyway (unverified)').click();
  await button(page, 'Save and prove the key').click();

  const verdict = page.getByRole('status', { name: 'Verdict' });
  await expect(verdict).toContainText('Wrong', sealing);
  await expect(verdict).toContainText('80 of 80 values decrypt to noise with this key');
  await button(page, 'Use another key').click();
  await expect(page.getByRole('row', { name: /Unproven/ })).toHaveCount(1);
  expect(await acme.ciphertexts()).toEqual(before);

  // what was found with it says nothing of the next one
  await button(page, 'Import another key').click();
  await page.getByText('Type or paste').click();
  await page.getByLabel('ENCRYPTION_KEY').fill(acme.oldKey.toString('base64'));
  await button(page, 'Import key').click();
  await expect(page.getByText('was added to the key ring.')).toBeVisible(sealing);
  await button(page, 'Prove it against the database').click();
  await expect(verdict).toHaveCount(0);
  await button(page, 'Prove the key').click();
  await expect(verdict).toContainText('It decrypts 80 of 80 values', sealing);
});

test('what was found with a wrong key is not held against the right one, also after the screen was left', async ({
  keel,
}) => {
  const { page } = keel;
  await using acme = await createAcme();
  await openProve(keel, acme, randomBytes(32));
  await button(page, 'Find encrypted columns').click();
  await expect(page.getByRole('alert')).toContainText('does not decrypt the one column', sealing);
  await button(page, 'Use another key').click();
  await button(page, 'Import another key').click();
  await page.getByText('Type or paste').click();
  await page.getByLabel('ENCRYPTION_KEY').fill(acme.oldKey.toString('base64'));
  await button(page, 'Import key').click();
  await expect(page.getByText('was added to the key ring.')).toBeVisible(sealing);

  await button(page, 'Prove it against the database').click();
  await expect(page.getByRole('heading', { name: 'Which columns are encrypted?' })).toBeVisible();
  await expect(page.getByText('does not decrypt the one column')).toHaveCount(0);
  await button(page, 'Find encrypted columns').click();
  await expect(page.getByText(/decrypts 80 of 80 sampled values/)).toBeVisible(sealing);
});

test('values under another key are counted, and left by name where the admin says so', async ({ keel }) => {
  const { page } = keel;
  await using acme = await createAcme();
  await addPersonalSources(acme, 3);
  await openProve(keel, acme, acme.oldKey);
  await button(page, 'Find encrypted columns').click();
  await button(page, 'Save and prove the key').click();

  const verdict = page.getByRole('status', { name: 'Verdict' });
  await expect(verdict).toContainText('Partial match', sealing);
  await expect(verdict).toContainText('It decrypts 80 of 83 values');
  const choice = page.getByRole('checkbox', { name: 'Exclude them in source_connection.credentials' });
  await choice.check();
  await button(page, 'Save exclusions').click();
  await expect(verdict).toContainText('Correct, with exclusions');

  // the choice outlives the app
  await keel.restart();
  await openScreen(keel.page, 'Prove');
  await expect(keel.page.getByRole('row', { name: /source_connection.credentials/ })).toContainText(
    'excluded',
  );
});

test('values in another form than the inventory says are no foreign values: their form is proposed and taken', async ({
  keel,
}) => {
  const { page } = keel;
  await using acme = await createAcme();
  await addTable(acme, 'webhook', (n) =>
    sealAs('aes-256-cfb8', `{"webhook": "secret ${n}, in the other mode"}`, acme.oldKey),
  );
  await addTable(acme, 'broken', (n) =>
    // without its IV
    Buffer.from(base64(`{"broken": "secret ${n}, whose IV is nowhere"}`, acme.oldKey), 'base64')
      .subarray(16)
      .toString('base64'),
  );
  const environment = await connectAcme(keel, acme);
  const { columns } = await call(page, 'inventory.read', { environment });
  const wrong = columns.map((entry: { table: string; layout: string }) =>
    entry.table === 'webhook' ? { ...entry, layout: 'base64' } : entry,
  );
  await call(page, 'inventory.write', { environment, columns: wrong, excluded: [] });

  await openScreen(page, 'Prove');
  await button(page, 'Prove the key').click();
  await expect(page.getByText('One column is most likely in a different format')).toBeVisible(sealing);
  await expect(page.getByRole('checkbox', { name: /^Exclude them in/ })).toHaveCount(0);
  await button(page, 'Find the right format').first().click();

  await expect(page.getByRole('row', { name: /webhook\.value/ })).toContainText(
    'base64, IV first, CFB8instead of base64, IV first',
    sealing,
  );
  const uncertain = page.getByRole('region', { name: '1 column with an uncertain format' });
  await expect(uncertain).toContainText('broken.value');
  await expect(uncertain.getByRole('checkbox')).toHaveCount(0);
  await expectAccessible(page);
  await button(page, 'Save and prove the key').click();
  await expect(page.getByRole('status', { name: 'Verdict' })).toContainText(
    'It decrypts 120 of 120 values',
    sealing,
  );
});

test('many columns to review are found, sorted and ticked together', async ({ keel }) => {
  const { page } = keel;
  await using acme = await createAcme();
  for (let at = 1; at <= 14; at += 1)
    await addTable(acme, `source_${at}`, (n) =>
      base64(`{"token": "secret ${n} of table ${at}"}`, acme.oldKey),
    );
  await openProve(keel, acme, acme.oldKey);
  await button(page, 'Find encrypted columns').click();
  const rows = page.getByRole('table', { name: 'Encrypted columns found' }).getByRole('row');
  await expect(rows).toHaveCount(16, sealing);

  // in the order in which people count, and back
  await button(page, 'Column').click();
  await expect(rows.nth(2)).toContainText('source_2');
  await button(page, 'Column').click();
  await expect(rows.nth(1)).toContainText('source_connection');
  await expect(rows.nth(2)).toContainText('source_14');

  await page.keyboard.press('ControlOrMeta+f');
  await page.keyboard.type('source_1');
  await expect(rows).toHaveCount(7);
  await page.getByRole('checkbox', { name: 'All shown: 6 of 6 selected' }).uncheck();
  await page.getByRole('textbox', { name: 'Search columns' }).fill('');
  await expect(page.getByRole('checkbox', { name: 'All: 9 of 15 selected' })).toBeVisible();
  await expect(page.getByText('9 columns selected')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('checkbox', { name: 'All: 9 of 15 selected' }).check();
  await expect(page.getByText('15 columns selected')).toBeVisible();
});

async function addTable(acme: Acme, name: string, cell: (n: number) => string): Promise<void> {
  const client = await connectPlainly(acme.url);
  await client.query(`CREATE TABLE ${name} (id int PRIMARY KEY, value text)`);
  await client.query(
    `INSERT INTO ${name} SELECT n, cell FROM unnest($1::text[]) WITH ORDINALITY AS t (cell, n)`,
    [Array.from({ length: 40 }, (_, n) => cell(n))],
  );
  await client.end();
}

function sealAs(cipher: string, plaintext: string, key: Buffer): string {
  const iv = randomBytes(16);
  const encipher = createCipheriv(cipher, key, iv);
  return Buffer.concat([iv, encipher.update(plaintext, 'utf8'), encipher.final()]).toString('base64');
}
