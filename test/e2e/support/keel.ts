import type { Page } from '@playwright/test';

/** The running app as an admin, and a spec, have it: its page, its desktop, its end. The same on both hosts. */
export interface Keel {
  readonly host: 'chromium' | 'electron';
  /** The window's page. Another one after a restart. */
  readonly page: Page;
  /** KEEL_HOME of this app alone. */
  readonly home: string;
  /** A folder for the spec's own files, beside it. Removed with it. */
  readonly folder: string;
  /** All that the main process wrote to stdout and stderr. */
  log(): string;

  /** Answers the next file dialog, also one that is not open yet; undefined calls it off. */
  answerDialog(path: string | undefined): Promise<void>;
  /** What questions are answered with from now on, as an admin would; undefined lets each wait for `answerMessageBox`. They are agreed to without it. */
  answerQuestions(agrees: boolean | undefined): Promise<void>;
  /** Answers the next message box with a button's index. */
  answerMessageBox(button: number): Promise<void>;
  /** Dialogs shown so far, with their options. */
  dialogs(): Promise<ShownDialog[]>;

  /** The text on it. On the Chromium host also after the app has ended. */
  clipboard(): Promise<string>;
  /** Somebody else copies something. */
  copyElsewhere(text: string): Promise<void>;
  /** The formats on the clipboard, like the mark that conceals. */
  clipboardFormats(): Promise<string[]>;

  /** Chooses a menu item by its labels or ids from the menu bar down. */
  chooseMenu(...path: string[]): Promise<void>;
  powerEvent(name: 'suspend' | 'resume' | 'lock-screen' | 'unlock-screen'): Promise<void>;
  /** The desktop turns light or dark. */
  systemTheme(theme: 'light' | 'dark'): Promise<void>;
  notifications(): Promise<{ title: string; body: string }[]>;
  contentProtected(): Promise<boolean>;
  /** As the taskbar has it: 0 to 1, 2 for work of unknown length, -1 for none. */
  progress(): Promise<number>;
  /** Addresses that were handed to the system's browser. */
  openedOutside(): Promise<string[]>;
  /** Lets the app's clocks jump ahead, as if whoever uses it had been away. Timers keep their pace. */
  passTime(ms: number): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  /** Another window comes to the front. */
  blur(): Promise<void>;
  /** Whether the window is in front. */
  focused(): Promise<boolean>;
  /** What the window's close button does. */
  closeWindow(): Promise<void>;
  /** Calls the main process past the preload, from the frame that shows this address. On the Chromium host only. */
  invokeFrom(url: string, channel: string, ...args: unknown[]): Promise<unknown>;

  /** Drags files from the desktop over the window, and drops them there. On the Chromium host only. */
  dropFiles(...paths: string[]): Promise<void>;

  /** All that crossed to the page so far, replies and events, each as JSON. On the Chromium host only. */
  traffic(): Promise<string[]>;
  /** The host keeps no traffic of before any more. On the Chromium host only. */
  forgetTraffic(): Promise<void>;
  /** What is reachable in the main process, as V8 writes it after it collected what is not. On the Chromium host only. */
  heap(): Promise<Buffer>;
  /** How many trusted presses of a button or key the app was told of. On the Chromium host only. */
  pressesHeard(): Promise<number>;
  /** The type of what Electron has under this path, as the app gets it. On the Chromium host only. */
  touchApi(...path: string[]): Promise<string>;

  /** Ends the main process on the spot (SIGKILL). */
  kill(): Promise<void>;
  /** Waits until the app has ended by itself. */
  ended(): Promise<number | null>;
  /** Starts it again over the same KEEL_HOME. */
  restart(): Promise<void>;
  /** Quits, or ends it by force where it does not, and removes its folders. */
  close(): Promise<void>;
}

export interface ShownDialog {
  readonly kind: 'open' | 'save' | 'message';
  readonly title?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly buttons?: readonly string[];
  readonly type?: string;
  readonly defaultPath?: string;
}

export interface LaunchOptions {
  /** Lets the app reach the machine's keychain. Without it there is none, as on a server. */
  readonly keychain?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}
