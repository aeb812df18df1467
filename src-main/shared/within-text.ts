import { columnPath } from './column-path.ts';
import { counted, formatCount } from './counted.ts';

interface NestedPlace {
  readonly entry: {
    readonly schema: string;
    readonly table: string;
    readonly column: string;
    readonly path?: string | undefined;
  };
  readonly values: number;
  readonly depth: number;
}

/** How many values were looked within, of all that a key decrypts. */
export interface SampleWithin {
  readonly looked: number;
  readonly values: number;
}

/** Values under a key within what the values of a column decrypt to, for people. */
export function nestedInWords({ entry, values, depth }: NestedPlace): string {
  return `${columnPath(entry)}: ${counted(values, 'value')} encrypted with this key inside its decrypted values${layersInWords(depth)}`;
}

/** How many values have to be decrypted at most before one is seen; what is one layer deep needs no word. */
export function layersInWords(depth: number): string {
  return depth === 1 ? '' : `, up to ${depth} layers deep`;
}

/** Within how many of the values that a key decrypts Keel looked, where that was not all. */
export function sampleInWords({ looked, values }: SampleWithin): string {
  return `a sample: ${formatCount(looked)} of the ${counted(values, 'value')} that it decrypts were searched for nested values`;
}

/** How many values were not looked through to their end. */
export function cutInWords(cut: number): string {
  return `${counted(cut, 'value')} contain more nested data (compressed, encrypted or encoded) than Keel searches`;
}
