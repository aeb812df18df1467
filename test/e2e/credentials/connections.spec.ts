import { createSourcesDatabase } from '../../support/databases/sources-database.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { connectAcme } from '../support/acme.ts';
import { expect, test } from '../support/keel-test.ts';
import { showAs } from '../support/looks.ts';
import { trustTestAuthority } from '../support/test-authority.ts';
import { expectTabStops } from '../support/tab-stops.ts';
import { button, openScreen } from '../support/wizard.ts';

test('the credentials are tried from the window, each fate told by name, and none ever shown', async ({
  keel,
}) => {
  test.slow();
  await using sources = await createSourcesDatabase();
  const { page } = keel;
  const environment = await connectAcme(keel, { url: sources.url, oldKey: sources.key });
  await trustTestAuthority(keel, environment);

  await openScreen(page, 'Connections');
  await expect(page.getByText('Do the credentials still work?')).toBeVisible();
  await expectAccessible(page);
  // nothing of this machine's network without the admin's word
  await button(page, 'Test connections').click();
  await expect(
    page.getByText('None could be tested; skipped 1 value that the key does not decrypt.'),
  ).toBeVisible();
  expect(sources.api.heard).toEqual([]);

  await page.getByRole('switch', { name: 'Include private networks' }).focus();
  await page.keyboard.press('Space');
  await button(page, 'Test again').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('2 credentials refused, of 6 tested')).toBeVisible();
  const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });
  await expect(row('Orders of last year')).toContainText('The user or password is not accepted');
  await expect(row('Old handbook')).toContainText('The token is not accepted');
  await expect(row('Warehouse')).toContainText('Nothing is listening on that host and port');
  await expect(row('Support desk')).toContainText('Certificate');
  await expect(row('Handbook')).toContainText('The token was accepted');
  await expect(row('Shared drive')).toContainText('refresh token');
  const shown = await page.content();
  for (const secret of sources.secrets) expect(shown).not.toContain(secret);

  await page.getByRole('radiogroup', { name: 'Outcome' }).getByText('Refused').click();
  await expect(row('Handbook')).toHaveCount(0);
  await page.getByRole('textbox', { name: 'Search' }).fill('old hand');
  await expect(row('Orders of last year')).toHaveCount(0);
  await expect(row('Old handbook')).toBeVisible();
  await page.getByRole('textbox', { name: 'Search' }).fill('');
  await page.getByRole('radiogroup', { name: 'Outcome' }).getByText('All').click();

  for (const [theme, width, height] of [
    ['light', 1280, 800],
    ['dark', 900, 600],
  ] as const) {
    await showAs(keel, { theme, width, height });
    await expectAccessible(page);
  }
  await expectTabStops(page);

  // what was found stands there later, without the servers, which are not kept
  await keel.restart();
  await expect(keel.page.getByRole('navigation', { name: 'Screens' })).toBeVisible();
  await openScreen(keel.page, 'Connections');
  await expect(keel.page.getByText('2 credentials refused, of 6 tested')).toBeVisible();
  await expect(keel.page.getByText('localhost:')).toHaveCount(0);
});
