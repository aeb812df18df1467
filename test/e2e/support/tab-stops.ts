import { expect, type Page } from '@playwright/test';

/**
 * Tabs around the window: every control that can be used is reached, and shows that it is. A screen that still settles moves
 * the focus itself, so a round that missed something is walked again; what cannot be reached is missed by every round.
 */
export async function expectTabStops(page: Page): Promise<void> {
  await expect(async () => {
    const expected = await page.evaluate(prepare);
    // the end of the page takes presses too
    for (let presses = 0; presses <= expected + 2; presses++) await page.keyboard.press('Tab');
    expect(await page.evaluate(judge)).toEqual({ missed: [], unseen: [] });
  }).toPass({ timeout: 20_000 });
}

/** In the page: notes which controls ought to be reached, and listens for the focus. Answers how many there are. */
function prepare(): number {
  const controls = [
    ...document.querySelectorAll<HTMLElement>(
      'a[href], button, input, select, textarea, summary, [tabindex], [role="button"], [role="switch"]',
    ),
  ].filter((control) => {
    if (control.tabIndex < 0 || control.matches(':disabled') || !control.checkVisibility()) return false;
    if (!(control instanceof HTMLInputElement) || control.type !== 'radio' || control.checked) return true;
    // of a group of radio buttons one stop is enough
    const group = [...document.querySelectorAll<HTMLInputElement>('input[type="radio"]')].filter(
      ({ name }) => name === control.name,
    );
    return !group.some(({ checked }) => checked) && group.find(({ disabled }) => !disabled) === control;
  });
  const still = new CSSStyleSheet();
  still.replaceSync('* { transition: none !important }');
  document.adoptedStyleSheets = [still];
  const borders = new Map(
    controls.map((control) => [control as Element, getComputedStyle(control).borderColor]),
  );
  const seen = new Map<Element, boolean>();
  const isMarked = (element: Element | null | undefined) => {
    if (!element) return false;
    const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(element);
    const before = borders.get(element) ?? borderColor;
    return (
      (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none' || borderColor !== before
    );
  };
  const noteFocus = (event: Event) => {
    const at = event.target as HTMLElement;
    // the mark of a control that is drawn by others stands on its neighbours
    const label = (at as HTMLInputElement).labels?.[0];
    const around = [at, at.parentElement, at.nextElementSibling, label, label?.firstElementChild];
    seen.set(at, around.some(isMarked));
  };
  document.addEventListener('focusin', noteFocus);
  Object.assign(globalThis, { tabStops: { controls, seen } });
  return controls.length;
}

/** In the page: what was not reached, and what was reached without a sign of it. */
function judge(): { missed: string[]; unseen: string[] } {
  const { controls, seen } = (globalThis as any).tabStops as {
    controls: HTMLElement[];
    seen: Map<Element, boolean>;
  };
  const tell = (control: Element) => control.outerHTML.slice(0, 160);
  return {
    missed: controls.filter((control) => control.isConnected && !seen.has(control)).map(tell),
    unseen: controls.filter((control) => seen.get(control) === false).map(tell),
  };
}
