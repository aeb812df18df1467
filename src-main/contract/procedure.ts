import { z } from 'zod';

/** A procedure that the window may call: what goes in, and what comes out. What it asks for first is in `consent.ts`. */
export interface Procedure<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly input: Input;
  /** Of the answer; for long work, of the result that its last event carries. */
  readonly output: Output;
  /** Answers with an operation's id at once; progress and result follow as events. */
  readonly long: boolean;
  /** Answered while the app is locked. */
  readonly whileLocked: boolean;
}

type Traits = Partial<Pick<Procedure, 'whileLocked'>>;

/** Work that is done when it answers. */
export function quick<Input extends z.ZodType, Output extends z.ZodType>(
  input: Input,
  output: Output,
  traits: Traits = {},
) {
  return { whileLocked: false, ...traits, input, output, long: false } as const;
}

/** Work with progress that can be cancelled; `output` is its result. */
export function long<Input extends z.ZodType, Output extends z.ZodType>(input: Input, output: Output) {
  return { whileLocked: false, input, output, long: true } as const;
}

/** Nothing to say. */
export const nothing = z.strictObject({});
