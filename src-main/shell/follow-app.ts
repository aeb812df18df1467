import type { NativeTheme } from 'electron';
import { appState } from '#contract/app';
import type { TextClipboard } from './desktop/clipboard.ts';
import type { Desktop } from './desktop-port.ts';

export interface FollowOptions {
  readonly desktop: Desktop;
  readonly nativeTheme: NativeTheme;
  readonly clipboard: TextClipboard;
}

/** Brings the desktop in line with the app's state: the theme of native parts, and no secret of ours in the clipboard of a locked app. */
export async function followApp({ desktop, nativeTheme, clipboard }: FollowOptions): Promise<void> {
  const reply = await desktop.route('app.state', {});
  if (!reply.ok) return;
  const { locked, theme } = appState.parse(reply.value);
  nativeTheme.themeSource = theme;
  if (locked) await clipboard.clearSecret();
}
