import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from '../support/keel-test.ts';
import { rotatedPractice } from '../support/rotated-practice.ts';
import { call } from '../support/window-calls.ts';
import { button, expect, openScreen } from '../support/wizard.ts';

test('while one place is written, another one that is looked at meanwhile shows no sign of it, and one of two is not all', async ({
  keel,
}) => {
  test.setTimeout(300_000);
  const { page } = keel;
  const { environment } = await rotatedPractice(keel);
  const { targets } = await call(page, 'handoff.state', { environment });
  const second = join(keel.folder, 'second.env');
  await copyFile(targets[0].target.path, second);
  await keel.answerDialog(second);
  await call(page, 'files.choose', { purpose: 'open-env' });
  await call(page, 'keys.adopt', { environment, source: { kind: 'env-file', path: second } });

  await openScreen(page, 'Hand-off');
  const places = page.getByRole('region', { name: 'Where Ballast gets its key' });
  const row = (at: number) => places.getByRole('listitem').nth(at);
  const write = button(page, 'Write the key to the file');
  await keel.answerQuestions(undefined);
  await write.click();
  await expect(row(0).getByLabel('Being written')).toBeVisible();
  await row(1).getByRole('button').click();
  await expect(row(1).getByLabel('Being written')).toHaveCount(0);
  await expect(write).toBeDisabled();
  await expect(write).not.toHaveAttribute('data-loading', 'true');

  await keel.answerMessageBox(1);
  await expect(row(0)).toContainText('Has the active key');
  await expect(row(1)).toContainText('Has a different key');
  // the place in sight is still the second one, with what would change there
  await expect(page.getByText('What will change')).toBeVisible();
  const [card] = await call(page, 'environments.list', {});
  expect(card.next.action).toBe('hand-off');
  await keel.answerQuestions(true);
  await write.click();
  await expect(row(1)).toContainText('Has the active key');
  await expect
    .poll(async () => (await call(page, 'environments.list', {}))[0].lastRotation.handedOff)
    .toBe(true);
});
