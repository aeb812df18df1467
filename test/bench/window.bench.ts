import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Page, test } from '@playwright/test';
import { launchKeel } from '../e2e/support/launch/launch-keel.ts';

const assets = join(import.meta.dirname, '../../out/renderer/assets');
const rounds = 7;

test('the window’s first screen, and the size of its page', async () => {
  const keel = await launchKeel();
  try {
    const firstScreen: number[] = [];
    for (let round = 0; round < rounds; round++) firstScreen.push(await reload(keel.page));
    const figures = { firstScreen, kilobytes: await gzippedKilobytes() };
    await writeFile(process.env['KEEL_BENCH_WINDOW'] as string, JSON.stringify(figures));
  } finally {
    await keel.close();
  }
});

async function gzippedKilobytes(): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(assets)) {
    if (name.endsWith('.js')) bytes += gzipSync(await readFile(join(assets, name)), { level: 9 }).length;
  }
  return bytes / 1000;
}

/** Milliseconds on the page's own clock from the start of loading to a primary action that can be pressed. */
async function reload(page: Page): Promise<number> {
  await page.reload();
  const action = page.getByRole('button', { name: 'Connect a database' });
  await action.click({ trial: true });
  return page.evaluate(() => performance.now());
}
