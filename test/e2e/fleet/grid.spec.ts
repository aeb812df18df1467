import { createFleetDatabases } from '../../support/databases/fleet-databases.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { connectAcme, prepareNewKey } from '../support/acme.ts';
import { test } from '../support/keel-test.ts';
import { showAs } from '../support/looks.ts';
import { recordFleet } from '../support/recorded-fleet.ts';
import { button, expect, openScreen } from '../support/wizard.ts';

const reason = {
  state: 'failed',
  code: 'login-refused',
  message: 'the database “org_17” does not allow connections',
  remedy: 'allow connections to it, then run this again',
} as const;

test('two hundred databases are a grid that is walked with the keyboard, and say what became of each', async ({
  keel,
}) => {
  test.slow();
  await using fleet = await createFleetDatabases();
  const { page } = keel;
  const environment = await connectAcme(keel, { url: fleet.url, oldKey: fleet.key });
  await prepareNewKey(keel, environment);
  const failed = ['org_17', 'org_90', 'org_91', 'org_150', 'org_199'];
  await recordFleet(keel, environment, 200, {
    ...Object.fromEntries(failed.map((name) => [name, { ...reason, rows: undefined }])),
    org_200: { state: 'waiting', rows: undefined, at: undefined },
  });

  await openScreen(page, 'Fleet');
  const cells = page.getByRole('listbox', { name: 'Databases of the fleet' });
  await expect(cells.getByRole('option')).toHaveCount(200);
  const pointed = cells.getByRole('option', { selected: true });
  // what is to be looked at comes first
  await expect(pointed).toHaveAccessibleName('org_17: Failed');
  await expect(page.getByText('does not allow connections')).toBeVisible();
  await pointed.focus();
  await page.keyboard.press('ArrowRight');
  await expect(pointed).toHaveAccessibleName('org_18: Rotated');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await expect(pointed).toHaveAccessibleName('org_18: Rotated');
  await page.keyboard.press('End');
  await expect(pointed).toHaveAccessibleName('org_200: Not started');
  await expect(pointed).toBeFocused();
  await button(page, '5 Failed').click();
  await expect(pointed).toHaveAccessibleName('org_17: Failed');
  await button(page, '5 Failed').click();
  await expect(pointed).toHaveAccessibleName('org_90: Failed');

  // the table behind it is asked for
  await expect(page.getByRole('row')).toHaveCount(0);
  await page.getByText('Show as a table, to choose databases').click();
  await expect(page.getByRole('row', { name: 'org_90' })).toContainText('Failed');
  await page.getByText('Show as a table, to choose databases').click();

  for (const [theme, width, height] of [
    ['dark', 900, 600],
    ['light', 900, 600],
    ['light', 1280, 800],
  ] as const) {
    await showAs(keel, { theme, width, height });
    await expectAccessible(page);
    const { right } = await cells.evaluate((node) => node.getBoundingClientRect());
    expect(right).toBeLessThanOrEqual(width);
  }

  // one that cannot be done is given up from its cell, and taken back
  await button(page, 'Give up org_90').click();
  await expect(page.getByText(/5 databases left/)).toBeVisible();
  await expect(pointed).toHaveAccessibleName('org_90: Given up');
  await button(page, 'Include org_90 again').click();
  await expect(page.getByText(/6 databases left/)).toBeVisible();
});

test('a fleet is swept, recovered and undone from the window, which asks before the undo', async ({
  keel,
}) => {
  test.slow();
  await using fleet = await createFleetDatabases();
  await fleet.mend();
  const { page } = keel;
  const environment = await connectAcme(keel, { url: fleet.url, oldKey: fleet.key });
  await prepareNewKey(keel, environment);
  const before = await fleet.ciphertexts();
  await openScreen(page, 'Fleet');
  await page.getByRole('textbox', { name: 'Database name pattern' }).fill(fleet.like);
  await page.keyboard.press('Enter');
  const cell = (name = '') => page.getByRole('option', { name });
  await button(page, 'Rehearse').click();
  await expect(cell(fleet.names[2])).toHaveAccessibleName(/Would succeed/);
  await button(page, 'Rotate…').click();
  await button(page, 'Rotate the fleet').click();
  await expect(page.getByText('3 of 3 databases rotated')).toBeVisible();
  const rotated = await fleet.ciphertexts();
  expect(rotated).not.toEqual(before);

  await button(page, 'Sweep for stragglers').click();
  for (const name of fleet.names) await expect(cell(name)).toHaveAccessibleName(/Nothing found/);
  await button(page, 'Recover interrupted rotations').click();
  for (const name of fleet.names) await expect(cell(name)).toHaveAccessibleName(/Settled/);

  await keel.answerQuestions(false);
  await button(page, 'Undo rotation…').click();
  await expect(page.getByText('You did not agree; nothing was changed.')).toBeVisible();
  expect(await fleet.ciphertexts()).toEqual(rotated);
  await keel.answerQuestions(true);
  await button(page, 'Undo rotation…').click();
  await expect(page.getByText('3 of 3 databases rotated back')).toBeVisible();
  const [question] = (await keel.dialogs()).slice(-1);
  expect(JSON.stringify(question)).toContain('Undo the rotation of 3 databases');
  for (const name of fleet.names) await expect(cell(name)).toHaveAccessibleName(/Rotated back/);
  await expect(button(page, 'Undo rotation…')).toHaveCount(0);
});
