import { KeelError } from '#errors/keel-error';

/** Wrong values that an environment's admin may type within an hour. */
const maxWrong = 10;
const windowMs = 60 * 60 * 1000;

/**
 * Bounds how often the window may ask whether a value is in a column: without a limit, a page that is not the admin's could try a
 * list of passwords on it. In memory: nothing that a page can do ends the main process.
 */
export class Guesses {
  readonly #now: () => number;
  /** When wrong values were compared, by environment. */
  readonly #wrong = new Map<string, number[]>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * Makes a comparison, which counts as a wrong one from its beginning until it is known to be right: one that fails stays counted, as
   * some fail only after a hit. Throws `too-many-guesses` without making it.
   */
  async compare<Outcome>(
    environment: string,
    make: () => Promise<Outcome>,
    isRight: (outcome: Outcome) => boolean,
  ): Promise<Outcome> {
    const at = this.#now();
    const recent = (this.#wrong.get(environment) ?? []).filter((time) => time > at - windowMs);
    if (recent.length >= maxWrong) throw tooMany(at, recent[0] as number);
    recent.push(at);
    this.#wrong.set(environment, recent);
    const outcome = await make();
    if (isRight(outcome)) recent.splice(recent.indexOf(at), 1);
    return outcome;
  }
}

function tooMany(now: number, first: number): KeelError {
  const minutes = Math.max(1, Math.ceil((first + windowMs - now) / 60_000));
  return new KeelError(
    'too-many-guesses',
    `${maxWrong} wrong values were entered within an hour; this one was not compared`,
    `wait ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, or compare it on the command line`,
  );
}
