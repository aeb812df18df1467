import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Page } from '@playwright/test';
import { httpServer, httpsServer, qdrant, socketServer } from '../../support/peers/posture-servers.ts';
import { expectAccessible } from '../support/accessibility.ts';
import type { Keel } from '../support/keel.ts';
import { expect, test } from '../support/keel-test.ts';
import { showAs } from '../support/looks.ts';
import { expectTabStops } from '../support/tab-stops.ts';
import { run } from '../support/window-calls.ts';
import { button, openScreen } from '../support/wizard.ts';

const looks = [
  { theme: 'dark', width: 900, height: 600 },
  { theme: 'light', width: 1280, height: 800 },
] as const;

const finding = (page: Page, title: string) =>
  page
    .getByRole('main')
    .getByRole('listitem')
    .filter({ has: page.getByText(title, { exact: true }) });

test('the posture is looked at, its questions answered, and its report saved, all by keyboard and without a secret', async ({
  keel,
}) => {
  test.slow();
  const { page } = keel;
  await using api = await httpsServer('posture-self');
  await using vectors = await httpServer(qdrant());
  await using silent = await socketServer(() => undefined);
  const key = randomBytes(32).toString('base64');
  const env = join(keel.folder, 'ballast.env');
  await writeFile(env, `ENCRYPTION_KEY=${key}\n`, { mode: 0o600 });
  await run(page, 'practice.start', {});

  await openScreen(page, 'Posture');
  await button(page, 'Set up checks').press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await page.getByLabel('API', { exact: true }).fill('ballast.example.org');
  await expect(page.getByText('Start with https://')).toBeVisible();
  await expect(button(page, 'Save')).toBeDisabled();
  await page.getByLabel('API', { exact: true }).fill(api.url);
  await page.getByLabel('Qdrant', { exact: true }).fill(vectors.url);
  await page.getByLabel('OAuth endpoints').fill(`${silent.url.replace('http:', 'https:')}\n`);
  await keel.answerDialog(env);
  await button(page, 'Add a file…').press('Enter');
  await expect(page.getByTitle(env)).toBeVisible();
  await expectFine(keel, looks.slice(0, 1));
  await button(page, 'Save').press('Enter');

  await expect(button(page, 'Check now')).toBeEnabled();
  await button(page, 'Check now').press('Enter');
  await button(page, 'Cancel').press('Enter');
  await expect(page.getByText('Cancelled; nothing was changed.')).toBeVisible();
  await button(page, 'What to check…').press('Enter');
  await page.getByLabel('OAuth endpoints').fill('');
  await button(page, 'Save').press('Enter');
  await expect(button(page, 'Check now')).toBeEnabled();
  await button(page, 'Check now').press('Enter');

  const self = finding(page, 'API: certificate chain');
  await expect(self).toContainText('it is self-signed');
  await expect(self.getByText('get one from a CA', { exact: false })).toBeHidden();
  await self.locator('summary').press('Enter');
  await expect(self.getByText('Get one from a CA', { exact: false })).toBeVisible();
  await expect(finding(page, 'Qdrant: API key required')).toContainText('Warning');
  await expect(
    page
      .getByRole('main')
      .getByRole('listitem')
      .filter({ hasText: /Contents: .*ballast\.env/ }),
  ).toContainText('in plain text');
  await expectFine(keel);
  const disk = finding(page, 'Qdrant: disk');
  await expect(disk).toContainText('Unknown');
  await disk.getByRole('button', { name: 'No', exact: true }).press('Enter');
  await expect(disk).toContainText('Answered “no” on');
  await expect(disk).toContainText('Fail');
  await disk.getByRole('button', { name: 'Yes', exact: true }).press('Space');
  await expect(disk).toContainText('Pass');
  await page.getByRole('radio', { name: 'To do' }).press('Space');
  await expect(disk).toBeHidden();
  await expect(self).toBeVisible();
  await expectTabStops(page);
  // a tile shows what it counts alone, and everything again
  const passes = page.getByRole('button', { name: /^[0-9]+ pass$/ });
  await passes.press('Enter');
  await expect(passes).toHaveAttribute('aria-pressed', 'true');
  await expect(disk).toBeVisible();
  await expect(self).toBeHidden();
  await expectFine(keel);
  await passes.press('Enter');
  await expect(self).toBeVisible();
  await page.getByRole('radio', { name: 'All' }).press('Space');

  const files = { pdf: join(keel.folder, 'posture.pdf'), html: join(keel.folder, 'posture.html') };
  await keel.answerDialog(files.pdf);
  await button(page, 'Save as PDF…').press('Enter');
  await expect(page.getByText('Saved.')).toBeVisible();
  await keel.answerDialog(files.html);
  await button(page, 'Save as web page…').press('Enter');
  await expect.poll(async () => (await stat(files.html).catch(() => undefined))?.size).toBeGreaterThan(5000);
  expect((await readFile(files.pdf)).subarray(0, 5).toString()).toBe('%PDF-');
  expect(await readFile(files.html, 'utf8')).toContain('it is self-signed');

  const traces = [await readFile(files.html, 'utf8'), await readFile(files.pdf, 'latin1')];
  if (keel.host === 'chromium') traces.push(...(await keel.traffic()));
  expect(traces.filter((text) => text.includes(key))).toEqual([]);
});

/** Nothing for axe to say, and nothing that has to be scrolled sideways. */
async function expectFine(keel: Keel, in_: readonly (typeof looks)[number][] = looks): Promise<void> {
  const { page } = keel;
  for (const { theme, width, height } of in_) {
    await showAs(keel, { theme, width, height });
    await expectAccessible(page);
    const wide = await page.evaluate(() => {
      const main = document.querySelector('main');
      return (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0);
    });
    expect(wide).toBe(0);
  }
}
