import type { Page } from '@playwright/test';

/** Keeps, from now on, all markup and text that comes into the document, however short it stays. What is typed into a field is not markup. */
export async function recordDocument(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(() => {
    const kept = new Set<string>([document.documentElement.outerHTML]);
    const observer = new MutationObserver((changes) => {
      for (const { type, target, addedNodes, attributeName } of changes) {
        if (type === 'characterData') kept.add(target.textContent ?? '');
        else if (type === 'attributes') {
          // React mirrors what stands in a field there
          if (attributeName === 'value' && target instanceof HTMLInputElement) continue;
          kept.add((target as Element).getAttribute(attributeName ?? '') ?? '');
        } else {
          for (const node of addedNodes)
            kept.add(node instanceof Element ? node.outerHTML : (node.textContent ?? ''));
        }
      }
    });
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    Object.assign(globalThis, { documentRecord: kept });
  });
  return () => page.evaluate(() => [...(globalThis as any).documentRecord].join('\n'));
}
