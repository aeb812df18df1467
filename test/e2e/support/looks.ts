import { expect } from '@playwright/test';
import type { Keel } from './keel.ts';

export interface Look {
  readonly theme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
}

/** Shows the window so, and waits until it is. */
export async function showAs(keel: Keel, { theme, width, height }: Look): Promise<void> {
  await keel.systemTheme(theme);
  await keel.resize(width, height);
  await expect(keel.page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme);
  await keel.page.waitForFunction((width) => innerWidth === width, width);
}
