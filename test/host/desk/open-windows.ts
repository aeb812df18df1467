/** The part of a window that the app and the menu act on. */
export interface OpenWindow {
  readonly handle: object;
  isFocused(): boolean;
  close(): void;
  /** Ends it without asking. */
  destroy(): void;
  minimize(): void;
  setFullScreen(on: boolean): void;
  isFullScreen(): boolean;
  edit(command: string): void;
  zoomBy(step: number | undefined): void;
  /** What a spec may look at. */
  readonly shown: { contentProtected: boolean; progress: number; visible: boolean };
}

export const openWindows = new Set<OpenWindow>();

export function focusedWindow(): OpenWindow | undefined {
  return [...openWindows].find((window) => window.isFocused());
}
