/** Runs work in the order in which it was handed over, each when the one before has ended, however it did. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** A queue of its own. Work that waits for other work of the same queue never ends. */
export function oneAfterTheOther(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}
