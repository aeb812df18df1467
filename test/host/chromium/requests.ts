import type { BrowserContext, Frame, Page, Request as PageRequest, Route } from 'playwright';
import { toAppUrl } from './addresses.ts';
import { contentsOf, type WebContents } from '../electron/web-contents.ts';

/** Every request of every page passes here: the app is asked about it, and what it serves itself is answered. */
export async function serveRequests(context: BrowserContext): Promise<void> {
  await context.route('**/*', async (route) => {
    const page = pageOf(route.request());
    const contents = page && contentsOf.get(page.page);
    // a window that the app did not make, like one of a link with a target
    if (!contents) return route.abort('blockedbyclient');
    await answer(route, contents, page.frame);
  });
  context.on('page', (page) => void closeUnasked(page));
}

function pageOf(request: PageRequest): { page: Page; frame: Frame } | undefined {
  try {
    const frame = request.frame();
    return { page: frame.page(), frame };
  } catch {
    return undefined;
  }
}

/** A popup that Chromium opened past `window.open`: the app is asked as Electron would, and the host has no second window. */
async function closeUnasked(page: Page): Promise<void> {
  const opener = await page.opener();
  const contents = opener && contentsOf.get(opener);
  if (!contents) return;
  try {
    contents.askToOpen(page.url(), '', '');
  } finally {
    await page.close().catch(() => undefined);
  }
}

let made = 0;

async function answer(route: Route, contents: WebContents, frame: Frame): Promise<void> {
  const request = route.request();
  const isMainFrame = frame.parentFrame() === null;
  if (request.isNavigationRequest() && !contents.mayNavigate(request, toAppUrl(frame.url()), isMainFrame)) {
    return route.abort('aborted');
  }
  const url = toAppUrl(request.url());
  const resourceType = request.isNavigationRequest() && isMainFrame ? 'mainFrame' : request.resourceType();
  const details = {
    id: ++made,
    url,
    method: request.method(),
    resourceType,
    timestamp: Date.now(),
    referrer: '',
  };
  if (!(await contents.session.mayRequest(details))) return route.abort('blockedbyclient');

  const handler = contents.session.protocols.get(url.slice(0, url.indexOf(':')));
  // the network, as far as the app and its policy allow it
  if (!handler) return route.continue();
  const body = request.postDataBuffer();
  const response = await handler(
    new Request(url, {
      method: request.method(),
      headers: request.headers(),
      ...(body && { body: new Uint8Array(body) }),
    }),
  );
  const location = response.headers.get('location');
  if (location !== null && !contents.mayRedirect(new URL(location, url).href)) return route.abort('aborted');
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  });
}
