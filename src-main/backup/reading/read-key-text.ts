import { wordlist } from '@scure/bip39/wordlists/english.js';
import { applicationNamed, applications, isVariable } from '#applications/applications';
import type { Application } from '#contract/application';
import { parseApplicationKey } from '#crypto/application-key';
import { EncryptionKey, keyLength, parseEncryptionKey } from '#crypto/encryption-key';
import { expectedFailure } from '#errors/expected-failure';
import { anotherCopy, type Broken, broken } from '#backup/artefact-break';
import { parseRecoveryWords } from '#backup/recovery-words';
import { indexOfWord, splitWords, wordList } from '#backup/word-list';
import { enumerated } from '#shared/enumerated';
import { textOf } from '#storage/text-encoding';
import { isNearlyKey, keyShapesIn, keyWrittenAs } from './key-shapes.ts';
import { valuesOf } from './named-values.ts';
import { type SealedText, sealedTextOf, withPlainMarks } from './sealed-text.ts';

/** What chooses between the readings of a text: the same letters are one key for Ballast and another for an application. */
export interface KeyChoice {
  /** Fingerprint of the key that is wanted. Where a reading has it, that is the key. */
  readonly expected?: string | undefined;
  /** Who reads the key; Ballast is one of them. Undefined where nobody said. */
  readonly reader?: Application | undefined;
}

/** The readings of one value: the first is the value as it was sealed. At least one. */
export type ReadingsOfValue = readonly EncryptionKey[];

/** Each value that may be the key, with its readings. The caller disposes the keys. */
export interface SealedKeys {
  readonly values: readonly ReadingsOfValue[];
}

/** A text may name many keys, and each takes a while to tell. */
const mostValues = 24;
/** Letters of the shortest key that any application takes. */
const shortestKey = 8;

/** How Ballast's variable is written in files of settings, in the window of a secret store and by hand. */
const ownNames = ['ENCRYPTION_KEY', 'BALLAST_ENCRYPTION_KEY', 'encryptionKey'];
const english = wordList(wordlist);

/**
 * The values in what was sealed that may be the key, with what each is for Ballast and for another application: what a person would put
 * into an age file, be it a file of settings, a command, a manifest, a note, the key alone in any writing, its 32 bytes or its recovery
 * words, and what `keyText` writes. `choice` narrows them down; several that are left are for the caller to tell apart, by a database.
 * Wipes `plain`.
 */
export function readKeyText(plain: Buffer, choice: KeyChoice = {}): SealedKeys | Broken {
  try {
    const raw = rawKey(plain);
    if (raw) return { values: [[raw]] };
    const own = applicationKeysIn(plain);
    const text = own.length > 0 ? undefined : sealedTextOf(plain);
    if (own.length === 0 && !text) {
      return broken(
        'text',
        `it decrypts, but contains ${plain.length} bytes that are not text, and no key that Keel can read`,
        lookInside,
      );
    }
    const words = text && wordsIn(text.text, choice.expected);
    if (words) return 'key' in words ? { values: [[words.key]] } : words;
    return text ? readText(text, choice) : readWritten(own);
  } finally {
    plain.fill(0);
  }
}

const lookInside =
  'look at what was encrypted (`age -d`); if the key is there, restore it with its fingerprint or for the application that uses it';

function readText(sealed: SealedText, { expected, reader }: KeyChoice): SealedKeys | Broken {
  const wanted = expected ?? /^# fingerprint: ([\da-f]{4}(?:-[\da-f]{4}){3})\s*$/m.exec(sealed.text)?.[1];
  if (wanted !== undefined) {
    const key = keyWith(wanted, sealed);
    if (key) return { values: [[key]] };
  }
  const values = valuesIn(sealed, reader);
  // any text could be an application's key, so that without its fingerprint only 32 bytes are called another key
  const isSought = expected !== undefined && !reader;
  const read = values.map((value) =>
    readingsOf(value, sealed, isSought ? applicationNamed('ballast') : reader),
  );
  const readable = distinct(read.filter(({ length }) => length > 0));
  const [first, ...more] = readable;
  const isOne = values.length === 1;
  if (!first && values.length < 2)
    return broken(isOne ? 'key' : 'text', `it decrypts, but ${mistakeIn(values)}`, lookInside);
  if (first && (more.length > 0 || read.every(({ length }) => length > 0))) return { values: readable };
  // what has no reading beside what has one may be the key all the same
  for (const key of first ?? []) key[Symbol.dispose]();
  return broken('text', 'it decrypts, but contains more than one value for the key', lookInside);
}

