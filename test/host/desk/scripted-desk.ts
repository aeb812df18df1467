import type { Desk } from './desk.ts';

/** Answers given before anybody asked wait for the question; a question without an answer waits for it. */
class Answers<T> {
  private readonly given: T[] = [];
  private readonly asking: ((answer: T) => void)[] = [];

  give(answer: T): void {
    const waiting = this.asking.shift();
    if (waiting) waiting(answer);
    else this.given.push(answer);
  }

  take(): Promise<T> {
    if (this.given.length > 0) return Promise.resolve(this.given.shift() as T);
    return new Promise((resolve) => {
      this.asking.push(resolve);
    });
  }
}

/** A desktop that does what a spec says, and remembers what the app showed. */
export class ScriptedDesk implements Desk {
  readonly files = new Answers<string | undefined>();
  readonly buttons = new Answers<number>();
  readonly shownDialogs: object[] = [];
  readonly notifications: { title: string; body: string }[] = [];
  readonly external: string[] = [];
  /** Hears of every change of the clipboard. */
  onCopied: (text: string) => void = () => {};

  openDialog(options: object): Promise<string | undefined> {
    this.shownDialogs.push({ kind: 'open', ...options });
    return this.files.take();
  }
  saveDialog(options: object): Promise<string | undefined> {
    this.shownDialogs.push({ kind: 'save', ...options });
    return this.files.take();
  }
  messageBox(options: object): Promise<number> {
    this.shownDialogs.push({ kind: 'message', ...options });
    return this.buttons.take();
  }
  async openExternal(url: string): Promise<void> {
    this.external.push(url);
  }
  notified(title: string, body: string): void {
    this.notifications.push({ title, body });
  }
  copied(text: string): void {
    this.onCopied(text);
  }
}
