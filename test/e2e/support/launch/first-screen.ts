import type { Page } from '@playwright/test';

/** Waits until the page shows something to press, on any screen or in front of the lock: before that it hears no menu. */
export async function firstScreen(page: Page): Promise<void> {
  await page.getByRole('button').first().waitFor();
}
