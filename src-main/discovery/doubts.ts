import { ivLength } from '#crypto/cfb';
import { ciphertextReader } from '#forms/ciphertext';
import { uuidText } from '#forms/encodings';
import { applyEdits } from '#forms/leaf';
import { spansOf } from '#forms/template';
import { beginningsOf } from './iv/beginnings.ts';
import { isNamedForIvs, looksLikeIvs } from './iv/iv-candidates.ts';
import { placesOverlap } from './overlapping-places.ts';
import type { Recognised } from './recognise.ts';
import { placeName, type TextGroup } from './texts.ts';
import { formatCount } from '#shared/counted';

/*
 * That a value opens under its own first sixteen bytes proves nothing about them: any block of a ciphertext does that for the
 * next. A form whose IV is taken to be the beginning of its run stands only where nothing counts against it.
 */

/** How sure it is where the IV of a form is. */
export type FrameStatus =
  | { readonly sure: 'proven' | 'supported' }
  /** Nothing counts against it, and the beginnings of the values tell nothing for it. */
  | { readonly sure: 'assumed' }
  | { readonly sure: 'doubted'; readonly why: string };

/** Judges the frame of a form by what else is in the rows. `explained`: places that are the IV of another form. */
export function judgeFrame(
  { layout, frame, secrets }: Recognised,
  group: TextGroup,
  groups: readonly TextGroup[],
  explained: ReadonlySet<TextGroup>,
): FrameStatus {
  // what looks whole, or proven by the words before it, may have lost a first block: the IV may be among what is kept
  const keeps = keepsIv(layout, group);
  if (frame === 'proven' && !keeps) return { sure: 'proven' };
  const beginnings = beginningsOf(secrets);
  if (beginnings === 'cut') {
    return {
      sure: 'doubted',
      why: 'the decrypted values seem to begin in the middle: their first 16 bytes may be missing',
    };
  }
  const short = countShort(layout, group);
  if (short > 0) {
    return {
      sure: 'doubted',
      why: `${formatCount(short)} values are shorter than an IV, so their IV is somewhere else`,
    };
  }
  if (keeps) {
    return { sure: 'doubted', why: 'next to them are 16 bytes or more that differ in every value' };
  }
  if (beginnings === 'whole') return { sure: 'supported' };
  const unexplained = groups.find(
    (other) =>
      other !== group &&
      ![...explained].some((one) => placesOverlap(one, other)) &&
      looksLikeIvs(group, other),
  );
  if (unexplained) {
    const what = isNamedForIvs(unexplained)
      ? 'has a name that suggests an IV'
      : 'contains 16 bytes that differ in every row';
    return {
      sure: 'doubted',
      why: `${placeName(unexplained)} ${what}, but does not decrypt them as their IV`,
    };
  }
  return { sure: 'assumed' };
}

/** Texts that are written like the others, but for being too short to hold an IV; none where texts of any kind are among them. */
function countShort(layout: Recognised['layout'], group: TextGroup): number {
  const reader = ciphertextReader(layout);
  const unread = group.texts.filter(({ text }) => !reader.read(text));
  const bodyOnly = ciphertextReader({
    ...layout,
    template: layout.template.map((piece) =>
      typeof piece === 'object' && 'span' in piece
        ? { span: { ...piece.span, parts: piece.span.parts.filter((part) => part !== 'iv') } }
        : piece,
    ),
  });
  const short = unread.filter(({ text }) => bodyOnly.read(text, new Uint8Array(16)));
  const distinct = new Set(short.map(({ text }) => text)).size;
  // a word or two that happen to decode are no ciphertexts
  const isMany = distinct > 1 && short.length * 20 >= group.texts.length - unread.length;
  return isMany && short.length === unread.length ? short.length : 0;
}

/** Whether what a form keeps, in its spans or around them, could be the IV: long enough, and another one for each value. */
function keepsIv({ template, ...layout }: Recognised['layout'], group: TextGroup): boolean {
  const kept = spansOf(template).flatMap(({ parts }) =>
    parts.map((part) => (typeof part === 'object' && 'keep' in part ? part.keep : 0)),
  );
  if (Math.max(0, ...kept) >= ivLength) return true;
  if (!template.includes('any')) return false;
  const reader = ciphertextReader({ ...layout, template });
  const words = group.texts.flatMap(({ text }) => {
    const spans = reader.read(text)?.spans;
    return spans
      ? [
          longWords(
            applyEdits(
              text,
              spans.map((span) => ({ ...span, text: ' ' })),
            ),
          ),
        ]
      : [];
  });
  const all = words.flat();
  return words.length > 1 && words.every(({ length }) => length > 0) && new Set(all).size === all.length;
}

/** Words that could hold so many bytes. A UUID names something, wherever it stands. */
function longWords(text: string): string[] {
  return (text.match(/[\w+/=-]{16,}/g) ?? []).filter((word) => !uuidText.test(word));
}
