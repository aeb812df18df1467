import { randomBytes } from 'node:crypto';
import { decryptBatch, sealUnder } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { OpenedBatch } from '#crypto/sealed';
import { literalBytes } from '#schemes/key-reading';
import {
  cipherOf,
  derivedKeys,
  ivOfPlaintext,
  keyIdOf,
  keysOf,
  readingOf,
  type Scheme,
} from '#schemes/scheme';
import type { SchemeCipher, SealedBody, SealedParts } from '#schemes/sealed-parts';
import type { Ciphertext } from './ciphertext.ts';
import type { Edit } from './leaf.ts';
import type { Layout } from './layout.ts';

/*
 * The way of other applications' ciphertexts, value by value: their ciphers prove each by its own tag, and their keys may be of the
 * value's own salt. Ballast's have the tape (`values-in-place.ts`).
 */

const nothing = new Uint8Array();

/** A key as a value is encrypted with it, and the IV that was derived with it. */
interface ValueKey {
  readonly key: Buffer;
  readonly iv: Buffer;
}

/** Decrypts ciphertexts of a scheme. Those that are refused, since they are not this key's or damaged, are empty and said to be so. */
export async function openScheme(
  { segment }: Layout,
  scheme: Scheme,
  key: EncryptionKey,
  values: readonly Ciphertext[],
): Promise<OpenedBatch> {
  const opened = await Promise.all(
    values.map((value) =>
      withKeys(scheme, key, value.salt, (keys) => {
        for (const one of keys) {
          const plaintext = openValue(scheme, segment, one, value);
          if (plaintext) return plaintext;
        }
        return undefined;
      }),
    ),
  );
  const storage = Buffer.concat(opened.map((plaintext) => plaintext ?? nothing));
  let at = 0;
  return {
    storage,
    refused: opened.map((plaintext) => plaintext === undefined),
    plaintexts: opened.map((plaintext) => {
      const length = plaintext?.length ?? 0;
      plaintext?.fill(0);
      at += length;
      return storage.subarray(at - length, at);
    }),
  };
}

/** Encrypts plaintexts in place of the ciphertexts that they came from, as `sealCiphertexts` does. Of several keys, the first encrypts. */
export async function sealScheme(
  { segment }: Layout,
  scheme: Scheme,
  key: EncryptionKey,
  values: readonly Ciphertext[],
  plaintexts: readonly Uint8Array[],
  isUpper?: boolean,
): Promise<Edit[][]> {
  return Promise.all(
    values.map((value, i) => {
      const salt = value.salt && randomBytes(value.salt.length);
      return withKeys(scheme, key, salt, ([first]) => {
        const { key: bytes, iv: derived } = first as ValueKey;
        const plaintext = plaintexts[i] as Uint8Array;
        const iv = derived.length > 0 ? derived : newIv(scheme, bytes, value, plaintext);
        const { body, tag } = sealValue(scheme, segment, bytes, iv, value, plaintext);
        return value.rewrite({
          sealed: Buffer.concat([iv, body]),
          ivLength: iv.length,
          tag,
          isUpper,
          ...(salt && { salt }),
          ...(value.keyIdLength !== undefined && { keyId: keyIdOf(bytes, value.keyIdLength) }),
        });
      });
    }),
  );
}

/** As many as a platform derives at once by default. */
const derivedAtOnce = 4;
/** Derivations take the same time whatever the salt is. */
const saltLength = 16;

/** How long the key of one value takes to derive on this machine, in seconds, while others are derived beside it. Of a list of keys, all. */
export async function derivationSeconds({ scheme }: Layout, key: EncryptionKey): Promise<number> {
  if (!scheme) return 0;
  const startedAt = performance.now();
  const salts = Array.from({ length: derivedAtOnce }, () => randomBytes(saltLength));
  await Promise.all(salts.map((salt) => withKeys(scheme, key, salt, () => undefined)));
  return (performance.now() - startedAt) / 1000 / derivedAtOnce;
}

async function withKeys<T>(
  scheme: Scheme,
  key: EncryptionKey,
  salt: Buffer | undefined,
  use: (keys: readonly ValueKey[]) => T,
): Promise<T> {
  if (!('derive' in readingOf(scheme))) {
    const all = await keysOf(scheme, key);
    return use(all.map((bytes) => ({ key: bytes, iv: noBytes })));
  }
  const keys = await derivedKeys(scheme, key, salt ?? noBytes);
  try {
    return use(keys);
  } finally {
    for (const one of keys) one.key.fill(0);
  }
}

const noBytes = Buffer.alloc(0);

function openValue(
  scheme: Scheme,
  segment: Layout['segment'],
  { key, iv: derived }: ValueKey,
  value: Ciphertext,
): Uint8Array | undefined {
  const iv = derived.length > 0 ? derived : ivOf(value);
  const cipher = cipherOf(scheme);
  if (cipher) {
    const plaintext = cipher.open(key, { ...partsOf(value), iv }, aadOf(scheme));
    if (!plaintext || isDeterministic(cipher, key, iv, plaintext) === (scheme.iv !== undefined))
      return plaintext;
    plaintext.fill(0);
    return undefined;
  }
  const [plaintext] = decryptBatch(key, segment, [{ iv, body: value.body }]).plaintexts;
  return plaintext;
}

/**
 * Whether the IV was made of the plaintext. Such a value is of another form than one with a random IV, even if the tag is right: the
 * application finds rows by it, and would not find them again under a random one.
 */
function isDeterministic(
  { isAuthenticated }: SchemeCipher,
  key: Buffer,
  iv: Uint8Array,
  plaintext: Uint8Array,
): boolean {
  return isAuthenticated && iv.length > 0 && ivOfPlaintext(key, plaintext, iv.length).equals(iv);
}

function newIv(scheme: Scheme, key: Buffer, value: Ciphertext, plaintext: Uint8Array): Uint8Array {
  const old = ivOf(value);
  if (scheme.iv) return ivOfPlaintext(key, plaintext, old.length);
  return value.keepsIv ? old : randomBytes(old.length);
}

function sealValue(
  scheme: Scheme,
  segment: Layout['segment'],
  key: Buffer,
  iv: Uint8Array,
  value: Ciphertext,
  plaintext: Uint8Array,
): SealedBody {
  const cipher = cipherOf(scheme);
  if (!cipher) {
    const [sealed] = sealUnder(key, segment, iv, [plaintext]);
    return { body: (sealed as Buffer).subarray(iv.length), tag: nothing };
  }
  const { kept, tag } = partsOf(value);
  return cipher.seal(key, plaintext, { iv, kept, tagLength: tag.length, aad: aadOf(scheme) });
}

function partsOf({ body, tag, salt, kept }: Ciphertext): Omit<SealedParts, 'iv'> {
  return { body, tag: tag ?? nothing, salt: salt ?? nothing, kept: kept ?? nothing };
}

function aadOf({ aad = '' }: Scheme): Uint8Array {
  return literalBytes(aad);
}

/** Parts of the key are IVs of Ballast's kin alone. */
function ivOf({ iv }: Ciphertext): Uint8Array {
  return typeof iv === 'string' ? nothing : iv;
}
