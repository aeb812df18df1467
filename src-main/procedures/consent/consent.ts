import { KeelError } from '#errors/keel-error';
import { orAborted } from '#shared/or-aborted';

/** What the admin is asked in a dialog of the main process. */
export interface Question {
  /** One sentence that ends with a question mark, like `Destroy key 8cae-…?`. */
  readonly message: string;
  /** What it is about in full, and what is lost. */
  readonly detail: string;
  /** On the button that agrees, verb and object. */
  readonly button: string;
}

/** The way of one call to the admin. */
export interface Consent {
  /**
   * Returns once the admin agreed. Throws `cancelled` where they did not, and `confirmation-missing` where they cannot be asked now;
   * whoever asks has changed nothing yet.
   */
  ask(question: Question): Promise<void>;
}

/** A real press of a button or key, taken for one secret: no other gets it. */
export interface Press {
  /** Whether it is still down, and was for as long as a reveal asks. */
  isHeld(): boolean;
}

export interface ConsentPorts {
  /** Shows the question; whether the admin agreed. Closes it once the signal is aborted, which is a no. */
  readonly ask: (question: Question, signal: AbortSignal) => Promise<boolean>;
  /** How many real presses the window has had so far. */
  readonly presses: () => number;
  /** Throws once the app is locked or ending. */
  readonly assertOpen: () => void;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** Asks one question at a time. After a no nothing is asked before the person pressed something: a page cannot wear anybody down. */
export interface ConsentGate {
  /** `onRefused` hears of an answer that was no. */
  consentFor(onRefused: () => void): Consent;
  /**
   * Runs a rehearsal, which asks nothing but locks tables: one of an environment at a time, and after one none before the person pressed
   * something. Throws `confirmation-missing`: it was not begun.
   */
  rehearse<T>(environment: string, work: () => Promise<T>): Promise<T>;
  /** Runs a file dialog in the place of a question. Throws as `ask`; undefined or empty counts as no. */
  choose<T extends string | readonly string[]>(show: () => Promise<T | undefined>): Promise<T | undefined>;
  /** Answers what is open with no, at once: the app is left, or locked. The system may still show a file dialog, which nobody hears. */
  decline(): void;
}

/**
 * Nobody reads a question in less. The page decides when one appears, and could put it under a click or an Enter that was meant for
 * something else; a message box has no button that can be pressed only later.
 */
const leastMsToRead = 700;

const tooFast = 'Your last answer came before anyone could have read the question, so it did not count.';

export function createConsentGate({ ask, presses, assertOpen, now }: ConsentPorts): ConsentGate {
  let open: AbortController | undefined;
  let refusedAt: number | undefined;
  let rehearsedAt: number | undefined;
  const rehearsing = new Set<string>();

  const alone = async <T>(
    show: (signal: AbortSignal, again: boolean) => Promise<T>,
    agrees: (answer: T) => boolean,
    none: T,
  ): Promise<T> => {
    if (open) throw cannotAsk('another question is open', 'answer that one first');
    if (refusedAt === presses()) throw cannotAsk('the last question was declined', 'start it again');
    open = new AbortController();
    const { signal } = open;
    try {
      for (let again = false; ; again = true) {
        const shownAt = now();
        const answer = await orAborted(show(signal, again), signal).catch((error: unknown) => {
          if (signal.aborted) return none;
          throw error;
        });
        if (agrees(answer) && now() - shownAt < leastMsToRead) continue;
        refusedAt = agrees(answer) ? undefined : presses();
        return answer;
      }
    } finally {
      open = undefined;
    }
  };

  return {
    consentFor: (onRefused) => ({
      async ask(question) {
        assertOpen();
        const agreed = await alone(
          (signal, again) => ask(again ? askedAgain(question) : question, signal),
          (answer) => answer,
          false,
        );
        // a lock that came while the question was open has the last word
        assertOpen();
        if (agreed) return;
        onRefused();
        throw new KeelError(
          'cancelled',
          'you did not agree; nothing was changed',
          'start it again when you are ready',
        );
      },
    }),
    async rehearse(environment, work) {
      if (rehearsing.has(environment))
        throw cannotRehearse('another rehearsal of it is running', 'wait for it');
      if (rehearsedAt === presses())
        throw cannotRehearse('no button was pressed since the last rehearsal', 'start it with its button');
      rehearsing.add(environment);
      rehearsedAt = presses();
      try {
        return await work();
      } finally {
        rehearsing.delete(environment);
        // what was pressed meanwhile was not meant for the next one
        rehearsedAt = presses();
      }
    },
    choose: (show) => alone(show, (answer) => answer !== undefined && answer.length > 0, undefined),
    decline: () => open?.abort(),
  };
}

function askedAgain({ message, detail, button }: Question): Question {
  return { message, detail: `${tooFast}\n\n${detail}`, button };
}

function cannotAsk(why: string, remedy: string): KeelError {
  return new KeelError('confirmation-missing', `${why}, so you were not asked; nothing was changed`, remedy);
}

function cannotRehearse(why: string, remedy: string): KeelError {
  return new KeelError('confirmation-missing', `${why}; nothing was rehearsed or changed`, remedy);
}
