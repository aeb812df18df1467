import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const here = createRequire(import.meta.url);

export interface NpmChromium {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The headless Chromium that npm brings for Linux on x64, unpacked once into the cache of `node_modules`. Its fonts are there for
 * machines that have none. Undefined on other platforms.
 */
export async function npmChromium(): Promise<NpmChromium | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const manifest = join(dirname(here.resolve('@sparticuz/chromium')), '../package.json');
  const { version } = here(manifest) as { version: string };
  const folder = join(dirname(manifest), '../../.cache/keel-chromium', version);
  if (!existsSync(folder)) await unpack(folder);
  const env = { FONTCONFIG_FILE: join(folder, 'fonts.conf') };
  return { path: join(folder, 'chromium'), env };
}

/** Into a folder of its own that is renamed when it is whole: two runs may begin at once. */
async function unpack(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}-`);
  const before = process.env['TMPDIR'];
  // the package knows no other place than the temporary folder
  process.env['TMPDIR'] = temporary;
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    await chromium.executablePath();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
  await writeFile(join(temporary, 'fonts.conf'), fontsOf(folder));
  await rename(temporary, folder).catch(async (error) => {
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  });
}

function fontsOf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`;
}
