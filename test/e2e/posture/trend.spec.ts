import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestDatabase } from '../../support/postgres/test-database.ts';
import { expectAccessible } from '../support/accessibility.ts';
import { addEnvironment } from '../support/fresh-environment.ts';
import { expect, test } from '../support/keel-test.ts';
import { call } from '../support/window-calls.ts';
import { button, openScreen } from '../support/wizard.ts';

test.slow();

test('the checks of an environment are a chart over time, of which the first check is the beginning', async ({
  keel,
}) => {
  await using database = await createTestDatabase();
  const { page, home } = keel;
  const environment = await addEnvironment(page, database.url);
  await openScreen(page, 'Posture');
  await button(page, 'Set up checks').click();
  await button(page, 'Cancel').click();
  await button(page, 'Check now').click();
  await expect(page.getByText(/^Last checked/)).toBeVisible({ timeout: 60_000 });
  const { runs } = await call(page, 'posture.read', { environment });
  expect(runs).toHaveLength(1);
  await expect(page.getByText('Posture over time')).toHaveCount(0);

  // what it came to three times more, a day apart each
  const [{ at, ...counts }] = runs;
  const before = (days: number) => new Date(Date.parse(at) - days * 86_400_000).toISOString();
  const earlier = [3, 2, 1].map((days) => ({ at: before(days), ...counts, fail: counts.fail + days }));
  await writeFile(
    join(home, 'environments', environment, 'posture-runs.json'),
    JSON.stringify({ version: 1, writtenBy: '0.1.0', runs: [...earlier, runs[0]] }),
  );
  await button(page, 'Check again').click();
  const chart = page.getByRole('img', {
    name: /^A chart of the last 5 checks: .* as in the previous check\.$/,
  });
  await expect(chart.locator('canvas')).toBeVisible({ timeout: 60_000 });
  await page.getByText('Show as a table').click();
  await expect(page.getByRole('table', { name: 'Posture checks' }).getByRole('row')).toHaveCount(6);
  await expectAccessible(page);
});
