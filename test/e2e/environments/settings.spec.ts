import { createAcme } from '../support/acme.ts';
import { addEnvironment, adoptKey } from '../support/fresh-environment.ts';
import { expect, test } from '../support/keel-test.ts';
import { launchKeel } from '../support/launch/launch-keel.ts';
import { call, run } from '../support/window-calls.ts';

test.describe('settings', () => {
  test('are kept at once, and are there after a restart', async ({ keel }) => {
    const scheme = () => keel.page.locator('html').getAttribute('data-mantine-color-scheme');
    const { page } = keel;
    await page.keyboard.press('ControlOrMeta+,');
    await page.getByText('Dark', { exact: true }).click();
    await expect.poll(scheme).toBe('dark');
    const minutes = page.getByLabel('Lock after');
    await minutes.fill('90');
    await minutes.press('Tab');
    // what is too much becomes the most
    await expect(minutes).toHaveValue('60');
    await page.getByLabel('Clear copied keys after').fill('20');
    await page.getByLabel('Remind me to test backups every').fill('30');
    await page
      .getByRole('switch', { name: /Notify me when a long operation finishes/ })
      .click({ force: true });
    await expect(page.getByText('Saved.')).toBeVisible();
    const kept = {
      theme: 'dark',
      idleMinutes: 60,
      clipboardSeconds: 20,
      notifyWhenDone: false,
      drillEveryDays: 30,
    };
    await expect.poll(() => call(page, 'settings.read', {})).toEqual(kept);

    await keel.restart();
    await expect.poll(scheme).toBe('dark');
    expect(await call(keel.page, 'settings.read', {})).toEqual(kept);
    await keel.page.keyboard.press('ControlOrMeta+,');
    await expect(keel.page.getByRole('radio', { name: 'Dark' })).toBeChecked();
    await expect(keel.page.getByLabel('Lock after')).toHaveValue('60');
    await expect(
      keel.page.getByRole('switch', { name: /Notify me when a long operation finishes/ }),
    ).not.toBeChecked();

    // only as the system is what the system is
    await keel.systemTheme('light');
    await expect.poll(scheme).toBe('dark');
    await keel.page.getByText('Match system', { exact: true }).click();
    await expect.poll(scheme).toBe('light');
    await keel.systemTheme('dark');
    await expect.poll(scheme).toBe('dark');
  });

  test('decide whether the end of long work is told, which it is only where nobody looks', async ({
    keel,
  }) => {
    await using acme = await createAcme();
    const { page } = keel;
    const environment = await addEnvironment(page, acme.url);
    const fingerprint = await adoptKey(page, environment, acme.oldKey);
    const locker = await acme.connectBallast();
    const discoverForMinutes = async () => {
      await locker.query('BEGIN; LOCK TABLE source_connection IN ACCESS EXCLUSIVE MODE');
      const found = run(page, 'inventory.discover', { environment, fingerprint });
      await expect.poll(() => keel.progress()).not.toBe(-1);
      await keel.passTime(10_000);
      await locker.query('ROLLBACK');
      await found;
      await expect.poll(() => keel.progress()).toBe(-1);
    };

    await page.bringToFront();
    await expect.poll(() => keel.focused()).toBe(true);
    await discoverForMinutes();
    expect(await keel.notifications()).toEqual([]);

    await keel.blur();
    await discoverForMinutes();
    const notice = { title: 'The encrypted columns were found', body: 'Open Keel for details' };
    await expect.poll(() => keel.notifications()).toEqual([notice]);

    await call(page, 'settings.write', { notifyWhenDone: false });
    await discoverForMinutes();
    expect(await keel.notifications()).toEqual([notice]);
    await locker.end();
  });
});

test('a second start over the same folder brings the first window to the front, and ends', async ({
  keel,
}) => {
  await keel.blur();
  await expect.poll(() => keel.focused()).toBe(false);
  await expect(launchKeel({ env: { KEEL_HOME: keel.home } })).rejects.toThrow(
    /ended at its start \(0\)|closed/,
  );
  await expect.poll(() => keel.focused()).toBe(true);
  await expect(keel.page.getByRole('heading', { level: 1, name: 'Environments' })).toBeVisible();
});