/** What Keel itself writes of another application's key. */
function readWritten(own: readonly Buffer[]): SealedKeys | Broken {
  const keys = own.flatMap((text) => keyBy(() => parseApplicationKey(text)) ?? []);
  const values = distinct(keys.map((key) => [key]));
  if (values.length > 0) return { values };
  return broken('key', 'it decrypts, but contains no key that Keel can read', anotherCopy);
}

/** The values that may be the key: named ones first, else the text itself, else what in it looks like one. */
function valuesIn(sealed: SealedText, reader: Application | undefined): string[] {
  const text = withoutComments(withPlainMarks(sealed.text));
  for (const names of namesFor(reader)) {
    const named = valuesOf(text, names);
    if (named.length > 0) return named.slice(0, mostValues);
  }
  const alone = withoutFence(text);
  using whole = keyWrittenAs(alone);
  if (whole) return [alone];
  const shapes = keyShapesIn(text, { named: false });
  if (shapes.length > 0) return shapes.slice(0, mostValues);
  return alone !== '' && !/[\r\n]/.test(alone) ? [alone] : [];
}

/** Names in the order in which they count: an application's own before the one that many share. */
function namesFor(reader: Application | undefined): readonly (readonly string[])[] {
  if (reader && isBallast(reader)) return [ownNames];
  if (reader) return [variablesOf(reader), ownNames];
  const others = applications().flatMap(variablesOf);
  const alike = others.filter((name) => name.endsWith('ENCRYPTION_KEY'));
  return [[...new Set([...ownNames, ...alike])], [...new Set(others)]];
}

function variablesOf({ variables }: Application): string[] {
  return variables.flatMap((place) => {
    const [word = ''] = /^[\w.]+/.exec(place) ?? [];
    return isVariable(word) || word.includes('.') ? [word, ...word.split('.').slice(-1)] : [];
  });
}

/** Ballast takes 32 bytes, other applications a text to the letter. */
function isBallast({ id }: Application): boolean {
  return id === 'ballast';
}

function readingsOf(
  value: string,
  { encoding }: SealedText,
  reader: Application | undefined,
): ReadingsOfValue {
  const asBytes = () => keyWrittenAs(value);
  if (reader && isBallast(reader)) return present([asBytes()]);
  const written = () => keyToTheLetter(value, encoding);
  if (reader) return present([written()]);
  const bytes = asBytes();
  const isTooLittle = value.length < shortestKey || (isNearlyKey(value) && !bytes);
  return distinct(present([isTooLittle ? undefined : written(), bytes]).map((key) => [key])).flat();
}

/** The reading of any part of a text that has a fingerprint. */
function keyWith(fingerprint: string, sealed: SealedText): EncryptionKey | undefined {
  const text = withPlainMarks(sealed.text);
  const lines = [sealed.text, text].flatMap((one) => one.split(/[\r\n]+/)).map((line) => line.trim());
  const candidates = [
    ...namesFor(undefined).flatMap((names) => valuesOf(withoutComments(text), names)),
    ...keyShapesIn(text, { named: true }),
    withoutFence(withoutComments(text)),
    ...lines,
    ...lines.map((line) => line.replace(/^[^=:]*[=:]\s*/, '')),
  ];
  const values = [...new Set(candidates)].filter((value) => value !== '').slice(0, mostValues);
  for (const read of [
    (value: string) => keyWrittenAs(value),
    (value: string) => keyToTheLetter(value, sealed.encoding),
  ]) {
    for (const value of values) {
      const key = read(value);
      if (key?.fingerprint === fingerprint) return key;
      key?.[Symbol.dispose]();
    }
  }
  return undefined;
}

