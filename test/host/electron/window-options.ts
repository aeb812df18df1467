import type { AppSession } from './session.ts';
import { notModelled, onlyKnown } from './strict.ts';

const options = [
  ...[
    'width',
    'height',
    'x',
    'y',
    'minWidth',
    'minHeight',
    'center',
    'show',
    'title',
    'backgroundColor',
    'icon',
  ],
  ...['autoHideMenuBar', 'titleBarStyle', 'useContentSize', 'webPreferences', 'darkTheme', 'fullscreenable'],
];

/** What the host's pages are in any case. A window that asks for anything else is not what the host shows. */
const demanded: Readonly<Record<string, boolean>> = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
};
const preferences = [
  'session',
  'partition',
  'preload',
  'spellcheck',
  'safeDialogs',
  'navigateOnDragDrop',
  'devTools',
];
const harmless = [
  'disableDialogs',
  'backgroundThrottling',
  'enableWebSQL',
  'additionalArguments',
  'disableBlinkFeatures',
];

export interface WindowOptions {
  readonly width?: number;
  readonly height?: number;
  readonly x?: number;
  readonly y?: number;
  readonly show?: boolean;
  readonly webPreferences?: { session?: AppSession; partition?: string; preload?: string; sandbox?: boolean };
}

/** The preferences of its page. Throws on an option that the host does not model, and on a page other than the one it shows. */
export function modelledPreferences(given: WindowOptions) {
  onlyKnown('BrowserWindow', given, options);
  const { webPreferences = {} } = given;
  onlyKnown('webPreferences', webPreferences, [...Object.keys(demanded), ...preferences, ...harmless]);
  for (const [name, value] of Object.entries(webPreferences)) {
    if (name in demanded && demanded[name] !== value)
      throw notModelled(`a window whose ${name} is not ${String(demanded[name])}`);
  }
  const { preload } = webPreferences;
  if (preload === undefined) throw notModelled('a window without a preload');
  return { ...webPreferences, preload };
}
