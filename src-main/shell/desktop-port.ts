import type { Settings } from '#contract/app';
import type { Reply } from '#contract/procedures';
import type { RunningOperation } from '#procedures/operations';

/** What the shell needs of the app behind it. `compose-desktop.ts` builds one. */
export interface Desktop {
  /** From a procedure's name and whatever came with it to a reply. Never throws. */
  readonly route: (name: unknown, input: unknown) => Promise<Reply>;
  /** Takes the paths of files that were dropped onto the window; asks before it opens one. Never throws. */
  readonly drop: (paths: unknown) => Promise<void>;
  runningOperations(): readonly RunningOperation[];
  /** Hides everything and wipes what was typed; does nothing where it is locked already. Work under way goes on. */
  lock(): Promise<void>;
  settings(): Settings;
  /** Writes down what the shell refused. */
  readonly noteRefusal: (what: string, why: string) => void;
  /** Tells of drills that are overdue; for the start of the app. */
  remind(): Promise<void>;
  /** Answers a question that is open with no. */
  decline(): void;
  /** Wipes what was typed before anything is waited for, calls off what can be, waits for the rest, removes the practice. */
  close(): Promise<void>;
}
