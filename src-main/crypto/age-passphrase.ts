import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import type { Identity, Recipient } from 'age-encryption';
import { KeelError } from '#errors/keel-error';
import { ageLibrary } from './age-library.ts';
import type { DerivationMemory } from './derivation-memory.ts';
import { derivations } from './derivations.ts';
import type { Secret } from './secret.ts';

/*
 * The scrypt recipient of age (C2SP age.md, "The scrypt recipient type"), as the age library has it too, but with the key
 * derived in Node's thread pool: the library's own takes a second and a half on the main thread, in which a window hangs.
 */

/** age's default cost, as a base-2 logarithm: half a second or so. */
const defaultWorkFactor = 18;
/** What a file may ask of us, as the age library limits it: 2^20 is 1 GiB. */
const highestWorkFactor = 20;
const saltLength = 16;
const wrappedLength = 32;
const label = Buffer.from('age-encryption.org/v1/scrypt');

/** Throws `passphrase-missing` for what no one could type. */
export function passphraseBytes(passphrase: Secret): Uint8Array {
  if (passphrase.bytes.length > 0 && isUtf8(passphrase.bytes)) return passphrase.bytes;
  throw new KeelError(
    'passphrase-missing',
    'the passphrase is empty or not UTF-8 text; nothing was decrypted or written',
    'use a passphrase of at least five random words',
  );
}

/** Seals files to a passphrase, each under a salt of its own. It must be the only recipient of a file. */
export function passphraseRecipient(
  passphrase: Uint8Array,
  workFactor = defaultWorkFactor,
  memory?: DerivationMemory,
): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const { Stanza } = await ageLibrary();
      const salt = randomBytes(saltLength);
      const key = await derivedKey(passphrase, salt, workFactor, memory);
      const body = chacha20poly1305(key, zeroNonce()).encrypt(fileKey);
      key.fill(0);
      return [new Stanza(['scrypt', salt.toString('base64').replace(/=+$/, ''), String(workFactor)], body)];
    },
  };
}

/**
 * Opens files that are sealed to a passphrase; null for another passphrase. Throws for a stanza that breaks the format, and what
 * `Derivations` throws.
 */
export function passphraseIdentity(passphrase: Uint8Array, memory?: DerivationMemory): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const stanza = stanzas.find(({ args }) => args[0] === 'scrypt');
      if (!stanza) return null;
      if (stanzas.length !== 1) throw new Error('scrypt recipient is not the only one in the header');
      const [, salt, workFactor] = readArguments(stanza.args);
      if (stanza.body.length !== wrappedLength) throw new Error('invalid scrypt stanza');
      const key = await derivedKey(passphrase, salt, workFactor, memory);
      try {
        const fileKey = chacha20poly1305(key, zeroNonce()).decrypt(stanza.body);
        derivations.tried(salted(salt), key, true);
        return fileKey;
      } catch {
        derivations.tried(salted(salt), key, false);
        return null;
      } finally {
        key.fill(0);
      }
    },
  };
}

function readArguments(args: readonly string[]): [type: string, salt: Buffer, workFactor: number] {
  const [type = '', saltText = '', factorText = ''] = args;
  const salt = Buffer.from(saltText, 'base64');
  const isCanonical = salt.toString('base64').replace(/=+$/, '') === saltText;
  if (args.length !== 3 || !isCanonical || salt.length !== saltLength || !/^[1-9]\d*$/.test(factorText)) {
    throw new Error('invalid scrypt stanza');
  }
  const workFactor = Number(factorText);
  if (workFactor > highestWorkFactor) throw new Error('scrypt work factor is too high');
  return [type, salt, workFactor];
}

/** For the caller to wipe. */
function derivedKey(
  passphrase: Uint8Array,
  salt: Buffer,
  workFactor: number,
  memory: DerivationMemory | undefined,
): Promise<Buffer> {
  const derive = () => deriveKey(passphrase, salt, workFactor);
  return memory ? memory.recall(salt, workFactor, derive) : derive();
}

function deriveKey(passphrase: Uint8Array, salt: Buffer, workFactor: number): Promise<Buffer> {
  return derivations.derive(passphrase, salted(salt), { n: 2 ** workFactor, r: 8, p: 1 });
}

function salted(salt: Buffer): Buffer {
  return Buffer.concat([label, salt]);
}

/** The key is used once. */
function zeroNonce(): Uint8Array {
  return new Uint8Array(12);
}
