import type { BrowserContext, Page } from 'playwright';
import type { Desk } from './desk/desk.ts';

/** What the modelled APIs stand on. One process runs one app, so there is one. */
export interface Host {
  readonly desk: Desk;
  readonly context: Promise<BrowserContext>;
  /** Blank until the app loads something. */
  takePage(): Promise<Page>;
  /** Where the app's window state and lock lie. */
  readonly userData: string;
  readonly version: string;
  readonly appPath: string;
  /** Of Chromium's command line; what the app adds before it is ready counts. */
  readonly switches: string[];
  /** Windows have a place on a screen, and a person may close them. */
  readonly headed: boolean;
  /** Ends Chromium, then the process. */
  exit(code: number): void;
}

let current: Host | undefined;

export function setHost(host: Host): void {
  current = host;
}

/** Throws outside a run of the app. */
export function theHost(): Host {
  if (!current) throw new Error('the Chromium host was not started');
  return current;
}
