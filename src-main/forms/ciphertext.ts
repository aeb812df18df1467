import { type Encoding, encodings, type Manner } from './encodings.ts';
import { derivesIv, type Layout } from './layout.ts';
import type { Edit, TextPosition } from './leaf.ts';
import { type Matcher, matcherOf, type Range } from './template-match.ts';
import { holds, type Part, partLength, roleOf, type SizedRole, type Span, spansOf } from './template.ts';

/** Parts of a ciphertext in a text of their own, and how to write others in their place. */
export interface PartsApart {
  readonly parts: Partial<Record<SizedRole, Buffer>>;
  readonly spans: readonly Range[];
  rewrite(fresh: Fresh): Edit[];
}

/** The same in a row. */
export interface PartsBeside extends PartsApart {
  readonly at: TextPosition;
}

/** A new ciphertext: IV ‖ body, and the salt of layouts that derive a key for each value. */
export interface Fresh {
  readonly sealed: Buffer;
  /** Bytes of the IV in it: 16, except for other applications with IVs of another length. */
  readonly ivLength?: number;
  readonly salt?: Buffer;
  readonly tag?: Uint8Array;
  /** The beginning of the new key's id, if the form has a place for it. */
  readonly keyId?: Uint8Array;
  /** The case of digits to use if the old ones do not show it. */
  readonly isUpper?: boolean | undefined;
}

/** An IV that is not in the row but a part of the key, so it changes with the key. */
export type KeyIv = 'key-start' | 'key-end' | 'key-text-start';

/** The parts of one ciphertext, and how to write other parts in their place. */
export interface Ciphertext {
  readonly iv: Uint8Array | KeyIv;
  readonly body: Buffer;
  /** Of layouts that derive a key for each value. */
  readonly salt?: Buffer;
  /** Of ciphers that have one. */
  readonly tag?: Buffer;
  /** Bytes that are kept, and that all values have in common, in order. */
  readonly kept?: Buffer;
  readonly keyIdLength?: number;
  /** The IV is stored separately from the body and kept: a new ciphertext uses the same one. */
  readonly keepsIv: boolean;
  /** Where its spans are in the text that it was read from. */
  readonly spans: readonly Range[];
  /** Texts of their own that hold its tag or salt, and are written with it. */
  readonly beside?: readonly PartsBeside[];
  /** The changes to that text, and to those next to it, which replace this ciphertext with another one. */
  rewrite(fresh: Fresh): Edit[];
}

/** Reads texts in one layout. Decrypts nothing. */
export interface CiphertextReader {
  /** Undefined if the text does not match the layout exactly, or a separate IV is missing. */
  readonly read: (
    text: string,
    iv?: Uint8Array | KeyIv,
    beside?: readonly PartsBeside[],
  ) => Ciphertext | undefined;
}

interface ReadSpan extends Range {
  readonly span: Span;
  readonly bytes: Buffer;
  readonly manner: Manner;
}

/** Compiles a layout once for many texts. A layout without a place for the IV receives it with each text. */
export function ciphertextReader(layout: Layout): CiphertextReader {
  const { template } = layout;
  const spans = spansOf(template);
  const [only] = spans;
  if (
    only &&
    // other applications may have a tag or a salt next to it
    !layout.scheme &&
    template.length === 1 &&
    only.parts.length === 2 &&
    only.parts[0] === 'iv' &&
    only.parts[1] === 'body'
  ) {
    const encoding = encodings[only.encoding];
    return {
      read(text) {
        const read = encoding.read(text);
        return read && read.bytes.length >= 16
          ? new JoinedCiphertext(encoding, text.length, read)
          : undefined;
      },
    };
  }
  const matcher = matcherOf(template);
  const ownsIv = holds(template, 'iv');
  const isDerived = derivesIv(layout);
  return {
    read(text, iv, beside = []) {
      const read = readSpans(text, spans, matcher);
      const own = read && partsOf(read);
      const where = ownsIv ? own?.iv : isDerived ? noIv : iv;
      if (!read || !own?.body || where === undefined) return undefined;
      const parts = beside.reduce((all, { parts: more }) => ({ ...more, ...all }), own);
      return {
        iv: where,
        body: own.body,
        ...(parts.salt && { salt: parts.salt }),
        ...(parts.tag && { tag: parts.tag }),
        ...(parts.id && { keyIdLength: parts.id.length }),
        ...(layout.scheme && { kept: own.kept }),
        keepsIv: !ownsIv && !isDerived,
        spans: read,
        ...(beside.length > 0 && { beside }),
        rewrite: (fresh) => [
          ...writeSpans(read, fresh),
          ...beside.flatMap((one) => one.rewrite(fresh).map((edit) => ({ ...edit, at: one.at }))),
        ],
      };
    },
  };
}

const noIv = new Uint8Array();

/** Reads parts that are stored separately; undefined if the text is not written in that way. */
export function partsReader({ template }: Layout): (text: string) => PartsApart | undefined {
  const spans = spansOf(template);
  const matcher = matcherOf(template);
  return (text) => {
    const read = readSpans(text, spans, matcher);
    const parts = read && partsOf(read);
    return parts && { parts, spans: read, rewrite: (fresh) => writeSpans(read, fresh) };
  };
}

/** The same of an IV alone. */
export function ivReader(layout: Layout): (text: string) => Uint8Array | undefined {
  const read = partsReader(layout);
  return (text) => read(text)?.parts.iv;
}

