import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { sizeProblem } from '#contract/call-size';
import { consents } from '#contract/consent';
import { type ProcedureName, procedures, type Reply } from '#contract/procedures';
import type { Failure } from '#contract/shapes';
import { type ErrorCode, KeelError } from '#errors/keel-error';
import { asOutsideFailure } from '#errors/outside-failure';
import type { Consent, ConsentGate, Press } from '#procedures/consent/consent';
import { inCall } from '#procedures/current-call';
import { gestureMissing } from '#procedures/gesture-missing';
import type { Implementations, Work } from '#procedures/implementations';
import { inexplicable, type OnceAgreed, type Operations } from '#procedures/operations';
import type { QuickCalls } from '#procedures/quick-calls';
import { inWindowWords } from '#procedures/act-text';

export interface RouterOptions {
  readonly implementations: Implementations;
  readonly operations: Operations;
  readonly quickCalls: Pick<QuickCalls, 'run'>;
  readonly isLocked: () => boolean;
  /** Names the time since the last lock. */
  readonly epoch: () => number;
  /** Throws `request-refused` where calls of this procedure have filled the activity log. */
  readonly assertRoom: (procedure: string) => void;
  /** Takes a real press that nothing has used yet. */
  readonly takePress: (kind: 'click' | 'hold') => Press | undefined;
  readonly consents: Pick<ConsentGate, 'consentFor' | 'rehearse'>;
  /** Called with what the app's own window would never send. */
  readonly onRefused: (procedure: string, why: string) => void;
  /** Called with an exception that nobody foresaw; its stack goes to the log and nowhere else. */
  readonly onFault: (id: string, error: unknown) => void;
}

/** From a procedure's name and whatever came with it to a reply. Never throws. */
export type Router = (name: unknown, input: unknown) => Promise<Reply>;

/** What no button of the app's own window asks for: whoever runs into it speaks past the screens. */
const neverAsked: ReadonlySet<ErrorCode> = new Set(['file-not-chosen', 'confirmation-missing']);

/** The border between window and main process: only declared procedures with exactly their input get through. */
export function createRouter(options: RouterOptions): Router {
  return async (name, input) => {
    try {
      return { ok: true, value: await dispatch(options, name, input) };
    } catch (error) {
      return { ok: false, error: asFailure(error, options.onFault) };
    }
  };
}

async function dispatch(options: RouterOptions, name: unknown, input: unknown): Promise<unknown> {
  const { implementations, operations, quickCalls, isLocked, onRefused, onFault } = options;
  if (!isProcedureName(name)) {
    const shown = typeof name === 'string' ? name.slice(0, 60) : typeof name;
    onRefused(shown, 'no such procedure');
    throw refused('there is no such procedure');
  }
  const procedure = procedures[name];
  const call = { procedure: name, epoch: options.epoch() };
  const assertMayRun = () => {
    // what was typed before a lock is not kept after it, also where Keel was unlocked since
    if ((isLocked() || options.epoch() !== call.epoch) && !procedure.whileLocked)
      throw new KeelError('app-locked', 'Keel is locked; nothing was done', 'unlock it first');
  };
  assertMayRun();
  const problem = sizeProblem(input);
  if (problem !== undefined) {
    onRefused(name, problem);
    throw refused(`the request is ${problem}`);
  }
  const parsed = procedure.input.safeParse(input);
  if (!parsed.success) {
    onRefused(name, describeIssues(parsed.error));
    throw refused(`the request does not match the schema of ${name} (${describeIssues(parsed.error)})`);
  }
  options.assertRoom(name);
  const granted = grant(options, name);
  // the contract's types and the map of functions agree, which the checker cannot follow through the name
  const run = implementations[name] as (input: unknown, given: object) => Promise<unknown>;
  const { environment, rehearse } = parsed.data as { environment?: string; rehearse?: boolean };
  const rehearsed = 'rehearses' in consents[name] && rehearse !== false ? environment : undefined;
  const checked = async (work?: Work, onceAgreed?: OnceAgreed) => {
    const given = onceAgreed ? askingFor(onceAgreed, granted) : granted;
    const done = () => inCall(call, () => run(parsed.data, { ...work, ...given }));
    try {
      const output = await (rehearsed === undefined ? done() : options.consents.rehearse(rehearsed, done));
      return strictly(name, procedure.output, output);
    } catch (error) {
      if (error instanceof KeelError && neverAsked.has(error.code)) onRefused(name, error.code);
      throw error;
    }
  };
  if (!procedure.long) {
    const isDeed = consents[name].asks.startsWith('question');
    return quickCalls.run({ procedure: name, environment, isDeed }, async () => {
      // the app may have been locked while it waited for its turn
      assertMayRun();
      return await checked();
    });
  }
  const operation = operations.start({
    procedure: name,
    ...(environment !== undefined && { environment }),
    run: checked,
    asFailure: (error) => asFailure(error, onFault),
  });
  return { operation };
}

