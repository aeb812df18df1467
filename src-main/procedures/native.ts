import type { AppEvent, FilePurpose } from '#contract/app';
import type { Press, Question } from './consent/consent.ts';

/** What the procedures need of the desktop. The shell is the one adapter; its host decides how it looks. */
export interface Native {
  /** Opens the native dialog, which names the key by its fingerprint; undefined if it was called off. An absolute path. */
  chooseFile(
    purpose: FilePurpose,
    suggestedName: string | undefined,
    key: string | undefined,
  ): Promise<string | undefined>;
  /** The same for several files to be read; empty if it was called off. */
  chooseFiles(purpose: FilePurpose): Promise<string[]>;
  /** Replaces the clipboard's text. A concealed one asks clipboard histories to leave it out, and is cleared after the time, on lock and on quit. */
  copyText(text: string, concealed?: { readonly clearAfterMs: number }): Promise<void>;
  /** Asks in a dialog of the system, which the signal closes; whether the admin agreed. Calling it off is a no. */
  ask(question: Question, signal: AbortSignal): Promise<boolean>;
  /** Takes a real press of a mouse button or key on the window that nothing has used yet: held as long as a reveal asks, or a click. */
  takePress(kind: 'click' | 'hold'): Press | undefined;
  /** How many real presses there have been. */
  presses(): number;
  /** Keeps the window out of screenshots and recordings, as far as the system can. */
  protectContent(on: boolean): void;
  /** Progress in the dock or taskbar: 0 to 1, `indeterminate`, or none. */
  showProgress(share: number | 'indeterminate' | undefined): void;
  /** A native notification, for the end of long work while the window is not in front. */
  notify(title: string, body: string): void;
  /** Tells the window. */
  emit(event: AppEvent): void;
}
