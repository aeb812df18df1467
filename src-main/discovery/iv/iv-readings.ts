import { ivLength } from '#crypto/cfb';
import { type EncodingName, encodings } from '#forms/encodings';
import { ivReader } from '#forms/ciphertext';
import { defaultLayout } from '#forms/layout';
import type { Template } from '#forms/template';
import { templateOf } from '#discovery/pieces';
import type { SampledText, TextGroup } from '#discovery/texts';
import { ivStretches } from './iv-stretches.ts';

/*
 * A place is asked for the IVs of every other place of its table, and what its texts may be as IVs is the same each time. So it is
 * read once.
 */

/** Encodings of a text that is an IV and nothing else. */
export const ivEncodings = [
  'hex',
  'base64',
  'base64url',
  'base32',
  'uuid',
  'raw',
] as const satisfies readonly EncodingName[];

/** IVs with the same text around them: what that is, and the IV of each text, where it has one. */
interface IvsWithin {
  readonly template: Template;
  readonly values: readonly (Uint8Array | undefined)[];
}

type IvEncoding = Parameters<typeof ivStretches>[1];

/** Longer texts hold more than an IV and a few words. */
const longestAround = 200;

class IvReadings {
  readonly #texts: readonly string[];
  readonly #whole = new Map<EncodingName, readonly (Uint8Array | undefined)[]>();
  readonly #within = new Map<IvEncoding, IvsWithin | undefined>();

  constructor({ texts }: TextGroup) {
    this.#texts = texts.map(({ text }: SampledText) => text);
  }

  /** What each text is as an IV. */
  whole(encoding: EncodingName): readonly (Uint8Array | undefined)[] {
    const known = this.#whole.get(encoding);
    if (known) return known;
    const read = this.#texts.map((text) => readIv(text, encoding));
    this.#whole.set(encoding, read);
    return read;
  }

  /** IVs within the texts of these numbers, in their order; undefined where they have nothing in common around them. */
  within(encoding: IvEncoding, numbers: readonly number[]): IvsWithin | undefined {
    const isAll = numbers.length === this.#texts.length && numbers.every((number, i) => number === i);
    if (!isAll)
      return ivsWithin(
        numbers.map((number) => this.#texts[number] as string),
        encoding,
      );
    if (!this.#within.has(encoding)) this.#within.set(encoding, ivsWithin(this.#texts, encoding));
    return this.#within.get(encoding);
  }
}

const known = new WeakMap<TextGroup, IvReadings>();

/** What the texts of a place may be as IVs. */
export function ivReadings(group: TextGroup): IvReadings {
  const readings = known.get(group) ?? new IvReadings(group);
  known.set(group, readings);
  return readings;
}

/** What a text is as an IV in an encoding. */
export function readIv(text: string, encoding: EncodingName): Uint8Array | undefined {
  if (text.length < ivLength || text.length > 40) return undefined;
  const bytes = encodings[encoding].read(text)?.bytes;
  return bytes?.length === ivLength ? bytes : undefined;
}

function ivsWithin(texts: readonly string[], encoding: IvEncoding): IvsWithin | undefined {
  const short = texts.filter((text) => text.length <= longestAround);
  const spreads = ivStretches(short, encoding).flatMap(([iv, ...more], i) =>
    iv && more.length === 0 ? [{ text: short[i] as string, ranges: [iv] }] : [],
  );
  if (spreads.length < 2) return undefined;
  const template = templateOf(spreads, [{ encoding, parts: ['iv'] }]);
  if (template.length === 1) return undefined;
  return { template, values: texts.map(ivReader({ ...defaultLayout, template })) };
}