interface Grants {
  readonly press?: Press;
  readonly consent?: Consent;
  readonly assertPressed?: () => void;
}

/** The same, for long work that is known as agreed to once it was. */
function askingFor(onceAgreed: OnceAgreed, { consent, ...granted }: Grants): Grants {
  if (!consent) return granted;
  return { ...granted, consent: { ask: (question) => onceAgreed(() => consent.ask(question)) } };
}

/**
 * What the table of consents lets the procedure have: its press, which is used up by it, or the way to ask. Throws
 * `gesture-missing`. Nothing else in the window can give either.
 */
function grant({ takePress, consents: desk, onRefused }: RouterOptions, name: ProcedureName): Grants {
  const { asks } = consents[name];
  const missing = (kind: Parameters<typeof gestureMissing>[0]) => {
    onRefused(name, 'no button was pressed for it');
    return gestureMissing(kind);
  };
  if (asks === 'press' || asks === 'held-press' || asks === 'press-to-lessen') {
    const press = takePress(asks === 'held-press' ? 'hold' : 'click');
    if (press) return { press };
    throw missing(asks);
  }
  if (asks === 'press-or-file') {
    return {
      assertPressed() {
        if (!takePress('click')) throw missing(asks);
      },
    };
  }
  if (asks.startsWith('question')) {
    return { consent: desk.consentFor(() => onRefused(name, 'the admin did not confirm it')) };
  }
  return {};
}

function isProcedureName(name: unknown): name is ProcedureName {
  return typeof name === 'string' && Object.hasOwn(procedures, name);
}

/** The answer, if it has exactly the declared form: a field too many could be a secret. */
function strictly(name: string, output: z.ZodType, value: unknown): unknown {
  const parsed = output.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`the response of ${name} does not match its schema: ${describeIssues(parsed.error)}`);
}

/** Where it deviates and how, never the value. */
function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map(({ path, code }) => `${path.map(String).join('.').slice(0, 60) || 'input'}: ${code}`)
    .join('; ');
}

function refused(message: string): KeelError {
  return new KeelError('request-refused', `${message}; nothing was done`, 'reload the window');
}

/** An error as data. What nobody foresaw becomes `internal`, with an id by which the log has its stack. Never throws. */
export function asFailure(error: unknown, onFault: RouterOptions['onFault']): Failure {
  try {
    return inWords(error, onFault);
  } catch {
    return inexplicable;
  }
}

function inWords(error: unknown, onFault: RouterOptions['onFault']): Failure {
  if (error instanceof KeelError) {
    const { code, message, remedy, stops } = error;
    return { code, message, remedy: inWindowWords(remedy), ...(stops && { stops: [...stops] }) };
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return {
      code: 'cancelled',
      message: 'cancelled; nothing was changed',
      remedy: 'start it again when you are ready',
    };
  }
  const outside = asOutsideFailure(error);
  if (outside) return inWords(outside, onFault);
  const id = randomUUID();
  onFault(id, error);
  return {
    code: 'internal',
    message: 'something went wrong in Keel',
    remedy:
      'if a rotation was in progress, recover first; report this with the id, and see the log for details',
    details: { id },
  };
}
