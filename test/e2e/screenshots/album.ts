import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Keel } from '../support/keel.ts';

const folder = join(import.meta.dirname, '../../../docs/images');
const sizes = { '': { width: 1280, height: 800 }, '-small': { width: 900, height: 600 } } as const;
const themes = ['light', 'dark'] as const;

/** Takes a picture of what the window shows now, in both themes and both sizes: `docs/images/NAME-light.png` and so on. */
export async function picture(keel: Keel, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const theme of themes) {
    await chooseTheme(keel, theme);
    for (const [suffix, { width, height }] of Object.entries(sizes)) {
      await keel.resize(width, height);
      await settle(keel, width);
      await keel.page.screenshot({
        path: join(folder, `${name}-${theme}${suffix}.png`),
        animations: 'disabled',
        caret: 'hide',
      });
    }
  }
  await keel.resize(sizes[''].width, sizes[''].height);
}

/** As the system's own setting changes, which the app follows unless its settings say otherwise, also while it is locked. */
async function chooseTheme(keel: Keel, theme: (typeof themes)[number]): Promise<void> {
  await keel.systemTheme(theme);
  await keel.page.waitForFunction(
    (theme) => document.documentElement.dataset['mantineColorScheme'] === theme,
    theme,
  );
}

/** Fonts are there, and two frames were drawn at the new size. */
async function settle({ page }: Keel, width: number): Promise<void> {
  await page.waitForFunction((width) => innerWidth === width, width);
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (let frames = 0; frames < 2; frames++) await new Promise((done) => requestAnimationFrame(done));
  });
}