function keyToTheLetter(value: string, encoding: SealedText['encoding']): EncryptionKey | undefined {
  const bytes = Buffer.from(value, encoding);
  try {
    return keyBy(() => parseApplicationKey(bytes));
  } finally {
    bytes.fill(0);
  }
}

function keyBy(parse: () => EncryptionKey): EncryptionKey | undefined {
  try {
    return parse();
  } catch (error) {
    expectedFailure(error);
    return undefined;
  }
}

/** One value a key; what is there twice is disposed. */
function distinct(values: readonly ReadingsOfValue[]): ReadingsOfValue[] {
  const seen = new Set<string>();
  return values.filter((keys) => {
    const name = keys.map(({ fingerprint }) => fingerprint).join();
    if (!seen.has(name)) return seen.add(name);
    for (const key of keys) key[Symbol.dispose]();
    return false;
  });
}

function present(keys: readonly (EncryptionKey | undefined)[]): EncryptionKey[] {
  return keys.flatMap((key) => key ?? []);
}

/** What is wrong with the only value, or that there is none. */
function mistakeIn([value, ...more]: readonly string[]): string {
  if (value !== undefined && more.length === 0 && !/\s/.test(value)) {
    try {
      parseEncryptionKey(value, { allowWeak: true })[Symbol.dispose]();
    } catch (error) {
      return expectedFailure(error).message;
    }
  }
  return 'it contains no key that Keel can read';
}

/** 24 words of a key that was sealed in that form. */
function wordsIn(
  text: string,
  expected: string | undefined,
): ReturnType<typeof parseRecoveryWords> | undefined {
  const typed = splitWords(text);
  const known = typed.filter((word) => indexOfWord(english, word) !== undefined).length;
  if (typed.length < 20 || typed.length > 30 || known < 0.9 * typed.length) return undefined;
  return expected === undefined ? parseRecoveryWords(text) : parseRecoveryWords(text, expected);
}

function withoutComments(text: string): string {
  return text.replace(/^[ \t]*(?:#.*|\/\/(?:[ \t].*)?)$/gm, '').trim();
}

/** What is between the fences of Markdown, or quotes. */
function withoutFence(text: string): string {
  return text
    .replace(/^(?:```|~~~)\w*$/gm, '')
    .trim()
    .replace(/^(["'`])(.*)\1$/s, '$2')
    .trim();
}

/** What follows `APPLICATION_KEY=` on lines that begin so, as views. */
function applicationKeysIn(plain: Buffer): Buffer[] {
  const lines = plain.toString('latin1').matchAll(/^APPLICATION_KEY=(.+?)\r?$/gm);
  return [...lines].map((line) => {
    const start = line.index + 'APPLICATION_KEY='.length;
    return plain.subarray(start, start + (line[1] as string).length);
  });
}

/** 32 bytes that are no text, with a line break that an editor or a shell added. */
function rawKey(plain: Buffer): EncryptionKey | undefined {
  const rest = plain.subarray(keyLength).toString('latin1');
  if (plain.length < keyLength || !['', '\n', '\r\n'].includes(rest)) return undefined;
  if (textOf(plain) !== undefined) return undefined;
  return new EncryptionKey(Buffer.from(plain.subarray(0, keyLength)));
}

/** The only key; several are refused by their fingerprints. The others are disposed. */
export function onlyKey(read: SealedKeys | Broken): { readonly key: EncryptionKey } | Broken {
  if ('broken' in read) return read;
  const [[key, ...readings] = [], ...more] = read.values;
  const others = [...readings, ...more.flat()];
  try {
    if (key && more.length === 0) return { key };
    const names = read.values.map(([first]) => `key ${first?.fingerprint}`);
    key?.[Symbol.dispose]();
    return broken(
      'text',
      `it decrypts, but contains more than one key: ${enumerated(names)}`,
      'give the fingerprint of the key that you want, or the application that uses it',
    );
  } finally {
    for (const other of others) other[Symbol.dispose]();
  }
}
