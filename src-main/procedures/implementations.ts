import type { Input, LongName, Output, QuickName } from '#contract/procedures';

/** What long work is given: a way to say where it stands, and to hear that it was called off. */
export interface Work {
  readonly signal: AbortSignal;
  /** `done` and `total` count rows, or whatever the step counts. */
  readonly progress: (step: string, done: number, total?: number) => void;
  /** From here on what was begun is not interrupted any more. */
  readonly pastCancelling: () => void;
}

/** A function for every procedure of the contract. They throw `KeelError` for what a person can meet. */
export type Implementations = {
  readonly [Name in QuickName]: (input: Input<Name>) => Promise<Output<Name>>;
} & {
  readonly [Name in LongName]: (input: Input<Name>, work: Work) => Promise<Output<Name>>;
};
