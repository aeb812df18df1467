import { KeelError } from '#errors/keel-error';

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
  /** Shows the question; whether the admin agreed. */
  readonly ask: (question: Question) => Promise<boolean>;
  /** How many real presses the window has had so far. */
  readonly presses: () => number;
  /** Throws once the app is locked or ending. */
  readonly assertOpen: () => void;
}

/** Asks one question at a time. After a no nothing is asked before the person pressed something: a page cannot wear anybody down. */
export interface ConsentGate {
  /** `onRefused` hears of an answer that was no. */
  consentFor(onRefused: () => void): Consent;
  /** Runs a file dialog in the place of a question. Throws as `ask`; undefined or empty counts as no. */
  choose<T extends string | undefined | readonly string[]>(show: () => Promise<T>): Promise<T>;
}

export function createConsentGate({ ask, presses, assertOpen }: ConsentPorts): ConsentGate {
  let open = false;
  let refusedAt: number | undefined;

  const alone = async <T>(show: () => Promise<T>, agrees: (answer: T) => boolean): Promise<T> => {
    if (open) throw cannotAsk('another question is open', 'answer that one first');
    if (refusedAt === presses()) throw cannotAsk('the last question was declined', 'start it again');
    open = true;
    try {
      const answer = await show();
      refusedAt = agrees(answer) ? undefined : presses();
      return answer;
    } finally {
      open = false;
    }
  };

  return {
    consentFor: (onRefused) => ({
      async ask(question) {
        assertOpen();
        const agreed = await alone(
          () => ask(question),
          (answer) => answer,
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
    choose: (show) => alone(show, (answer) => answer !== undefined && answer.length > 0),
  };
}

function cannotAsk(why: string, remedy: string): KeelError {
  return new KeelError('confirmation-missing', `${why}, so you were not asked; nothing was changed`, remedy);
}
