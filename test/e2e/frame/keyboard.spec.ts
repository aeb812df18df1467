import { connectAcme, createAcme, prepareNewKey } from '../support/acme.ts';
import { test } from '../support/keel-test.ts';
import { press } from '../support/keys-only.ts';
import { button, expect } from '../support/wizard.ts';

test.describe('by keyboard alone', () => {
  test.setTimeout(300_000);

  test('a key is rotated, handed off by word, swept for, and the rotation undone', async ({ keel }) => {
    await using acme = await createAcme();
    const environment = await connectAcme(keel, acme);
    const newKey = await prepareNewKey(keel, environment);
    const { page } = keel;
    const heading = page.getByRole('heading', { level: 1 });

    await page.keyboard.press('ControlOrMeta+5');
    await expect(heading).toBeFocused();
    await expect(heading).toHaveAccessibleName('Rotate the key step 3 of 7: Preflight');
    await press(page, button(page, 'Run preflight'));
    await press(page, button(page, 'Continue to the rehearsal'));
    await expect(heading).toBeFocused();
    await press(page, button(page, 'Rehearse'));
    await press(page, button(page, 'Review the rotation'));
    await expect(heading).toHaveAccessibleName('Rotate the key step 5 of 7: Review');
    await expect(heading).toBeFocused();

    // Escape loses nothing
    await page.keyboard.press('Escape');
    await expect(heading).toHaveAccessibleName('Rotate the key step 5 of 7: Review');
    await press(page, button(page, 'Rotate the key'));
    await expect(page.getByText('Verified and committed.')).toBeVisible();
    await expect(heading).toBeFocused();
    expect(await acme.opened(newKey)).toBe(acme.rows);

    await press(page, button(page, 'Hand off the new key'));
    await expect(heading).toBeFocused();
    await press(page, button(page, 'I updated Ballast myself'));
    await press(page, button(page, 'Sweep for stragglers'));
    await expect(page.getByText('No value encrypted with the old key was found.')).toBeVisible();

    await page.keyboard.press('ControlOrMeta+5');
    await press(page, button(page, 'Undo…'));
    await expect(heading).toBeFocused();
    await press(page, button(page, 'Rehearse the undo'));
    await press(page, button(page, 'Undo the rotation'));
    await expect(page.getByText(/Undone: .* encrypted with the previous key again\./)).toBeVisible({
      timeout: 60_000,
    });
    await expect(heading).toBeFocused();
    expect(await acme.opened(acme.oldKey)).toBe(acme.rows);
  });

  test('a guarded step leads to where it is done', async ({ keel }) => {
    await using acme = await createAcme();
    await connectAcme(keel, acme);
    const { page } = keel;
    await page.keyboard.press('ControlOrMeta+5');
    await expect(page.getByText('There is no new key to rotate to yet')).toBeVisible();
    await press(page, button(page, 'Generate a new key'));
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    await expect(
      page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Key', exact: true }),
    ).toHaveAttribute('aria-current', 'page');
  });
});
