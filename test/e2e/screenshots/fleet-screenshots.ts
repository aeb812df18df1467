import { createFleetDatabases } from '../../support/databases/fleet-databases.ts';
import { connectAcme, prepareNewKey } from '../support/acme.ts';
import { picture } from './album.ts';
import { test } from '../support/keel-test.ts';
import { button, expect, openScreen } from '../support/wizard.ts';

test('a fleet: named, rehearsed, and rotated but for one', async ({ keel }) => {
  test.setTimeout(300_000);
  await using fleet = await createFleetDatabases();
  const { page } = keel;
  const environment = await connectAcme(keel, { url: fleet.url, oldKey: fleet.key });
  await prepareNewKey(keel, environment);
  await openScreen(page, 'Fleet');
  await expect(page.getByText('Which databases belong together?')).toBeVisible();
  await page.getByRole('textbox', { name: 'Database name pattern' }).fill(fleet.like);
  await picture(keel, 'fleet-name');
  await page.keyboard.press('Enter');
  const row = (name = '') => page.getByRole('row', { name });
  await button(page, 'Prove all').click();
  await expect(row(fleet.names[0])).toContainText('Proven');
  await button(page, 'Rehearse').click();
  await expect(row(fleet.names[2])).toContainText('Would succeed');
  await picture(keel, 'fleet');
  await button(page, 'Rotate…').click();
  await button(page, 'Rotate the fleet').click();
  await expect(page.getByText(/is not finished/)).toBeVisible();
  await picture(keel, 'fleet-unfinished');
});
