import type { Session, WebPreferences } from 'electron';

export interface PagePreferences {
  readonly session: Session;
  /** The built preload script. */
  readonly preload: string;
  readonly isPackaged: boolean;
}

/** What the page runs in: a sandboxed process that reaches Node nowhere. */
export function webPreferences({ session, preload, isPackaged }: PagePreferences) {
  return {
    session,
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    spellcheck: false,
    // a page could imitate a question of the app with one of its own
    disableDialogs: true,
    navigateOnDragDrop: false,
    devTools: !isPackaged,
  } satisfies WebPreferences;
}
