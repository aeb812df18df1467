import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Keel, LaunchOptions } from '../keel.ts';
import { launchInElectron } from './launch-electron.ts';
import { launchInHost } from './launch-host.ts';

/** Written by Electron's own downloader, with the binary. */
const electronPath = join(import.meta.dirname, '../../../../node_modules/electron/path.txt');

/** `KEEL_E2E_HOST`, else real Electron where its binary is, else the Chromium host. */
export function hostOfSpecs(): Keel['host'] {
  const chosen = process.env['KEEL_E2E_HOST'];
  if (chosen === 'chromium' || chosen === 'electron') return chosen;
  if (chosen !== undefined) throw new Error(`KEEL_E2E_HOST is chromium or electron, not '${chosen}'`);
  return existsSync(electronPath) ? 'electron' : 'chromium';
}

/** Starts the built app over a KEEL_HOME of its own. Whoever launches it closes it. */
export function launchKeel(options: LaunchOptions = {}): Promise<Keel> {
  return hostOfSpecs() === 'electron' ? launchInElectron(options) : launchInHost(options);
}
