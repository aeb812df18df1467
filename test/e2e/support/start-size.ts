import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const renderer = join(import.meta.dirname, '../../../out/renderer');

/** The scripts that the page loads before anything is done, gzipped, in kB (1000 bytes). What is loaded later is not among them. */
export async function kilobytesAtStart(): Promise<number> {
  const page = await readFile(join(renderer, 'index.html'), 'utf8');
  // Vite names the entry, and preloads what it imports
  const scripts = new Set(page.match(/assets\/[\w-]+\.js/g));
  if (scripts.size === 0) throw new Error('the built page loads no script');
  let bytes = 0;
  for (const script of scripts)
    bytes += gzipSync(await readFile(join(renderer, script)), { level: 9 }).length;
  return bytes / 1000;
}
