import { join } from 'node:path';
import { expectAccessible } from '../support/accessibility.ts';
import { sealing } from '../support/fresh-environment.ts';
import type { Keel } from '../support/keel.ts';
import { expect, test } from '../support/keel-test.ts';
import { showAs } from '../support/looks.ts';
import { expectTabStops } from '../support/tab-stops.ts';
import { call, run } from '../support/window-calls.ts';
import { button, openScreen } from '../support/wizard.ts';

const looks = [
  { theme: 'light', width: 1280, height: 800 },
  { theme: 'dark', width: 900, height: 600 },
] as const;
const passphrase = 'spare anvil under the old bridge';

test('every screen on the way from a key to its hand-off is accessible, light and large, dark and small', async ({
  keel,
}) => {
  test.slow();
  const { page } = keel;
  await button(page, 'Connect a database').click();
  await page.getByRole('textbox', { name: 'Connection URL' }).fill('postgres://ballast@127.0.0.1:1/ballast');
  await button(page, 'Test the connection').click();
  await expect(page.getByText(/The test stopped at/)).toBeVisible();
  await expectFine(keel);

  const { environment } = await run(page, 'practice.start', {});
  await openScreen(page, 'Home');
  await expectFine(keel);
  await openScreen(page, 'Key');
  await button(page, 'Import another key').click();
  await expectFine(keel);

  await openScreen(page, 'Prove');
  await expectFine(keel);
  await button(page, 'Find encrypted columns').click();
  await expect(page.getByRole('heading', { name: 'Review the encrypted columns' })).toBeVisible(sealing);
  await expectFine(keel);
  await button(page, 'Save and prove the key').click();
  await expect(page.getByRole('status', { name: 'Verdict' })).toBeVisible(sealing);
  await expectFine(keel);

  const { fingerprint } = await call(page, 'keys.generate', { environment });
  await openScreen(page, 'Backups');
  await expectFine(keel);
  const path = join(keel.folder, 'new.age');
  await keel.answerDialog(path);
  await call(page, 'files.choose', { purpose: 'save-age', fingerprint });
  const artefact = { form: 'passphrase', path, passphrase: { typed: passphrase } };
  await run(page, 'backup.create', { environment, fingerprint, artefact });
  const from = { from: 'file', path, passphrase };
  await run(page, 'backup.drill', { environment, fingerprint, from });

  await openScreen(page, 'Rotate');
  await button(page, 'Run preflight').click();
  await expect(page.getByRole('region', { name: /^Blockers/ })).toBeVisible(sealing);
  await expectFine(keel);
  await page.getByRole('switch', { name: /Leave values that no known key decrypts/ }).click({ force: true });
  await button(page, 'Continue to the rehearsal').click(sealing);
  await button(page, 'Rehearse').click();
  await expect(page.getByText('rows changed: rolled back')).toBeVisible(sealing);
  await expectFine(keel);
  await button(page, 'Review the rotation').click();
  await expectFine(keel);
  await button(page, 'Rotate the key').click();
  await expect(page.getByText('Verified and committed.')).toBeVisible(sealing);
  await expectFine(keel);

  await openScreen(page, 'Hand-off');
  await expectFine(keel);
  await openScreen(page, 'Activity');
  await expectFine(keel);
});

test('every control of every screen is reached with Tab, and shows that it is', async ({ keel }) => {
  test.slow();
  const { page } = keel;
  await keel.resize(900, 600);
  await run(page, 'practice.start', {});
  // the home screen is all there before its controls are counted
  await expect(page.getByRole('main').getByRole('button', { name: 'Find columns' })).toBeVisible();
  for (const key of ['1', '2', '3', '4', '5', '6', '7', ',', 'n']) {
    await page.keyboard.press(`ControlOrMeta+${key}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    await expect(page.getByRole('main')).not.toHaveAttribute('aria-busy', 'true');
    await expectTabStops(page);
  }
});

/** In both looks: nothing for axe to say, and nothing that has to be scrolled sideways. */
async function expectFine(keel: Keel): Promise<void> {
  const { page } = keel;
  for (const { theme, width, height } of looks) {
    await showAs(keel, { theme, width, height });
    await expectAccessible(page);
    const wide = await page.evaluate(() =>
      [document.scrollingElement, document.querySelector('main')].map(
        (box) => (box?.scrollWidth ?? 0) - (box?.clientWidth ?? 0),
      ),
    );
    expect(wide).toEqual([0, 0]);
  }
}
