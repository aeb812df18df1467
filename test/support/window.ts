import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { AppEvent } from '#contract/app';
import type { Input, LongName, Output, ProcedureName, QuickName } from '#contract/procedures';
import type { Failure } from '#contract/shapes';
import type { Question } from '#procedures/consent/consent';
import { composeDesktop } from '../../src-main/compose-desktop.ts';

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };

/** What the desktop would do, done by the test. */
interface TestDesk {
  /** False where nobody presses anything from now on. */
  presses: boolean;
  /** What the next native dialog answers. */
  nextFile: string | undefined;
  gestureHeld: boolean;
  /** Whether the admin agrees to what is asked; a promise leaves each question open until then. */
  agrees: boolean | Promise<boolean>;
  /** What was asked so far. */
  readonly questions: Question[];
  /** What was closed before it was answered. */
  readonly closed: Question[];
  isProtected: boolean;
  readonly copied: string[];
  readonly events: AppEvent[];
}

export interface TestWindow extends AsyncDisposable {
  readonly home: string;
  readonly desk: TestDesk;
  /** The value, or the failure as it was told. */
  call<Name extends QuickName>(name: Name, input: Input<Name>): Promise<Outcome<Output<Name>>>;
  /** Runs long work to its end. */
  run<Name extends LongName>(name: Name, input: Input<Name>): Promise<Outcome<Output<Name>>>;
  /** The value, of quick or long work, which must succeed. */
  must<Name extends ProcedureName>(name: Name, input: Input<Name>): Promise<Output<Name>>;
  lock(): Promise<void>;
  /** Ends the app, as quitting does. */
  close(): Promise<void>;
}

/**
 * The app as the window sees it: everything behind the contract is real, only the desktop is the test's. `usedHome` is that
 * of another window, whose it stays.
 */
export async function openTestWindow(usedHome?: string): Promise<TestWindow> {
  const home = usedHome ?? (await mkdtemp(join(tmpdir(), 'keel-window-')));
  const desk: TestDesk = {
    presses: true,
    nextFile: undefined,
    gestureHeld: false,
    agrees: true,
    questions: [],
    closed: [],
    isProtected: false,
    copied: [],
    events: [],
  };
  let presses = 0;
  let seconds = 0;
  const waiting = new Map<string, (outcome: Outcome<unknown>) => void>();
  const desktop = await composeDesktop({
    home,
    version: '0.0.0',
    workFactor: 10,
    // whoever answers at once has read for a second
    now: () => (seconds += 1000),
    native: {
      chooseFile: async () => desk.nextFile,
      chooseFiles: async () => desk.nextFile?.split('\n') ?? [],
      copyText: async (text) => void desk.copied.push(text),
      async ask(question, signal) {
        desk.questions.push(question);
        signal.addEventListener('abort', () => desk.closed.push(question));
        return desk.agrees;
      },
      // somebody clicks whenever it takes that, and holds what the test says
      takePress: (kind) =>
        (kind === 'click' ? desk.presses : desk.gestureHeld) ? { isHeld: () => desk.gestureHeld } : undefined,
      presses: () => (desk.presses ? ++presses : presses),
      protectContent: (on) => void (desk.isProtected = on),
      showProgress: () => undefined,
      notify: () => undefined,
      emit(event) {
        desk.events.push(event);
        if (event.kind === 'done') waiting.get(event.operation)?.({ ok: true, value: event.value });
        if (event.kind === 'failed') waiting.get(event.operation)?.({ ok: false, error: event.error });
      },
    },
  });

  const call = async (name: string, input: unknown) => (await desktop.route(name, input)) as Outcome<never>;
  const run = async (name: string, input: unknown) => {
    const started = (await desktop.route(name, input)) as Outcome<{ operation: string }>;
    if (!started.ok) return started as Outcome<never>;
    return new Promise<Outcome<never>>((resolve) => {
      waiting.set(started.value.operation, resolve as (outcome: Outcome<unknown>) => void);
    });
  };

  return {
    home,
    desk,
    call,
    run,
    async must(name, input) {
      const { procedures } = await import('#contract/procedures');
      const outcome = await (procedures[name].long ? run(name, input) : call(name, input));
      expect(outcome.ok, `${name}: ${JSON.stringify('error' in outcome && outcome.error)}`).toBe(true);
      return (outcome as { value: never }).value;
    },
    lock: () => desktop.lock(),
    close: () => desktop.close(),
    async [Symbol.asyncDispose]() {
      await desktop.close();
      if (usedHome === undefined) await rm(home, { recursive: true, force: true });
    },
  };
}
