import { passTime } from './clock.ts';
import type { Desk, MessageBox } from './desk.ts';

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
  /** What questions are answered with at once; undefined lets each wait. */
  agrees: boolean | undefined = true;
  /** How long each dialog is read before it is answered. */
  readsForMs = 1000;
  readonly shownDialogs: object[] = [];
  readonly notifications: { title: string; body: string }[] = [];
  readonly external: string[] = [];
  /** Hears of every change of the clipboard. */
  onCopied: (text: string) => void = () => {};

  openDialog(options: object): Promise<string | undefined> {
    this.shownDialogs.push({ kind: 'open', ...options });
    return this.read(this.files.take());
  }
  saveDialog(options: object): Promise<string | undefined> {
    this.shownDialogs.push({ kind: 'save', ...options });
    return this.read(this.files.take());
  }
  messageBox(options: MessageBox): Promise<number> {
    this.shownDialogs.push({ kind: 'message', ...options });
    // whether the admin agrees; anything else that is asked waits for its answer
    if (options.type !== 'question' || this.agrees === undefined) return this.read(this.buttons.take());
    return this.read(Promise.resolve(this.agrees ? 1 : 0));
  }
  /** Whoever answers has read for a while, which takes a spec no time. */
  private async read<T>(answer: Promise<T>): Promise<T> {
    const given = await answer;
    passTime(this.readsForMs);
    return given;
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
