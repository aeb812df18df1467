import { app } from './electron/app.ts';
import { installedChromium } from './chromium/chromium.ts';
import { FacedDesk } from './desk/faced-desk.ts';
import { startHost } from './start-host.ts';

const toInstall: Readonly<Record<string, string>> = {
  linux: 'install one, like with `apt install chromium`, or name it in KEEL_CHROMIUM',
  darwin: 'install Google Chrome, or name a Chromium in KEEL_CHROMIUM',
  win32: 'install Google Chrome, or name a Chromium in KEEL_CHROMIUM',
};

/** Opens the app in a window of an installed Chromium. Ends with one line where that cannot be. */
export async function openInChromium(reason: string): Promise<void> {
  const found = installedChromium();
  const noDisplay =
    process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'];
  if (!found || noDisplay) {
    const missing = noDisplay
      ? 'there is no display for a window; `npx keel` does the same on the command line'
      : `no Chromium or Chrome is installed; ${toInstall[process.platform] ?? 'install one'}`;
    return end(`Electron is not here (${reason}), and ${missing}`, 1);
  }
  process.stderr.write(`Electron is not here (${reason}): Keel opens in ${found.path} instead\n`);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());
  try {
    // an empty page as an app: a window without a browser's bars
    const args = ['--app=data:text/html,', '--test-type=', '--window-size=1280,800'];
    await startHost({ desk: new FacedDesk(), headed: true, args });
  } catch (error) {
    end(`Keel could not open: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]}`, 1);
  }
}

function end(line: string, code: number): never {
  process.stderr.write(`${line}\n`);
  process.exit(code);
}
