import { showAs } from '../support/looks.ts';
import { createFleetDatabases } from '../../support/databases/fleet-databases.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { connectAcme, prepareNewKey } from '../support/acme.ts';
import { test } from '../support/keel-test.ts';
import { expectTabStops } from '../support/tab-stops.ts';
import { button, expect, openScreen } from '../support/wizard.ts';

test('a fleet is found, proven, rehearsed and rotated from the window, and what failed follows later', async ({
  keel,
}) => {
  test.slow();
  await using fleet = await createFleetDatabases();
  const { page } = keel;
  const { names, broken } = fleet;
  const environment = await connectAcme(keel, { url: fleet.url, oldKey: fleet.key });
  await prepareNewKey(keel, environment);

  await openScreen(page, 'Fleet');
  await expect(page.getByText('Which databases belong together?')).toBeVisible();
  await page.getByRole('textbox', { name: 'Database name pattern' }).fill(fleet.like);
  await page.keyboard.press('Enter');
  const row = (name: string) => page.getByRole('row', { name });
  for (const name of names) await expect(row(name)).toContainText('Not checked');

  await button(page, 'Prove all').click();
  await expect(row(broken)).toContainText('Partial match');
  await expect(row(names[0] ?? '')).toContainText('Proven');
  await expect(button(page, 'Rotate…')).toBeDisabled();
  await button(page, 'Rehearse').click();
  await expect(row(names[2] ?? '')).toContainText('Would succeed');
  await button(page, 'Rotate…').click();
  await expectAccessible(page);
  await button(page, 'Rotate the fleet').click();
  await expect(row(names[0] ?? '')).toContainText('Rotated');
  await expect(row(broken)).toContainText('Failed');
  await expect(page.getByText('A rotation of this fleet is not finished: 1 database left.')).toBeVisible();

  for (const [theme, width, height] of [
    ['dark', 900, 600],
    ['light', 1280, 800],
  ] as const) {
    await showAs(keel, { theme, width, height });
    await expectAccessible(page);
  }
  await expectTabStops(page);

  await fleet.mend();
  await button(page, 'Run the rest…').click();
  await button(page, 'Rotate the fleet').click();
  await expect(row(broken)).toContainText('Rotated');
  await expect(page.getByText('is not finished')).toHaveCount(0);
});
