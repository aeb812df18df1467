import { acmeName, connectAcme, createAcme, hold, passphrase, prepareNewKey } from '../support/acme.ts';
import { isCommitHeld } from '../support/hold-commit.ts';
import type { Keel } from '../support/keel.ts';
import { test } from '../support/keel-test.ts';
import { button, confirmRotation, expect, phase, rehearse, openScreen } from '../support/wizard.ts';

test.describe('after the main process was killed in the middle of a cutover', () => {
  test.setTimeout(300_000);

  for (const { at, outcome, under } of [
    { at: 'write', outcome: 'It was rolled back: the database never changed.', under: 'old' },
    { at: 'commit', outcome: 'It was committed: the database is encrypted with the new key.', under: 'new' },
  ] as const) {
    test(`while it was held up at the ${at}, the next start settles it: all rows under the ${under} key`, async ({
      keel,
    }) => {
      await using acme = await createAcme();
      const environment = await connectAcme(keel, acme);
      const newKey = await prepareNewKey(keel, environment);
      const before = await acme.ciphertexts();
      const ballast = await acme.connectBallast();
      await rehearse(keel.page, { besideBallast: true });
      const letGo = await hold(ballast, at);
      await confirmRotation(keel.page, { besideBallast: true });
      const where = at === 'write' ? 'Write' : 'Commit';
      await expect(phase(keel.page, where)).toHaveAttribute('aria-current', 'step');

      // the step is announced a moment before the server is told to commit
      if (at === 'commit') await expect.poll(() => isCommitHeld(ballast)).toBe(true);

      await keel.kill();
      await letGo();
      await ballast.end();
      await expect.poll(() => acme.connections()).toBe(0);
      const key = under === 'new' ? newKey : acme.oldKey;
      expect(await acme.opened(key)).toBe(acme.rows);

      await keel.restart();
      await recoverFromHome(keel, new URL(acme.url).password);
      await expect(keel.page.getByText(outcome)).toBeVisible();
      await expect(keel.page.getByText('a sample of every column')).toBeVisible();
      expect(await acme.opened(key)).toBe(acme.rows);
      expect(await acme.staging()).toEqual([]);
      expect(await acme.journal()).toHaveLength(under === 'new' ? 1 : 0);
      if (under === 'old') expect(await acme.ciphertexts()).toEqual(before);

      await button(keel.page, 'Continue').click();
      const next = under === 'new' ? 'Hand off the new key' : 'Run preflight';
      await expect(button(keel.page, next)).toBeVisible();
    });
  }
});

/** What the admin does at the next start: unlock, and follow the one next action. */
async function recoverFromHome({ page }: Keel, password: string): Promise<void> {
  // the window opens where it was left
  await openScreen(page, 'Home');
  await button(page, 'Unlock').click();
  const dialog = page.getByRole('dialog', { name: `Unlock ${acmeName}` });
  await dialog.getByLabel(/^Password for/).fill(password);
  await dialog.getByLabel('Passphrase for the encrypted key file').fill(passphrase);
  await dialog.getByRole('button', { name: 'Unlock' }).click();
  await button(page, 'Recover').click();
  await expect(page.getByText('A rotation was interrupted.')).toBeVisible();
  await button(page, 'Recover').click();
}
