import { KeelError } from '#errors/keel-error';
import type { Native } from '#procedures/native';
import type { Desktop } from '#shell/desktop-port';
import { asFailure } from './router.ts';
import type { AppState, Settings } from '#contract/app';

export interface DesktopOptions {
  readonly native: Native;
  /** Where Keel keeps its state; the platform's place without it. */
  readonly home?: string;
}

/** The app behind the window. So far it tells its own state and nothing else. */
export async function composeDesktop(_options: DesktopOptions): Promise<Desktop> {
  const settings: Settings = { theme: 'system', idleMinutes: 5, clipboardSeconds: 30, notifyWhenDone: true };
  const state = (): AppState => ({
    locked: false,
    guarded: false,
    version: '0.1.0',
    platform: process.platform as AppState['platform'],
    theme: settings.theme,
    keychain: { works: false, why: 'not looked at yet' },
  });
  return {
    route: async (name) =>
      name === 'app.state'
        ? { ok: true, value: state() }
        : { ok: false, error: asFailure(notThere(name), () => {}) },
    runningOperations: () => [],
    lock: async () => {},
    settings: () => settings,
    close: async () => {},
  };
}

function notThere(name: unknown): KeelError {
  return new KeelError(
    'internal',
    `${String(name)} is not there yet; nothing was done`,
    'use the command line',
  );
}
