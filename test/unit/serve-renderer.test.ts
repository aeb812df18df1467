import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { test as withFolder } from '#test/support/temp-folder';
import { serveRenderer } from '../../src-main/serve-renderer.ts';

const page = '<!doctype html><html><head><title>Keel</title></head><body></body></html>';

/** A built renderer beside a file that must never be served. */
const test = withFolder.extend<{ get: (path: string, init?: RequestInit) => Promise<Response> }>({
  get: async ({ folder }, use) => {
    const root = join(folder, 'renderer');
    await mkdir(join(root, 'assets'), { recursive: true });
    await writeFile(join(folder, 'secret.json'), '{"outside":true}');
    await writeFile(join(root, 'index.html'), page);
    await writeFile(join(root, '.env.json'), '{"hidden":true}');
    await writeFile(join(root, 'notes.txt'), 'not for the page');
    await writeFile(join(root, 'assets', 'index-1.js'), 'export {};');
    await writeFile(join(root, 'assets', 'index-1.css'), 'body{}');
    await writeFile(join(root, 'assets', 'mark 1.svg'), '<svg/>');
    const serve = serveRenderer(root);
    await use((path, init) => serve(new Request(`keel://app${path}`, init)));
  },
});

/** The policy, a directive a key. */
function policyOf(response: Response): Record<string, string> {
  const policy = response.headers.get('content-security-policy') ?? '';
  return Object.fromEntries(
    policy.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')];
    }),
  );
}

describe('what is served', () => {
  test.for([
    ['/', 'text/html; charset=utf-8'],
    ['/index.html', 'text/html; charset=utf-8'],
    ['/?screen=home#rotate', 'text/html; charset=utf-8'],
    ['/assets/index-1.js', 'text/javascript; charset=utf-8'],
    ['/assets/index-1.css', 'text/css; charset=utf-8'],
    ['/assets/mark%201.svg', 'image/svg+xml'],
  ] as const)('%s is there, as %s', async ([path, type], { get }) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect((await response.text()).length).toBeGreaterThan(0);
  });

  test('a file comes byte for byte', async ({ get }) => {
    expect(await (await get('/assets/index-1.js')).text()).toBe('export {};');
  });

  test('HEAD answers without a body', async ({ get }) => {
    const response = await get('/', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
});

describe('what is not served', () => {
  test.for([
    '/nothing.js',
    '/assets',
    '/assets/',
    '//index.html',
    '/assets//index-1.js',
    // kinds of files that a renderer does not consist of, and hidden ones
    '/notes.txt',
    '/.env.json',
    // out of the root, spelled every way that a URL can spell it
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/%2e%2e%2fsecret.json',
    '/assets/%2e%2e/%2e%2e/secret.json',
    '/assets%2f..%2f..%2fsecret.json',
    '/..%5csecret.json',
    '/..\\secret.json',
    '/%252e%252e%252fsecret.json',
    '/assets%2findex-1.js',
    '/C:%2fsecret.json',
    '/assets/index-1.js%00.css',
    '/%',
    '/%ff%fe',
  ])('%s is not found', async (path, { get }) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('');
  });

  test('a name longer than any file is not found', async ({ get }) => {
    expect((await get(`/${'a'.repeat(5000)}.js`)).status).toBe(404);
  });

  test.for(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is not allowed', async (method, { get }) => {
    const response = await get('/', { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });

  test('a file that cannot be read is a fault, not a page', async ({ folder, get }) => {
    await symlink('loop.js', join(folder, 'renderer', 'loop.js'));
    await expect(get('/loop.js')).rejects.toThrow(/ELOOP/);
  });
});

describe('the policy', () => {
  test('lets the page load its own files and nothing else', async ({ get }) => {
    const { 'style-src': style, ...others } = policyOf(await get('/'));
    expect(others).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'font-src': "'self'",
      'img-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(style).toMatch(/^'self' 'nonce-[A-Za-z0-9+/]{22}=='$/);
  });

  test.for(['/', '/assets/index-1.js', '/nothing.js'])(
    'goes with %s, and so do its companions',
    async (path, { get }) => {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('cache-control')).toBe('no-store');
    },
  );

  test('hands each page a nonce of its own for styles, before anything that it loads', async ({ get }) => {
    const nonces = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const response = await get('/');
      const html = await response.text();
      const nonce = /<head><meta property="csp-nonce" nonce="([^"]+)">/.exec(html)?.[1] ?? '';
      expect(policyOf(response)['style-src']).toBe(`'self' 'nonce-${nonce}'`);
      expect(html.replace(/<meta property[^>]*>/, '')).toBe(page);
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(3);
  });

  test('gives no nonce to what is no page', async ({ get }) => {
    expect(policyOf(await get('/nothing.js'))['style-src']).toBe("'self'");
    expect(policyOf(await get('/assets/index-1.js'))['style-src']).toBe("'self'");
  });
});