/** The changes to a text that replace the IV stored there separately; undefined as in `ivReader`. */
export function rewriteIv(layout: Layout, text: string, iv: Buffer): Edit[] | undefined {
  const read = partsReader(layout)(text);
  return read?.parts.iv && read.rewrite({ sealed: iv, ivLength: iv.length });
}

/** IV ‖ body as the whole text. A class, since a rotation makes one for every value. */
class JoinedCiphertext implements Ciphertext {
  readonly iv: Buffer;
  readonly body: Buffer;
  readonly keepsIv = false;
  readonly #encoding: Encoding;
  readonly #manner: Manner;
  readonly #length: number;

  constructor(encoding: Encoding, length: number, { bytes, manner }: { bytes: Buffer; manner: Manner }) {
    this.iv = bytes.subarray(0, 16);
    this.body = bytes.subarray(16);
    this.#encoding = encoding;
    this.#manner = manner;
    this.#length = length;
  }

  get spans(): readonly Range[] {
    return [{ from: 0, to: this.#length }];
  }

  rewrite({ sealed, isUpper }: Fresh): Edit[] {
    const text = this.#encoding.write(sealed, inCase(this.#manner, isUpper));
    return [{ from: 0, to: this.#length, text }];
  }
}

function inCase(manner: Manner, isUpper: boolean | undefined): Manner {
  return manner.upper !== undefined || isUpper === undefined ? manner : { ...manner, upper: isUpper };
}

function readSpans(text: string, spans: readonly Span[], matcher: Matcher): ReadSpan[] | undefined {
  const ranges = matcher(text);
  if (!ranges) return undefined;
  const read: ReadSpan[] = [];
  for (const [i, span] of spans.entries()) {
    const range = ranges[i] as Range;
    const decoded = encodings[span.encoding].read(text.slice(range.from, range.to));
    if (!decoded) return undefined;
    read.push({ ...range, ...decoded, span });
  }
  return read.map((one) => ({ ...one, manner: inCase(one.manner, caseBeside(one, read)) }));
}

/** The case of another span with the same encoding: one application wrote both. */
function caseBeside({ span }: ReadSpan, all: readonly ReadSpan[]): boolean | undefined {
  return all.find((one) => one.span.encoding === span.encoding && one.manner.upper !== undefined)?.manner
    .upper;
}

type Parts = Partial<Record<'body' | SizedRole, Buffer>> & { kept: Buffer };

function partsOf(spans: readonly ReadSpan[]): Parts | undefined {
  const parts: Parts = { kept: nothing };
  for (const { span, bytes } of spans) {
    const places = placesOf(span, bytes);
    if (!places) return undefined;
    for (const { part, from, to } of places) {
      const role = roleOf(part);
      const piece = bytes.subarray(from, to);
      if (role) parts[role] = piece;
      else if (to > from) parts.kept = parts.kept.length === 0 ? piece : Buffer.concat([parts.kept, piece]);
    }
  }
  return parts;
}

const nothing = Buffer.alloc(0);

/** Where the parts of a span are in its bytes; undefined if they do not fit. */
function placesOf({ parts }: Span, bytes: Buffer): { part: Part; from: number; to: number }[] | undefined {
  const lengths = parts.map((part) => lengthIn(part, bytes));
  const fixed = lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0);
  const hasBody = lengths.includes(undefined);
  if (hasBody ? fixed > bytes.length : fixed !== bytes.length) return undefined;
  let at = 0;
  const places = parts.map((part, i) => {
    const from = at;
    at += lengths[i] ?? bytes.length - fixed;
    return { part, from, to: at };
  });
  return places.every(({ part, from, to }) => isAsSaid(part, bytes, from, to)) ? places : undefined;
}

function isAsSaid(part: Part, bytes: Buffer, from: number, to: number): boolean {
  return (
    typeof part === 'string' || !('constant' in part) || bytes.toString('latin1', from, to) === part.constant
  );
}

/** The optional part is first in its span, or absent. */
function lengthIn(part: Part, bytes: Buffer): number | undefined {
  if (typeof part === 'object' && 'optional' in part) {
    return bytes.toString('latin1', 0, part.optional.length) === part.optional ? part.optional.length : 0;
  }
  return partLength(part);
}

function writeSpans(spans: readonly ReadSpan[], fresh: Fresh): Edit[] {
  return spans.map((one) => ({ from: one.from, to: one.to, text: writeSpan(one, fresh) }));
}

function writeSpan({ span, bytes, manner }: ReadSpan, fresh: Fresh): string {
  const { sealed, ivLength = 16, isUpper } = fresh;
  const pieces = (placesOf(span, bytes) ?? []).map(({ part, from, to }) => {
    switch (roleOf(part)) {
      case 'iv':
        return sealed.subarray(0, ivLength);
      case 'body':
        return sealed.subarray(ivLength);
      case 'salt':
        return fresh.salt ?? bytes.subarray(from, to);
      case 'tag':
        return fresh.tag ?? bytes.subarray(from, to);
      case 'id':
        return fresh.keyId ?? bytes.subarray(from, to);
      case undefined:
      default:
        return bytes.subarray(from, to);
    }
  });
  return encodings[span.encoding].write(Buffer.concat(pieces), inCase(manner, isUpper));
}
