import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** What the renderer's build may contain. A file of another kind is not served. */
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/**
 * Answers requests with the files under `root` (the renderer's build) and nothing next to them, under a policy that lets
 * the page load only what is there. Each page gets a nonce of its own for the style elements of the UI kit; the page
 * finds it in `<meta property="csp-nonce">`. Only the path of a request counts: whose origin it is, the caller decides.
 */
export function serveRenderer(root: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return new Response(null, { status: 405, headers: { ...headers(), allow: 'GET, HEAD' } });
    }
    const name = nameOf(new URL(request.url).pathname);
    const type = name === undefined ? undefined : contentTypes[extname(name)];
    const file = name === undefined || type === undefined ? undefined : await contentOf(join(root, name));
    if (type === undefined || file === undefined)
      return new Response(null, { status: 404, headers: headers() });
    const nonce = type.startsWith('text/html') ? randomBytes(16).toString('base64') : undefined;
    const body = nonce === undefined ? new Uint8Array(file) : withNonce(file, nonce);
    return new Response(request.method === 'HEAD' ? null : body, {
      headers: { ...headers(nonce), 'content-type': type },
    });
  };
}

/** The relative file name that a path asks for, or undefined for one that is not plain: encoded or odd separators, dot segments. */
function nameOf(pathname: string): string | undefined {
  const path = decoded(pathname === '/' ? '/index.html' : pathname);
  if (path === undefined || /[\\:\0]/.test(path)) return undefined;
  const segments = path.split('/').slice(1);
  // an encoded slash would make more segments than the address had
  if (segments.length !== pathname.split('/').length - 1) return undefined;
  // a leading dot covers `.`, `..` and hidden files alike
  if (segments.some((segment) => segment === '' || segment.startsWith('.'))) return undefined;
  return segments.join(sep);
}

function decoded(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}

async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG')
      return undefined;
    throw error;
  }
}

function withNonce(page: Buffer, nonce: string): string {
  const html = page.toString('utf8');
  const head = /<head[^>]*>/i.exec(html);
  if (!head) throw new Error('the page has no head for the style nonce');
  const end = head.index + head[0].length;
  return `${html.slice(0, end)}<meta property="csp-nonce" nonce="${nonce}">${html.slice(end)}`;
}

function headers(nonce?: string): Record<string, string> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      nonce === undefined ? "style-src 'self'" : `style-src 'self' 'nonce-${nonce}'`,
      "font-src 'self'",
      "img-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}
