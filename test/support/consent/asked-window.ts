import type { QuestionName } from '#contract/consent';
import type { ProcedureName } from '#contract/procedures';

/** What a native dialog showed. */
export interface ShownQuestion {
  readonly message: string;
  readonly detail: string;
  /** Of the button that agrees. */
  readonly button: string;
}

/** A window that asks main for what a page could ask for, and the admin who answers. */
export interface AskedWindow {
  /** The home of its app. */
  readonly home: string;
  /** For files of the test. */
  readonly folder: string;
  /** The value, which must be one. */
  must(name: ProcedureName, input: object): Promise<any>;
  /** `done`, or the code of the failure. */
  attempt(name: ProcedureName, input: object): Promise<string>;
  /** The admin chooses a file for a purpose. */
  choose(path: string, purpose: string, fingerprint?: string): Promise<void>;
  /** What questions are answered with from now on. */
  answer(agrees: boolean): Promise<void>;
  /** All questions so far. */
  questions(): Promise<readonly ShownQuestion[]>;
}

/** What is asked for, and what the question has to name. */
export interface Attempt {
  readonly input: object;
  readonly names: readonly string[];
  /** What it comes to without a yes, where it has something to answer all the same. */
  readonly ends?: 'done';
}
export type Attempts = Partial<Record<QuestionName, Attempt>>;
