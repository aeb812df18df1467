import { randomBytes, randomInt } from 'node:crypto';

/** What the text of a key is written with; of `characters` the length is that of the text, else bytes. */
export interface KeyClass {
  readonly as: 'base64' | 'base64url' | 'hex' | 'characters' | 'base64-prefixed';
  readonly length: number;
  readonly isUpper?: true;
  readonly isUnpadded?: true;
}

/** Lengths at which base64 is meant and not a word. */
const usualLengths = [16, 32, 64];

/**
 * The class of a key by its text alone; of a list of keys that are alike, that of the first. It matters to the letter: 32 hexadecimal
 * digits are 16 bytes for one application and 32 characters for another, and both are told apart by nothing but the length.
 */
export function keyClassOf(written: Uint8Array): KeyClass {
  const text = Buffer.from(written.buffer, written.byteOffset, written.byteLength).toString('latin1');
  const classes = text.split(',').map(classOfOne);
  const [first] = classes;
  // a passphrase may have commas in it
  const isList =
    first && classes.every(({ as, length }) => as === first.as && length === first.length && length >= 16);
  return isList ? first : classOfOne(text);
}

function classOfOne(text: string): KeyClass {
  if (text.startsWith('base64:'))
    return { as: 'base64-prefixed', length: Buffer.from(text.slice(7), 'base64').length };
  if (/^(?:[\da-f]{2}){8,}$/.test(text) || /^(?:[\dA-F]{2}){8,}$/.test(text))
    return { as: 'hex', length: text.length / 2, ...(/[A-F]/.test(text) && { isUpper: true }) };
  const bytes = Buffer.from(text, 'base64');
  const isPadded = text.endsWith('=');
  const isBase64 = /^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}$/.test(text);
  const isKey = usualLengths.includes(bytes.length) && (isPadded || text.length === 43);
  bytes.fill(0);
  if (isBase64 && isKey) {
    const as = /[_-]/.test(text) ? 'base64url' : 'base64';
    return { as, length: bytes.length, ...(!isPadded && { isUnpadded: true }) };
  }
  return { as: 'characters', length: text.length };
}

/**
 * The class of a key that is meant to be written `as` that, where its text can be: digits of hex in any case, and base64 without padding.
 * Undefined where it cannot, and for characters, which anything is.
 */
export function keyClassAs(written: Uint8Array, as: KeyClass['as']): KeyClass | undefined {
  const text = Buffer.from(written.buffer, written.byteOffset, written.byteLength).toString('latin1');
  if (as === 'hex' && /^(?:[\da-f]{2}){8,}$/i.test(text)) return { as, length: text.length / 2 };
  if ((as !== 'base64' && as !== 'base64url') || !/^(?:[A-Za-z0-9+/]+|[\w-]+)={0,2}$/.test(text))
    return undefined;
  const bytes = Buffer.from(text, 'base64');
  const { length } = bytes;
  const isWhole =
    bytes.toString('base64url') === text.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_');
  bytes.fill(0);
  const alphabet = /[_-]/.test(text) ? 'base64url' : /[+/]/.test(text) ? 'base64' : as;
  if (!isWhole || !usualLengths.includes(length)) return undefined;
  return { as: alphabet, length, ...(!text.endsWith('=') && { isUnpadded: true }) };
}

/**
 * Whether an application that reads the old key reads the new one in the same way. A passphrase may be of any length, but characters in
 * the number of a cipher's key may be that key.
 */
export function isSameClass(old: KeyClass, fresh: KeyClass): boolean {
  if (old.as === 'characters' && fresh.as === 'characters')
    return old.length === fresh.length || !isKeyLength(old.length);
  const isAlike = (as: KeyClass['as']) => (as === 'base64url' ? 'base64' : as);
  return isAlike(old.as) === isAlike(fresh.as) && old.length === fresh.length;
}

function isKeyLength(length: number): boolean {
  return length === 16 || length === 24 || length === 32;
}

const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A new key of a class, from the operating system's CSPRNG, as text. The caller wipes it. */
export function makeKeyText({ as, length, isUpper, isUnpadded }: KeyClass): Buffer {
  if (as === 'characters') {
    // a passphrase that was short is made long; a cipher's own length stays
    const count = isKeyLength(length) ? length : Math.max(length, 32);
    return Buffer.from(
      Array.from({ length: count }, () => characters.charCodeAt(randomInt(characters.length))),
    );
  }
  const bytes = randomBytes(length);
  const text = textOf(bytes, as);
  bytes.fill(0);
  const cased = isUpper ? text.toUpperCase() : text;
  return Buffer.from(isUnpadded ? cased.replace(/=+$/, '') : cased, 'latin1');
}

function textOf(bytes: Buffer, as: Exclude<KeyClass['as'], 'characters'>): string {
  switch (as) {
    case 'hex':
      return bytes.toString('hex');
    case 'base64':
      return bytes.toString('base64');
    case 'base64url':
      return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
    case 'base64-prefixed':
    default:
      return `base64:${bytes.toString('base64')}`;
  }
}

/** The class in words, like `64 hexadecimal digits`. */
export function keyClassInWords({ as, length, isUnpadded }: KeyClass): string {
  switch (as) {
    case 'hex':
      return `${2 * length} hexadecimal digits`;
    case 'characters':
      return `${length} characters`;
    case 'base64-prefixed':
      return `\`base64:\` and ${length} bytes in base64`;
    case 'base64':
    case 'base64url':
    default:
      return `${length} bytes in ${as}${isUnpadded ? ' without padding' : ''}`;
  }
}
