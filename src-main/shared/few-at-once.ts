import type { InTurn } from './one-after-the-other.ts';

/** A queue of its own of which so many run at once, begun in order. Work that waits for other work of the same queue may never end. */
export function fewAtOnce(most: number): InTurn {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < most) running++;
    // whoever ends gives its room on
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
