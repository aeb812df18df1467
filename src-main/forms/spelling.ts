import type { EncodingName } from './encodings.ts';
import type { Layout } from './layout.ts';
import { spansOf } from './template.ts';
import type { Range } from './template-match.ts';

/** Digits in which standard base64 and base64url differ (RFC 4648, sections 4 and 5), escaped or not. */
const alphabetSigns = /[+/_-]|%2[bf]/i;
/** A base64 text without such digits is one of base64url too. */
const takenForEither: readonly EncodingName[] = ['base64', 'base64percent'];
const plus = 0x2b;
const slash = 0x2f;

/** Whether a text holds a digit that one of the two alphabets lacks. */
export function holdsAlphabetSign(text: string): boolean {
  return alphabetSigns.test(text);
}

/** Whether the layout has digits that are in both alphabets, but for two. */
export function hasEitherAlphabet({ template }: Layout): boolean {
  return spansOf(template).some(({ encoding }) => takenForEither.includes(encoding));
}

/** Whether a column of these layouts has base64 in both alphabets. */
export function areInBothAlphabets(layouts: readonly Layout[]): boolean {
  const all = layouts.flatMap(({ template }) => spansOf(template).map(({ encoding }) => encoding));
  return all.includes('base64url') && all.some((encoding) => takenForEither.includes(encoding));
}

/**
 * What the values of a column show of how the application spells them, beyond their layout: which alphabet its base64 has, and the case
 * of digits. A value may show neither, and its new one would.
 */
export class Spelling {
  readonly #encodings: readonly EncodingName[];
  readonly #ivEncodings: readonly EncodingName[];
  /** The alphabet is that of the application whose form it is. */
  readonly #isTold: boolean;
  #values = 0;
  #hasSign = false;
  #hasUpper = false;
  #hasLower = false;
  #hasCaseless = false;

  /** `iv`: the layout of IVs that stand apart. The application writes both in one manner. */
  constructor(layout: Layout, iv?: Layout) {
    this.#encodings = spansOf(layout.template).map(({ encoding }) => encoding);
    this.#isTold = layout.scheme !== undefined;
    const own = new Set(this.#encodings);
    const apart = iv ? spansOf(iv.template).map(({ encoding }) => encoding) : [];
    this.#ivEncodings = apart.filter((encoding) => own.has(encoding));
  }

  /** Takes in a value of the layout, by the places of its spans. */
  see(text: string, spans: readonly Range[]): void {
    this.#values++;
    for (const [i, { from, to }] of spans.entries()) {
      this.#seeText(this.#encodings[i] as EncodingName, text.slice(from, to));
    }
  }

  /** Takes in an IV that stands apart, as the cell has it. */
  seeIv(text: string): void {
    for (const encoding of this.#ivEncodings) this.#seeText(encoding, text);
  }

  /** The same as `see`, for one span that is read in place; its digits have a case, if any have. */
  seeInPlace(span: number, data: Uint8Array, from: number, to: number): void {
    if (span === 0) this.#values++;
    const encoding = this.#encodings[span];
    if (encoding === 'base64' && !this.#hasSign) {
      for (let i = from; i < to; i++) if (data[i] === plus || data[i] === slash) this.#hasSign = true;
    } else if (encoding === 'hex' && !(this.#hasUpper && this.#hasLower)) {
      for (let i = from; i < to; i++) {
        const byte = data[i] as number;
        if (byte < 0x41) continue;
        if (byte < 0x60) this.#hasUpper = true;
        else this.#hasLower = true;
        break;
      }
    }
  }

  #seeText(encoding: EncodingName, text: string): void {
    if (takenForEither.includes(encoding)) this.#hasSign ||= holdsAlphabetSign(text);
    const letters = lettersWithCase(encoding, text);
    if (letters === undefined) return;
    if (letters === '') this.#hasCaseless = true;
    else if (letters === letters.toUpperCase()) this.#hasUpper = true;
    else this.#hasLower = true;
  }

  /** No value showed which alphabet the application reads. */
  get isAlphabetUntold(): boolean {
    const isAsked = this.#encodings.some((encoding) => takenForEither.includes(encoding));
    return isAsked && !this.#isTold && this.#values > 0 && !this.#hasSign;
  }

  /** The case of digits, where all values that show one have the same. */
  get isUpper(): boolean | undefined {
    return this.#hasUpper === this.#hasLower ? undefined : this.#hasUpper;
  }

  /** There are values without a case that would be written in another one than that of all others. */
  get isCaseMissed(): boolean {
    const usual = this.#encodings.includes('hex') ? this.#hasLower : this.#hasUpper;
    return this.#hasCaseless && this.isUpper !== undefined && !usual;
  }
}

/** The letters of a text whose case is a matter of spelling; undefined where the encoding has none. */
function lettersWithCase(encoding: EncodingName, text: string): string | undefined {
  if (encoding === 'hex' || encoding === 'base32') return text.replace(/[^a-zA-Z]/g, '');
  if (encoding !== 'base64percent') return undefined;
  return (text.match(/%../g) ?? []).join('').replace(/[^a-zA-Z]/g, '');
}
