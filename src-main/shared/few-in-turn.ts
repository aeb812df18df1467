import { type InTurn, oneAfterTheOther } from './one-after-the-other.ts';

/**
 * The same for `most` at a time, the one at work among them: whoever comes later is not kept waiting, but gets what `busy` makes thrown.
 * The queue may have others in it, who are not counted.
 */
export function fewInTurn(most: number, busy: () => Error, inTurn: InTurn = oneAfterTheOther()): InTurn {
  let taken = 0;
  return async (work) => {
    if (taken >= most) throw busy();
    taken++;
    try {
      return await inTurn(work);
    } finally {
      taken--;
    }
  };
}
