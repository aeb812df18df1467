import type { MaybePressedName, PressedName, QuestionName } from '#contract/consent';
import type { Input, LongName, Output, ProcedureName, QuickName } from '#contract/procedures';
import type { Consent, Press } from './consent/consent.ts';

/** What long work is given: a way to say where it stands, and to hear that it was called off. */
export interface Work {
  readonly signal: AbortSignal;
  /** `done` and `total` count rows, or whatever the step counts. */
  readonly progress: (step: string, done: number, total?: number) => void;
  /** From here on what was begun is not interrupted any more. */
  readonly pastCancelling: () => void;
}

/** What the router gives a procedure by the table of consents, and no other: the press that was made for it, a way to ask. */
export type Granted<Name extends ProcedureName> = (Name extends PressedName
  ? { readonly press: Press }
  : unknown) &
  (Name extends QuestionName ? { readonly consent: Consent } : unknown) &
  /** Throws `gesture-missing` where nothing was pressed for the call. */
  (Name extends MaybePressedName ? { readonly assertPressed: () => void } : unknown);

/** A function for every procedure of the contract. They throw `KeelError` for what a person can meet. */
export type Implementations = {
  readonly [Name in QuickName]: (input: Input<Name>, granted: Granted<Name>) => Promise<Output<Name>>;
} & {
  readonly [Name in LongName]: (input: Input<Name>, work: Work & Granted<Name>) => Promise<Output<Name>>;
};
