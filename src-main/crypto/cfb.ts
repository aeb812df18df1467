import { randomBytes } from 'node:crypto';
import { blockLength } from './aes-ecb.ts';
import { decryptBlocks, encryptBlocks } from './cfb128.ts';
import { decryptBytes, encryptBytes } from './cfb8.ts';
import type { OpenedBatch, Sealed } from './sealed.ts';

/** Bytes of an IV: one block. */
export const ivLength = blockLength;

/** Bits of feedback per step: CFB128 feeds whole blocks, CFB8 single bytes (NIST SP 800-38A, 6.3). */
export const segments = ['cfb128', 'cfb8'] as const;
export type Segment = (typeof segments)[number];

/**
 * Decrypts many AES-256-CFB values with as few AES-ECB calls as possible: every cipher input of CFB decryption is
 * known beforehand (IV, C₁ … Cₙ₋₁), so all values go through the block cipher together (SP 800-38A, 6.3).
 */
export function decryptBatch(key: Uint8Array, segment: Segment, values: readonly Sealed[]): OpenedBatch {
  return segment === 'cfb128' ? decryptBlocks(key, values) : decryptBytes(key, values);
}

/** Encrypts many values under given IVs, which must be fresh random bytes for each value. Returns the bodies, in order. */
export function encryptBatch(
  key: Uint8Array,
  segment: Segment,
  values: readonly { readonly iv: Uint8Array; readonly plaintext: Uint8Array }[],
): Uint8Array[] {
  const ivs = Buffer.concat(values.map(({ iv }) => iv));
  const plaintexts = values.map(({ plaintext }) => plaintext);
  return sealUnder(key, segment, ivs, plaintexts).map((sealed) => sealed.subarray(blockLength));
}

/** Encrypts many values, each under an IV from the CSPRNG. Returns IV ‖ body of each: views of one storage. */
export function sealBatch(key: Uint8Array, segment: Segment, plaintexts: readonly Uint8Array[]): Buffer[] {
  return sealUnder(key, segment, randomBytes(plaintexts.length * blockLength), plaintexts);
}

/**
 * Encrypts many values, each under 16 bytes of `ivs`, in order. Returns IV ‖ body of each: views of one storage. All run in
 * lockstep: one AES-ECB call encrypts the feedback of the same position in all of them.
 */
export function sealUnder(
  key: Uint8Array,
  segment: Segment,
  ivs: Uint8Array,
  plaintexts: readonly Uint8Array[],
): Buffer[] {
  return segment === 'cfb128' ? encryptBlocks(key, ivs, plaintexts) : encryptBytes(key, ivs, plaintexts);
}
