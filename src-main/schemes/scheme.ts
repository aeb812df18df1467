import { createHash, createHmac } from 'node:crypto';
import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { aesCbc } from './aes-cbc.ts';
import { aesGcm } from './aes-gcm.ts';
import { cbcWithMacOf, fernet, laravelCbc } from './cbc-hmac.ts';
import { type KeyReading, parseKeyReading } from './key-reading.ts';
import { chacha, xchacha, xsalsa } from './poly1305.ts';
import type { SchemeCipher } from './sealed-parts.ts';

/** Ciphers by the words of a layout. `cfb` is Ballast's own, here with a key that is read otherwise. */
export const cipherNames = [
  'cfb',
  'aes-gcm',
  'aes-cbc',
  'fernet',
  'laravel-cbc',
  'chacha20-poly1305',
  'xchacha20-poly1305',
  'xsalsa20-poly1305',
] as const;
export type CipherName = (typeof cipherNames)[number];

const ciphers: Readonly<Record<Exclude<CipherName, 'cfb'>, SchemeCipher>> = {
  'aes-gcm': aesGcm,
  'aes-cbc': aesCbc,
  fernet,
  'laravel-cbc': laravelCbc,
  'chacha20-poly1305': chacha,
  'xchacha20-poly1305': xchacha,
  'xsalsa20-poly1305': xsalsa,
};

/** What another application does otherwise than Ballast: its cipher, and how it reads its key. Where the parts stand, the form says. */
export interface Scheme {
  readonly cipher: CipherName;
  /** The name of a reading, see `key-reading.ts`. */
  readonly key: string;
  /** The variable holds several keys, with commas between: the first encrypts, any may decrypt. */
  readonly isList: boolean;
  /** Constant associated data. */
  readonly aad?: string;
  /** Of AES-CBC: what the MAC in the tag is made of, see `cbcWithMacOf`. */
  readonly mac?: string;
  /** How the IV is made of the plaintext, so that equal secrets have equal ciphertexts; absent where it is random. */
  readonly iv?: IvRule;
}

/** Rails’ deterministic encryption: the beginning of an HMAC-SHA256 of the plaintext, under the key that encrypts. */
export const ivRules = ['hmac-sha256'] as const;
export type IvRule = (typeof ivRules)[number];

/** How the scheme's key is read. */
export function readingOf({ key }: Scheme): KeyReading {
  const reading = parseKeyReading(key);
  // a layout is read only where its words are known
  if (!reading) throw new Error(`the key reading ${key} is unknown`);
  return reading;
}

/** Undefined for CFB, which has a data path of its own. */
export function cipherOf({ cipher, mac }: Scheme): SchemeCipher | undefined {
  if (mac !== undefined) return cbcWithMacOf(mac);
  return cipher === 'cfb' ? undefined : ciphers[cipher];
}

export function isAuthenticated(scheme: Scheme): boolean {
  return cipherOf(scheme)?.isAuthenticated ?? false;
}

/** Texts of the single keys of a variable; one, but for lists. */
function textsOf({ isList }: Scheme, key: EncryptionKey): Buffer[] {
  if (!isList) return [key.written];
  const texts: Buffer[] = [];
  let from = 0;
  const { written } = key;
  while (from <= written.length) {
    const comma = written.indexOf(0x2c, from);
    const to = comma < 0 ? written.length : comma;
    if (to > from) texts.push(written.subarray(from, to));
    from = to + 1;
  }
  return texts;
}

/**
 * The bytes of the scheme's keys, in the order of the variable; the first encrypts. Owned by `key`. Throws `key-malformed` for a text
 * that the application could not read. Only for readings without a salt in each value.
 */
export async function keysOf(scheme: Scheme, key: EncryptionKey): Promise<Buffer[]> {
  const reading = readingOf(scheme);
  if (!('read' in reading)) throw new Error('this reading has a salt in each value');
  const lengths = cipherOf(scheme)?.keys ?? [16, 24, 32];
  const keys: Buffer[] = [];
  for (const [i, text] of textsOf(scheme, key).entries()) {
    const bytes = await key.derivedOnce(`${reading.name} ${i}`, () => reading.read(text));
    if (lengths.includes(bytes.length)) {
      keys.push(bytes);
      continue;
    }
    throw new KeelError(
      'key-malformed',
      `the application reads this key as ${bytes.length} bytes, but its cipher needs ${lengths.join(' or ')}`,
      'copy the complete key again from the application’s settings',
    );
  }
  return keys;
}

/** What a value's salt makes of each key of the variable: a key, and an IV where the reading derives one. The caller wipes both. */
export async function derivedKeys(
  scheme: Scheme,
  key: EncryptionKey,
  salt: Buffer,
): Promise<{ readonly key: Buffer; readonly iv: Buffer }[]> {
  const reading = readingOf(scheme);
  if (!('derive' in reading)) throw new Error('this reading has no salt');
  return Promise.all(
    textsOf(scheme, key).map(async (text) => {
      const bytes = await reading.derive(text, salt);
      return { key: bytes.subarray(0, reading.keyBytes), iv: bytes.subarray(reading.keyBytes) };
    }),
  );
}

/** The IV that the rule of a deterministic scheme makes of a plaintext. */
export function ivOfPlaintext(key: Uint8Array, plaintext: Uint8Array, length: number): Buffer {
  return createHmac('sha256', key).update(plaintext).digest().subarray(0, length);
}

/** A key's id as Payload writes it beside its ciphertexts: the beginning of the hash of the bytes that encrypt. */
export function keyIdOf(key: Uint8Array, length: number): Buffer {
  return createHash('sha256').update(key).digest().subarray(0, length);
}
