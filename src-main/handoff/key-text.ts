import { ApplicationKey, parseApplicationKey } from '#crypto/application-key';
import { type EncryptionKey, generateEncryptionKey, parseEncryptionKey } from '#crypto/encryption-key';
import type { EnvironmentSettings } from '#environments/environment-settings';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';

type Settings = Pick<EnvironmentSettings, 'application'> | undefined;

/**
 * The fingerprint of the key that `value` is, for whoever reads `key`: in base64, or as another application's is written; undefined where
 * it is none. Without a `key` both are tried.
 */
export function fingerprintOfValue(value: string, key: EncryptionKey | undefined): string | undefined {
  const asBallast = fingerprintBy(() => parseEncryptionKey(value, { allowWeak: true }));
  if (asBallast !== undefined || (key && !(key instanceof ApplicationKey))) return asBallast;
  // files are read byte by byte
  return fingerprintBy(() => parseApplicationKey(Buffer.from(value, 'latin1')));
}

/**
 * A key as the application of its environment reads it: all values are read in the same way then, also where this key is one that Ballast
 * could read. Takes over `key`; the caller disposes what it gets.
 */
export function asReadBy(settings: Settings, key: EncryptionKey): EncryptionKey {
  if (settings?.application === undefined || key instanceof ApplicationKey) return key;
  using plain = key;
  return new ApplicationKey(Buffer.from(plain.written), plain.fingerprint);
}

/** A key that is written nowhere: values are read as the application of the environment reads its own. The caller disposes it. */
export function readerOf(settings: Settings): EncryptionKey {
  return asReadBy(settings, generateEncryptionKey());
}

function fingerprintBy(read: () => EncryptionKey): string | undefined {
  try {
    using key = read();
    return key.fingerprint;
  } catch (error) {
    expectedFailure(error);
    return undefined;
  }
}

/** What is shown in the place of a value: a key by its fingerprint, anything else by nothing but that it is none. */
export function maskOf(value: string, key: EncryptionKey | undefined): string {
  const fingerprint = fingerprintOfValue(value, key);
  if (fingerprint) return `key ${fingerprint}`;
  return value === '' ? 'empty' : 'no key';
}

/** What is shown in the place of what is written: a key by its fingerprint, or that nothing is. */
export function maskOfKey(key: EncryptionKey | undefined): string {
  return key ? `key ${key.fingerprint}` : 'empty';
}

/**
 * What is written where a key is read: its text, or nothing. Throws `usage` for a passphrase that a file of settings may read in another
 * way than it is written.
 */
export function textOfKey(key: EncryptionKey | undefined): string {
  if (!key) return '';
  const text = key.written.toString('latin1');
  if (isBase64Key(text) || readsAsWritten(text)) return text;
  throw new KeelError(
    'usage',
    `key ${key.fingerprint} has characters that a file or a program may read in another way, or could pass for a number; nothing was changed`,
    'write it there yourself, quoted as that file needs it, or rotate to a key that Keel generates',
  );
}

/** 32 bytes in base64 or base64url. What a file makes of these is Ballast's matter as well. */
function isBase64Key(text: string): boolean {
  return /^[\w+/-]{43}=$/.test(text);
}

/** Letters, digits and what base64 and lists need: YAML, shells, `.env` readers and systemd all take these to the letter within a word. */
function readsAsWritten(text: string): boolean {
  return /^[\w+/-](?:[\w+/=.,-]|:(?=[\w+/-]))*$/.test(text) && !couldBeNumber(text);
}

/** A number of YAML 1.1 or 1.2, sexagesimal ones included. */
function couldBeNumber(text: string): boolean {
  return /^[-+]?(?:[\d._:]+|\d[\d_]*(?:\.[\d_]*)?e[-+]?\d+|0x[\da-f_]+|0o?[0-7_]+|0b[01_]+)$/i.test(text);
}
/** The text that is in base64 of its own, as in the data of a Kubernetes Secret. One character a byte. */
export function textOfBase64(encoded: string): string {
  return reencoded(encoded, 'base64', 'latin1');
}

/** Base64 of a text of one character a byte. */
export function base64OfText(text: string): string {
  return reencoded(text, 'latin1', 'base64');
}

function reencoded(text: string, from: BufferEncoding, to: BufferEncoding): string {
  const bytes = Buffer.from(text, from);
  const other = bytes.toString(to);
  bytes.fill(0);
  return other;
}
