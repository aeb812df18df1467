import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestDatabase } from '../../support/postgres/test-database.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { recordAges } from '../support/aged-environments.ts';
import { addEnvironment } from '../support/fresh-environment.ts';
import { expect, test } from '../support/keel-test.ts';
import { addMany } from '../support/many-environments.ts';

test.slow();

test('keys, test restores and certificates of several environments are one picture, with a table behind it', async ({
  keel,
}) => {
  await using database = await createTestDatabase();
  await addMany(keel, database.url, [
    { name: 'Staging', production: false },
    { name: 'Production', production: true },
  ]);
  await recordAges(keel, 'db.example.org_5432_copy_0', { keySince: -400, certificateTo: 9 });
  await recordAges(keel, 'db.example.org_5432_copy_1', { keySince: -30, testedAt: -2, certificateTo: 3000 });
  await keel.restart();
  const { page } = keel;
  const chart = page.getByRole('img', {
    name: /^A timeline of 2 environments: since when each key is in use/,
  });
  await expect(chart.locator('canvas')).toBeVisible();
  await page.getByText('Show as a table').click();
  const table = page.getByRole('table', { name: 'Ages' });
  await expect(table.getByRole('row', { name: /^Staging/ })).toContainText('400 days ago');
  await expect(table.getByRole('row', { name: /^Staging/ })).toContainText('never');
  await expect(table.getByRole('row', { name: /^Staging/ })).toContainText('in 9 days');
  await expect(table.getByRole('row', { name: /^Production/ })).toContainText('in 88 days');
  await expectAccessible(page);
});

test('an environment whose file is damaged is not said to be none', async ({ keel }) => {
  await using database = await createTestDatabase();
  const folder = await addEnvironment(keel.page, database.url);
  expect(await readdir(join(keel.home, 'environments'))).toEqual([folder]);
  await writeFile(join(keel.home, 'environments', folder, 'environment.json'), '{');
  await keel.restart();
  const { page } = keel;
  await expect(page.getByText(/environment.json is damaged/)).toBeVisible();
  await expect(page.getByText('No environment yet')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Connect a database' })).toBeVisible();
});
