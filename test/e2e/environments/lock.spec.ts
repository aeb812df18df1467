import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { armor, Decrypter, Encrypter } from 'age-encryption';
import { type ProcedureName, procedures } from '#contract/procedures';
import { acmeName, createAcme, passphrase } from '../support/acme.ts';
import { addEnvironment, adoptKey } from '../support/fresh-environment.ts';
import type { Keel } from '../support/keel.ts';
import { expect, test } from '../support/keel-test.ts';
import { call } from '../support/window-calls.ts';
import { button, openScreen } from '../support/wizard.ts';

const minute = 60_000;
const lockPassphrase = 'nobody looks over my shoulder';

test.describe('a locked app', () => {
  test.slow();

  test('shows nothing, does nothing, and goes back to where it was', async ({ keel }) => {
    await using acme = await createAcme();
    const { page } = keel;
    const environment = await addEnvironment(page, acme.url);
    const fingerprint = await adoptKey(page, environment, acme.oldKey);
    await call(page, 'settings.setLockPassphrase', { next: lockPassphrase });
    await openScreen(page, 'Key');
    await expect(page.getByRole('table', { name: 'Keys of this environment' })).toBeVisible();
    const tellTale = [acmeName, fingerprint, environment, new URL(acme.url).pathname.slice(1)];
    const shown = await seen(keel);
    for (const word of [acmeName, fingerprint]) expect(shown).toContain(word);

    await page.keyboard.press('ControlOrMeta+l');
    await expect(page.getByRole('heading', { name: 'Keel is locked' })).toBeVisible();
    const locked = await seen(keel);
    for (const word of tellTale) expect(locked).not.toContain(word);
    expect(await page.locator('body').innerText()).not.toMatch(/\d/);

    const answers = await page.evaluate(
      (names) => Promise.all(names.map((name) => (window as any).keel.call(name, {}))),
      namesOf(({ whileLocked }) => !whileLocked),
    );
    expect(new Set(answers.map(({ ok, error }) => `${ok} ${error?.code}`))).toEqual(
      new Set(['false app-locked']),
    );
    // the menu and the shortcuts lead nowhere
    await keel.chooseMenu('Go', 'Activity');
    await page.keyboard.press('ControlOrMeta+1');
    await page.keyboard.press('ControlOrMeta+k');
    await expect(page.getByRole('dialog')).toHaveCount(0);

    const field = page.getByLabel('Passphrase', { exact: true });
    await field.fill(passphrase);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toContainText('Wrong passphrase; Keel stays locked.');
    await expect(page.getByRole('alert')).toContainText('Try again.');
    expect(await call(page, 'app.state', {})).toMatchObject({ locked: true });
    await field.fill(lockPassphrase);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'Key' })).toBeVisible();
    await expect(page.getByText(fingerprint).first()).toBeVisible();
    // what was typed for the environment was wiped with the lock
    const [card] = await call(page, 'environments.list', {});
    expect(card.needs).toEqual(['password', 'passphrase']);

    await openScreen(page, 'Activity');
    await expect(page.getByRole('row', { name: /wrong lock passphrase/i })).toBeVisible();

    await keel.restart();
    await expect(keel.page.getByRole('heading', { name: 'Keel is locked' })).toBeVisible();
    const restarted = await seen(keel);
    for (const word of tellTale) expect(restarted).not.toContain(word);
  });

  test('was locked by rest: after the minutes set, not before, and not while it is used', async ({
    keel,
  }) => {
    const { page } = keel;
    const isLocked = async () => (await call(page, 'app.state', {})).locked;
    await call(page, 'settings.write', { idleMinutes: 3 });
    await keel.passTime(2 * minute);
    await page.keyboard.press('Shift');
    // answered after the press was heard
    expect(await isLocked()).toBe(false);
    await keel.passTime(2 * minute);
    expect(await isLocked()).toBe(false);
    await keel.passTime(2 * minute);
    await expect.poll(isLocked, { timeout: 15_000 }).toBe(true);
    await expect(page.getByRole('heading', { name: 'Keel is locked' })).toBeVisible();
    await button(page, 'Unlock').click();
    await expect(page.getByRole('heading', { level: 1, name: 'Environments' })).toBeVisible();
    expect(await isLocked()).toBe(false);
  });
});

