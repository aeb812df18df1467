import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Page, test } from '@playwright/test';
import { launchKeel } from '../e2e/support/launch/launch-keel.ts';

const assets = join(import.meta.dirname, '../../out/renderer/assets');
const goalKb = 350;
const goalSeconds = 1;
const rounds = 7;

test('size of the renderer', async () => {
  let bytes = 0;
  for (const name of await readdir(assets)) {
    if (name.endsWith('.js')) bytes += gzipSync(await readFile(join(assets, name)), { level: 9 }).length;
  }
  const kb = bytes / 1000;
  console.log(
    `  JavaScript of the renderer, gzipped: ${kb.toFixed(1)} kB (goal ${goalKb}: ${kb <= goalKb ? 'met' : 'MISSED'})`,
  );
});

test('time to the first screen', async () => {
  const keel = await launchKeel();
  try {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await reload(keel.page));
    const [least = 0] = times.sort((a, b) => a - b);
    const median = times[Math.floor(rounds / 2)] ?? 0;
    const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
    console.log(
      `  first screen interactive after page load began: median ${seconds(median)}, least ${seconds(least)}, of ${rounds} (goal ${goalSeconds} s: ${median <= goalSeconds * 1000 ? 'met' : 'MISSED'})`,
    );
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
