import { blockLength } from '#crypto/aes-ecb';
import { decryptBatch } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { cleanText } from '#evidence/plaintexts/clean-text';
import { type EncodingName, encodings } from '#forms/encodings';
import { ciphertextReader } from '#forms/ciphertext';
import { spansOf } from '#forms/template';
import { pairTexts } from './iv-candidates.ts';
import type { Recognised } from '#discovery/recognise';
import type { TextGroup } from '#discovery/texts';

/*
 * A ciphertext may be cut over two places of a row, as bytes or as text. Each part is decrypted from its second block on by itself,
 * so what tells is the first block after the cut: it is decrypted by what precedes it in the other place.
 */

const rowsTried = 24;
/** Bits over all rows, beyond the freedom to try many places. */
const leastBits = 40;

/** A place of the same rows, and whether the ciphertexts go on there or begin there. */
export interface OtherPart {
  readonly group: TextGroup;
  readonly side: 'goes on' | 'begins';
}

/** Where in the rows the ciphertexts of a form go on or begin; undefined where they are whole as far as can be told. */
export function findOtherPart(
  { layout, iv }: Pick<Recognised, 'layout' | 'iv'>,
  group: TextGroup,
  groups: readonly TextGroup[],
  key: EncryptionKey,
): OtherPart | undefined {
  const [span, ...more] = spansOf(layout.template);
  if (!span || more.length > 0 || layout.derivation !== 'none') return undefined;
  const reader = ciphertextReader(layout);
  const texts = group.texts.map(({ text }) => {
    const [range] = reader.read(text, iv && new Uint8Array(blockLength))?.spans ?? [];
    return range ? text.slice(range.from, range.to) : text;
  });
  for (const other of groups) {
    if (other === group || other.column.shape.kind === 'uuid') continue;
    const beside = pairTexts(group, other);
    const pairs = texts.flatMap((text, i): [string, string][] => {
      const next = beside[i];
      return next === undefined || next === text || !mayBeParts(span.encoding, text, next)
        ? []
        : [[text, next]];
    });
    const some = pairs.slice(0, rowsTried);
    // before a body stands its IV
    for (const side of iv ? (['goes on'] as const) : (['goes on', 'begins'] as const)) {
      const ordered = some.map(([one, two]): [string, string] =>
        side === 'goes on' ? [one, two] : [two, one],
      );
      if (ordered.length > 1 && areOneCiphertext(ordered, span.encoding, layout.segment, key))
        return { group: other, side };
    }
  }
  return undefined;
}

/** Parts of a ciphertext have nothing but its characters, and are no content. */
function mayBeParts(encoding: EncodingName, ...parts: readonly string[]): boolean {
  return parts.every(
    (part) =>
      part.length > 1 && part.length <= longestPart && (encoding === 'raw' || /^[\w+/=-]+$/.test(part)),
  );
}

const longestPart = 1 << 13;

function areOneCiphertext(
  pairs: readonly [string, string][],
  encoding: EncodingName,
  segment: Recognised['layout']['segment'],
  key: EncryptionKey,
): boolean {
  return [joinBytes, joinText].some((join) => {
    const joined = pairs.map(([head, rest]) => join(head, rest, encoding));
    // 16 bytes alone are an IV, which is searched for by itself
    const whole = joined.flatMap((one) => (one && one.cut > blockLength ? [one] : []));
    const { plaintexts, storage } = decryptBatch(
      key.bytes,
      segment,
      whole.map((one) => ({
        iv: one.bytes.subarray(0, blockLength),
        body: one.bytes.subarray(blockLength, one.cut + blockLength),
      })),
    );
    let fits = 0;
    let bits = 0;
    const heads = new Set<string>();
    for (const [i, plaintext] of plaintexts.entries()) {
      const { cut, bytes } = whole[i] as Joined;
      const text = plaintext.subarray(cut - blockLength);
      if (text.length === 0 || !isPartOfText(text)) continue;
      fits++;
      // rows with the same parts have the same luck
      const name = bytes.toString('latin1', Math.max(0, cut - 2 * blockLength), cut + blockLength);
      if (!heads.has(name)) bits += cleanText.bits(Math.max(0, text.length - maxCut));
      heads.add(name);
    }
    storage.fill(0);
    return fits * 4 >= pairs.length * 3 && bits >= leastBits;
  });
}

interface Joined {
  readonly bytes: Buffer;
  /** Where the second part begins, as far as it can be told. */
  readonly cut: number;
}

function joinBytes(head: string, rest: string, encoding: EncodingName): Joined | undefined {
  const [one, two] = [encodings[encoding].read(head)?.bytes, encodings[encoding].read(rest)?.bytes];
  return one && two && { bytes: Buffer.concat([one, two]), cut: one.length };
}

/** Text that was cut may end within a group of characters. */
function joinText(head: string, rest: string, encoding: EncodingName): Joined | undefined {
  const bytes = encodings[encoding].read(head + rest)?.bytes;
  if (!bytes || encoding === 'raw') return undefined;
  return { bytes, cut: Math.ceil((bytes.length * head.length) / (head.length + rest.length)) };
}

/** Bytes of characters that a cut may leave at both ends. */
const maxCut = 6;

/** Whether bytes are clean text that may begin or end within a character. */
function isPartOfText(bytes: Uint8Array): boolean {
  for (let from = 0; from <= maxCut / 2; from++)
    for (let to = 0; to <= maxCut / 2; to++)
      if (bytes.length > from + to && cleanText.accepts(bytes.subarray(from, bytes.length - to))) return true;
  return false;
}