test.describe('a key in clear', () => {
  test.slow();

  test('is kept out of recordings while it is shown, and is gone with the hand, with the lock, and if it comes too late', async ({
    keel,
  }) => {
    // Electron has no content protection on Linux; the Chromium host keeps what it was asked for
    const protects = process.platform !== 'linux' || keel.host === 'chromium';
    await using acme = await createAcme();
    const { page } = keel;
    const environment = await addEnvironment(page, acme.url);
    const fingerprint = await adoptKey(page, environment, acme.oldKey);
    await openScreen(page, 'Key');
    const hold = button(page, 'Hold to show the key');
    const key = acme.oldKey.toString('base64');
    await hold.hover();
    // on a busy machine the app may hear of a press so late that it is too short for it
    const pressUntilShown = () =>
      expect(async () => {
        await page.mouse.up();
        await page.mouse.down();
        await expect(page.getByText(key)).toBeVisible({ timeout: 20_000 });
      }).toPass();

    await pressUntilShown();
    expect(await keel.contentProtected()).toBe(protects);
    await page.mouse.up();
    await expect(page.getByText(key)).toHaveCount(0);
    await expect.poll(() => keel.contentProtected()).toBe(false);

    // let go while the sealed file, which another program wrote, is being opened: what comes too late is not shown
    await sealAnew(join(keel.home, 'environments', environment, 'secrets.sealed'));
    await hold.click({ delay: 600 });
    // a press of its own: each gives one secret
    await page.mouse.click(640, 8);
    await call(page, 'keys.copy', { environment, fingerprint });
    const { entries } = await call(page, 'activity.list', { environment, limit: 100 });
    const actions = entries.map(({ action }: { action: string }) => action);
    expect(actions.filter((action: string) => action === 'key revealed')).toHaveLength(1);
    expect(await keel.contentProtected()).toBe(false);
    await expect(page.getByText(key)).toHaveCount(0);

    await hold.hover();
    await pressUntilShown();
    await keel.powerEvent('lock-screen');
    await expect(page.getByRole('heading', { name: 'Keel is locked' })).toBeVisible();
    await expect.poll(() => keel.contentProtected()).toBe(false);
    expect(await seen(keel)).not.toContain(key);
  });

  test('leaves the clipboard after the time set and on quit, and leaves what others copied alone', async ({
    keel,
  }) => {
    await using acme = await createAcme();
    const { page } = keel;
    const environment = await addEnvironment(page, acme.url);
    const fingerprint = await adoptKey(page, environment, acme.oldKey);
    const key = acme.oldKey.toString('base64');
    await call(page, 'settings.write', { clipboardSeconds: 5 });
    const copy = async () => {
      await page.mouse.click(640, 8);
      expect(await call(page, 'keys.copy', { environment, fingerprint })).toEqual({ clearsInSeconds: 5 });
      expect(await keel.clipboard()).toBe(key);
    };

    await copy();
    await keel.copyElsewhere('a shopping list');
    await copy();
    await expect.poll(() => keel.clipboard(), { timeout: 15_000 }).toBe('');
    await keel.copyElsewhere('another list');

    test.skip(keel.host === 'electron', 'the clipboard is read after the end in the Chromium host only');
    await copy();
    await keel.closeWindow();
    expect(await keel.ended()).toBe(0);
    expect(await keel.clipboard()).toBe('');
  });
});

function namesOf(which: (procedure: (typeof procedures)[ProcedureName]) => boolean): ProcedureName[] {
  return (Object.keys(procedures) as ProcedureName[]).filter((name) => which(procedures[name]));
}

/** All that can be seen or read aloud of the window, and what stands in its markup besides. */
async function seen({ page }: Keel): Promise<string> {
  const parts = [
    page.title(),
    page.locator('html').evaluate((html) => html.outerHTML),
    page.locator('body').ariaSnapshot(),
  ];
  return (await Promise.all(parts)).join('\n');
}

/** As another program would: under a salt that the app has not derived the key of. */
async function sealAnew(path: string): Promise<void> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  const plain = await decrypter.decrypt(armor.decode(await readFile(path, 'utf8')));
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  await writeFile(path, armor.encode(await encrypter.encrypt(plain)));
}
