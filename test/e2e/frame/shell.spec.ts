import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/keel-test.ts';

interface Answer {
  readonly ok: boolean;
  readonly value?: any;
  readonly error?: { readonly code: string };
}

/** A call as the page makes it. */
function call(page: Page, name: string, input: object = {}): Promise<Answer> {
  return page.evaluate(([name, input]) => (window as any).keel.call(name, input), [name, input] as const);
}

/** Long work to its end. */
function run(page: Page, name: string, input: object = {}): Promise<Answer> {
  return page.evaluate(
    async ([name, input]) => {
      const { keel } = window as any;
      const ends: any[] = [];
      keel.subscribe((event: any) => {
        if (event.kind === 'done' || event.kind === 'failed') ends.push(event);
      });
      const reply = await keel.call(name, input);
      if (!reply.ok) return reply;
      for (;;) {
        const end = ends.find(({ operation }) => operation === reply.value.operation);
        if (end) return { ok: end.kind === 'done', value: end.value, error: end.error };
        await new Promise((later) => setTimeout(later, 50));
      }
    },
    [name, input] as const,
  );
}

test.describe('the desktop', () => {
  for (const event of ['suspend', 'lock-screen'] as const) {
    test(`locks Keel on ${event}`, async ({ keel }) => {
      const { page } = keel;
      expect((await call(page, 'environments.list')).ok).toBe(true);
      await keel.powerEvent(event);
      await expect.poll(async () => (await call(page, 'app.state')).value.locked).toBe(true);
      expect((await call(page, 'environments.list')).error?.code).toBe('app-locked');
    });
  }

  test('leads from the menus to the screens, and locks', async ({ keel }) => {
    const { page } = keel;
    const file = process.platform === 'darwin' ? 'Keel' : 'File';
    await keel.chooseMenu(file, process.platform === 'darwin' ? 'Settings…' : 'Settings');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/settings/i);
    await keel.chooseMenu('Go', 'Activity');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/activity/i);
    await keel.chooseMenu('Go', 'Back');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/settings/i);
    await keel.chooseMenu('File', 'Lock Keel');
    await expect.poll(async () => (await call(page, 'app.state')).value.locked).toBe(true);
  });

  test('finds the window as it was left', async ({ keel }) => {
    const state = join(keel.home, 'window', 'state.json');
    await keel.resize(1111, 777);
    await expect
      .poll(() => existsSync(state) && JSON.parse(readFileSync(state, 'utf8')).width)
      .toBeGreaterThan(1100);
    const width = () => keel.page.evaluate(() => window.innerWidth);
    await expect.poll(width).toBe(1111);
    await keel.restart();
    expect(await width()).toBe(1111);
  });

  test('is left when the window is closed', async ({ keel }) => {
    await keel.closeWindow();
    expect(await keel.ended()).toBe(0);
  });
});

test.describe('a key', () => {
  test('is shown while a button is held, copied concealed, and gone with the lock', async ({ keel }) => {
    const { page } = keel;
    const started = await run(page, 'practice.start');
    expect(started).toMatchObject({ ok: true });
    const { environment } = started.value;
    const { value: keys } = await call(page, 'keys.list', { environment });
    const one = { environment, fingerprint: keys[0].fingerprint };

    expect((await call(page, 'keys.reveal', one)).error?.code).toBe('gesture-missing');
    await page.mouse.move(640, 8);
    await page.mouse.down();
    expect((await call(page, 'keys.reveal', one)).error?.code).toBe('gesture-missing');
    await page.waitForTimeout(500);
    const revealed = await call(page, 'keys.reveal', one);
    expect(revealed.ok).toBe(true);
    // Electron has no content protection on Linux; the Chromium host keeps what it was asked for
    expect(await keel.contentProtected()).toBe(process.platform !== 'linux' || keel.host === 'chromium');
    await page.mouse.up();
    expect((await call(page, 'keys.reveal', one)).error?.code).toBe('gesture-missing');
    await call(page, 'keys.hide');
    expect(await keel.contentProtected()).toBe(false);

    await page.mouse.click(640, 8);
    expect((await call(page, 'keys.copy', one)).ok).toBe(true);
    expect(await keel.clipboard()).toBe(revealed.value.key);
    const mark = {
      linux: 'x-kde-passwordManagerHint',
      darwin: 'ConcealedType',
      win32: 'CanIncludeInClipboardHistory',
    };
    expect((await keel.clipboardFormats()).join()).toContain(mark[process.platform as keyof typeof mark]);
    await call(page, 'app.lock');
    await expect.poll(() => keel.clipboard()).toBe('');

    await call(page, 'app.unlock');
    await page.mouse.click(640, 8);
    await call(page, 'keys.copy', one);
    await keel.copyElsewhere('a shopping list');
    await call(page, 'app.lock');
    await page.waitForTimeout(300);
    expect(await keel.clipboard()).toBe('a shopping list');
  });
});
