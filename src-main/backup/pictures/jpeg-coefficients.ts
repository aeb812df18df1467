import type { BitReader, HuffmanTable } from './jpeg-bits.ts';
import { pixelsCutOff } from './picture.ts';

/** What the blocks of one component share while a scan is read. */
export interface BlockState {
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
  predicted: number;
}

export interface Band {
  readonly from: number;
  readonly to: number;
  readonly high: number;
  readonly low: number;
  /** Blocks still to come in which the band ends at once. */
  run: number;
}

/** Reads the coefficients of one block, in zigzag order, into `into` from `at` on. */
export type ReadBlock = (
  bits: BitReader,
  state: BlockState,
  into: Int16Array,
  at: number,
  band: Band,
) => void;

/** Everything of a block at once (ITU-T T.81, F.2.2); what is overwritten must be zero. */
export const readWhole: ReadBlock = (bits, state, into, at) => {
  into[at] = state.predicted += bits.signed(bits.symbol(state.dc) & 15);
  for (let i = 1; i < 64; i++) {
    const symbol = bits.symbol(state.ac);
    const length = symbol & 15;
    if (length === 0) {
      if (symbol !== 0xf0) return;
      i += 15;
      continue;
    }
    i += symbol >> 4;
    if (i > 63) throw pixelsCutOff();
    into[at + i] = bits.signed(length);
  }
};

/** The first coefficient, without its lowest bits (T.81, G.1.2.1). */
export const readFirst: ReadBlock = (bits, state, into, at, { low }) => {
  state.predicted += bits.signed(bits.symbol(state.dc) & 15);
  into[at] = state.predicted << low;
};

/** One more bit of the first coefficient. */
export const refineFirst: ReadBlock = (bits, _state, into, at, { low }) => {
  if (bits.take(1)) into[at] = (into[at] as number) | (1 << low);
};

/** A band of the others, without their lowest bits (T.81, G.1.2.2). */
export const readBand: ReadBlock = (bits, state, into, at, band) => {
  if (band.run > 0) {
    band.run--;
    return;
  }
  for (let i = band.from; i <= band.to; i++) {
    const symbol = bits.symbol(state.ac);
    const [skip, length] = [symbol >> 4, symbol & 15];
    if (length === 0) {
      if (skip < 15) {
        band.run = (1 << skip) - 1 + bits.take(skip);
        return;
      }
      i += 15;
      continue;
    }
    i += skip;
    if (i > 63) throw pixelsCutOff();
    into[at + i] = bits.signed(length) << band.low;
  }
};

/** One more bit of a band: of what is there already, and what comes in with it (T.81, G.1.2.3). */
export const refineBand: ReadBlock = (bits, state, into, at, band) => {
  const one = 1 << band.low;
  const refine = (place: number) => {
    const value = into[place] as number;
    if (bits.take(1) && (Math.abs(value) & one) === 0) into[place] = value + (value < 0 ? -one : one);
  };
  let i = band.from;
  if (band.run === 0) {
    for (; i <= band.to; i++) {
      const symbol = bits.symbol(state.ac);
      let zeros = symbol >> 4;
      let fresh = 0;
      if ((symbol & 15) !== 0) fresh = bits.take(1) ? one : -one;
      else if (zeros < 15) {
        band.run = (1 << zeros) + bits.take(zeros);
        break;
      }
      for (; i <= band.to; i++) {
        if (into[at + i] !== 0) refine(at + i);
        else if (zeros-- === 0) {
          if (fresh !== 0) into[at + i] = fresh;
          break;
        }
      }
    }
  }
  if (band.run === 0) return;
  for (; i <= band.to; i++) if (into[at + i] !== 0) refine(at + i);
  band.run--;
};
