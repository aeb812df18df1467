import { writeFile } from 'node:fs/promises';
import { type Page, test } from '@playwright/test';
import { launchKeel } from '../e2e/support/launch/launch-keel.ts';
import { kilobytesAtStart } from '../e2e/support/start-size.ts';

const rounds = 7;

test('the window’s first screen, and the size of its page', async () => {
  const keel = await launchKeel();
  try {
    const firstScreen: number[] = [];
    for (let round = 0; round < rounds; round++) firstScreen.push(await reload(keel.page));
    const figures = { firstScreen, kilobytes: await kilobytesAtStart() };
    await writeFile(process.env['KEEL_BENCH_WINDOW'] as string, JSON.stringify(figures));
  } finally {
    await keel.close();
  }
});

/** Milliseconds on the page's own clock from the start of loading to a primary action that can be pressed. */
async function reload(page: Page): Promise<number> {
  await page.reload();
  const action = page.getByRole('button', { name: 'Connect a database' });
  await action.click({ trial: true });
  return page.evaluate(() => performance.now());
}
