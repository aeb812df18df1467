import { expect as base, type Page } from '@playwright/test';

/** Opening a sealed file takes its time by design, and each run opens both keys; on a busy machine it takes several times that. */
export const expect = base.configure({ timeout: 60_000 });

/** Opens a screen from the sidebar, where a note may follow its title. */
export async function openScreen(page: Page, title: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Screens' })
    .getByRole('button', { name: new RegExp(`^${title}( unproven)?$`) })
    .click();
}

export function button(page: Page, name: string | RegExp) {
  return page.getByRole('button', { name, exact: typeof name === 'string' });
}

/** From a drilled backup to the rehearsal's numbers. Ballast may stay connected for it. */
export async function rehearse(page: Page, { besideBallast = false } = {}): Promise<void> {
  await openScreen(page, 'Rotate');
  await button(page, /^(Run preflight|Check again)$/).click();
  if (besideBallast) await acceptSessions(page);
  await button(page, 'Continue to the rehearsal').click();
  await button(page, 'Rehearse').click();
  await expect(page.getByText('rows changed: rolled back')).toBeVisible();
}

/** From the rehearsal to the cutover, to which the admin agrees. */
export async function confirmRotation(page: Page, { besideBallast = false } = {}): Promise<void> {
  await button(page, 'Review the rotation').click();
  if (besideBallast) await acceptSessions(page);
  await button(page, 'Rotate the key').click();
}

/** Once accepted it stays so, for the same sessions. */
async function acceptSessions(page: Page): Promise<void> {
  const accepts = page.getByRole('switch', { name: 'Continue with other sessions connected' });
  // the findings are drawn anew as the check goes on
  await expect(async () => {
    if (!(await accepts.isChecked())) await accepts.click({ force: true });
    await expect(accepts).toBeChecked({ timeout: 1000 });
  }).toPass();
}

/** A phase of the cutover, as the screen lists them. */
export function phase(page: Page, title: string) {
  return page
    .getByRole('main')
    .getByRole('listitem')
    .filter({ has: page.getByText(title, { exact: true }) });
}
