import { writeFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { connectAcme, createAcme } from '../e2e/support/acme.ts';
import { launchKeel } from '../e2e/support/launch/launch-keel.ts';
import { openScreen } from '../e2e/support/wizard.ts';

const rows = 100_000;
const rounds = 5;
const patient = { timeout: 60_000 };

test('a list of a hundred thousand credentials, scrolled and searched', async () => {
  test.setTimeout(600_000);
  await using acme = await createAcme({ rows });
  const keel = await launchKeel();
  try {
    const { page } = keel;
    await connectAcme(keel, acme);
    await watchTasks(page);
    const total: number[] = [];
    const scrolling: number[] = [];
    const searching: number[] = [];
    const found: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await openScreen(page, 'Home');
      const opened = performance.now();
      await openScreen(page, 'Credentials');
      await expect(page.getByText(`${rows.toLocaleString('en')} credentials`)).toBeVisible(patient);
      total.push(performance.now() - opened);
      scrolling.push(await longestTask(page, () => scrollThrough(page)));
      searching.push(
        await longestTask(page, async () => {
          found.push(await searchLast(page));
        }),
      );
    }
    const figures = { rows, scrolling, searching, found, total };
    await writeFile(process.env['KEEL_BENCH_WINDOW'] as string, JSON.stringify(figures));
  } finally {
    await keel.close();
  }
});

/** By the wheel over thousands of rows, by the bar at the side to every tenth, and to both ends. */
async function scrollThrough(page: Page): Promise<void> {
  const region = page.getByRole('region', { name: 'Credentials' });
  await region.hover();
  for (let turn = 0; turn < 60; turn++) {
    await page.mouse.wheel(0, 2_000);
    await frames(page, 2);
  }
  for (let tenth = 0; tenth <= 10; tenth++) {
    await region.evaluate((box, part) => {
      box.scrollTop = (box.scrollHeight * part) / 10;
    }, tenth);
    await frames(page, 20);
  }
  const row = page.getByRole('table', { name: 'Credentials' }).getByRole('row').nth(3);
  await row.focus();
  for (const key of ['End', 'Home', 'End']) {
    await page.keyboard.press(key);
    await frames(page, 20);
  }
}

/** Letter by letter; answers the milliseconds from the last one to the row. */
async function searchLast(page: Page): Promise<number> {
  const field = page.getByRole('textbox', { name: 'Search' });
  await field.pressSequentially(String(rows - 1), { delay: 60 });
  const typed = performance.now();
  const listed = page.getByRole('table', { name: 'Credentials' }).getByRole('row');
  await expect(listed).toHaveCount(2, patient);
  const took = performance.now() - typed;
  await field.fill('');
  await expect(page.getByText(`${rows.toLocaleString('en')} credentials`)).toBeVisible(patient);
  return took;
}

async function frames(page: Page, count: number): Promise<void> {
  await page.evaluate(async (count) => {
    for (let n = 0; n < count; n++) await new Promise((done) => requestAnimationFrame(done));
  }, count);
}

/** Lets the browser note what occupies the page for more than 50 ms. */
async function watchTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    }).observe({ type: 'longtask' });
    Object.assign(window, { tasks });
  });
}

/** Milliseconds of the longest task during some work; 0 where none took 50. */
async function longestTask(page: Page, work: () => Promise<void>): Promise<number> {
  const taken = () => page.evaluate(() => (window as unknown as { tasks: number[] }).tasks.splice(0));
  await taken();
  await work();
  await frames(page, 3);
  return Math.max(0, ...(await taken()));
}
