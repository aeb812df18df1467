import type { Settings } from '#contract/app';
import type { Reply } from '#contract/procedures';
import type { RunningOperation } from '#procedures/operations';

/** What the shell needs of the app behind it. `compose-desktop.ts` builds one. */
export interface Desktop {
  /** From a procedure's name and whatever came with it to a reply. Never throws. */
  readonly route: (name: unknown, input: unknown) => Promise<Reply>;
  runningOperations(): readonly RunningOperation[];
  /** Does nothing where it is locked already. */
  lock(): Promise<void>;
  settings(): Settings;
  /** Writes down what the shell refused. */
  readonly noteRefusal: (what: string, why: string) => void;
  /** Cancels what can be, waits for the rest, stops the practice database, wipes keys. */
  close(): Promise<void>;
}
