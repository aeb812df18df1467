import type { Act, ActWords } from './act.ts';

/** Text for people that is the same in every adapter, with acts in it that each of them says in its own words. */
export interface ComposedText {
  readonly composed: readonly (string | Act)[];
}

/** What is said to people. Plain where it names nothing that is done with Keel. Not a string: `worded` makes it one. */
export type Text = string | ComposedText;

/** A text with acts and other texts in it: `` text`${{ do: 'recover' }} first` ``. */
export function text(strings: TemplateStringsArray, ...values: readonly (Text | Act)[]): Text {
  return composed(strings.flatMap((between, i) => [between, ...values.slice(i, i + 1).flatMap(partsOf)]));
}

/** Texts one after the other, with `separator` between them. */
export function joinTexts(texts: readonly Text[], separator: string): Text {
  return composed(texts.flatMap((one, i) => [...(i > 0 ? [separator] : []), ...partsOf(one)]));
}

/** The text in the words of an adapter, which it calls where it speaks, prints or replies. */
export function worded(said: Text, words: ActWords): string {
  return partsOf(said)
    .map((part) => (typeof part === 'string' ? part : wordsFor(part, words)))
    .join('');
}

/** Whether an unknown value, as from a file of state, is a text. */
export function isText(value: unknown): value is Text {
  if (typeof value === 'string') return true;
  const { composed: parts } = (value ?? {}) as { composed?: unknown };
  return Array.isArray(parts) && parts.every((part) => typeof part === 'string' || isAct(part));
}

function isAct(value: unknown): boolean {
  return typeof (value as { do?: unknown } | null)?.do === 'string';
}

function partsOf(value: Text | Act): readonly (string | Act)[] {
  if (typeof value === 'string' || 'do' in value) return [value];
  return value.composed;
}

function composed(parts: readonly (string | Act)[]): Text {
  const filled = parts.filter((part) => part !== '');
  return filled.every((part) => typeof part === 'string') ? filled.join('') : { composed: filled };
}

function wordsFor(act: Act, words: ActWords): string {
  // what a later Keel wrote into a record may be an act that this one does not know
  if (!Object.hasOwn(words, act.do)) return '';
  const known = words[act.do] as string | ((act: Act) => string);
  return typeof known === 'string' ? known : known(act);
}
