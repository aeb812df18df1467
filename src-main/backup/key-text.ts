import { ApplicationKey, parseApplicationKey } from '#crypto/application-key';
import { EncryptionKey, keyLength, parseEncryptionKey } from '#crypto/encryption-key';
import { expectedFailure } from '#errors/expected-failure';
import { anotherCopy, type Broken, broken } from './artefact-break.ts';
import { textOf } from '#storage/text-encoding';

/** What stands around a key in an artefact, for the person who opens it years later. */
export interface ArtefactNotes {
  /** The environment's name. */
  readonly environment: string;
  readonly createdAt: Date;
}

/** The name before the key of another application: to the end of the line, it is what that application reads. */
const applicationName = 'APPLICATION_KEY=';

/**
 * The text that is sealed in an age file: a short comment and a line with the key as it is read, after `ENCRYPTION_KEY=` or, for another
 * application than Ballast, `APPLICATION_KEY=`. The caller wipes it.
 */
export function keyText(key: EncryptionKey, { environment, createdAt }: ArtefactNotes): Buffer {
  const isOther = key instanceof ApplicationKey;
  const title = isOther
    ? '# Key of an application, backed up by Keel: the text after the equals sign, to the end of the line'
    : '# ENCRYPTION_KEY, backed up by Keel';
  const comment = [
    title,
    `# environment: ${onOneLine(environment)}`,
    `# fingerprint: ${key.fingerprint}`,
    `# written: ${createdAt.toISOString()}`,
    isOther ? applicationName : 'ENCRYPTION_KEY=',
  ];
  // the key may be any bytes
  return Buffer.concat([Buffer.from(comment.join('\n')), key.written, Buffer.from('\n')]);
}

/** The same with less around it, where every letter makes a code on paper finer. The caller wipes it. */
export function shortKeyText(key: EncryptionKey): Buffer {
  return Buffer.from(`# fingerprint: ${key.fingerprint}\nENCRYPTION_KEY=${key.toBase64()}\n`);
}

/**
 * Finds the one key in what was sealed, for the caller to dispose: the value of ENCRYPTION_KEY in any file of settings (`.env`,
 * `export`, YAML, JSON), the key alone as base64, base64url or hex, its 32 bytes, or the text of another application's key as `keyText`
 * writes it. Wipes `plain`.
 */
export function readKeyText(plain: Buffer): { readonly key: EncryptionKey } | Broken {
  try {
    const [other, ...more] = applicationKeysIn(plain);
    if (other && more.length === 0) return oneKey([readAs(() => parseApplicationKey(other))]);
    const text = textOf(plain);
    if (text === undefined) return readBytes(plain);
    const named = valuesOf(text);
    if (named.length > 0) return oneKey(named.map(readValue));
    // without the name the text has to be the key and nothing else, comments aside
    const alone = withoutComments(text);
    if (isKeyLong(alone)) return oneKey([readValue(alone)]);
    return broken('text', 'it decrypts, but contains no ENCRYPTION_KEY', anotherCopy);
  } finally {
    plain.fill(0);
  }
}

/** A value of ENCRYPTION_KEY on a line of its own, in quotes or not. JSON and YAML have a colon. */
const assignment =
  /(?:^|[\s{,])(?:export\s+|set\s+|\$env:)?["']?ENCRYPTION_KEY["']?[ \t]*[=:][ \t]*(?:"([^"\r\n]*)"|'([^'\r\n]*)'|([^\s,}#]*))/gi;

function valuesOf(text: string): string[] {
  return [...withoutComments(text).matchAll(assignment)].map(([, double, single, bare]) =>
    (double ?? single ?? bare ?? '').trim(),
  );
}

function withoutComments(text: string): string {
  return text.replace(/^[ \t]*(?:#|\/\/).*$/gm, '').trim();
}

/** A word about as long as 32 bytes in base64 or hex; what is a little off is told as such. */
function isKeyLong(text: string): boolean {
  return /^\S{38,70}$/.test(text);
}

type ReadKey = { readonly key: EncryptionKey } | { readonly mistake: string };

/** A key in any of the ways in which 32 bytes are written. What is none is told as a mistake in base64, which Ballast reads. */
function readValue(value: string): ReadKey {
  const bare = value.replace(/^(["'`])(.*)\1$/s, '$2').trim();
  for (const encoding of ['hex', 'base64url'] as const) {
    const bytes = Buffer.from(bare, encoding);
    const isExact =
      bytes.toString(encoding) === (encoding === 'hex' ? bare.toLowerCase() : bare.replace(/=+$/, ''));
    if (isExact && bytes.length === keyLength) return { key: new EncryptionKey(bytes) };
    bytes.fill(0);
  }
  return readAs(() => parseEncryptionKey(bare, { allowWeak: true }));
}

function readAs(parse: () => EncryptionKey): ReadKey {
  try {
    return { key: parse() };
  } catch (error) {
    return { mistake: expectedFailure(error).message };
  }
}

/** What follows `APPLICATION_KEY=` on lines that begin so, as views. */
function applicationKeysIn(plain: Buffer): Buffer[] {
  const lines = plain.toString('latin1').matchAll(/^APPLICATION_KEY=(.+?)\r?$/gm);
  return [...lines].map((line) => {
    const start = line.index + applicationName.length;
    return plain.subarray(start, start + (line[1] as string).length);
  });
}

/** 32 bytes that are no text: the key as it is. */
function readBytes(plain: Buffer): { readonly key: EncryptionKey } | Broken {
  if (plain.length === keyLength) return { key: new EncryptionKey(Buffer.from(plain)) };
  return broken(
    'text',
    `it decrypts, but contains ${plain.length} bytes that are not text, and no ENCRYPTION_KEY`,
    anotherCopy,
  );
}

function oneKey(read: readonly ReadKey[]): { readonly key: EncryptionKey } | Broken {
  const keys = read.flatMap((one) => ('key' in one ? [one.key] : []));
  const [key, ...more] = keys;
  const isOne = key && more.every((other) => other.bytes.equals(key.bytes));
  const mistakes = read.flatMap((one) => ('mistake' in one ? [one.mistake] : []));
  for (const one of isOne && mistakes.length === 0 ? more : keys) one[Symbol.dispose]();
  if (isOne && mistakes.length === 0) return { key };
  if (read.length > 1)
    return broken('text', 'it decrypts, but contains more than one ENCRYPTION_KEY', anotherCopy);
  return broken('key', `it decrypts, but ${mistakes[0] ?? 'it contains no ENCRYPTION_KEY'}`, anotherCopy);
}

/** A name with a line break in it could pass for a line of the artefact. */
export function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
