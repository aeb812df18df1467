import { decryptBatch, ivLength } from '#crypto/cfb';
import type { Proof } from './span-tape.ts';

/**
 * All that a body whose IV is elsewhere in its row decrypts to under `key`. `plain` holds what was decrypted for the proof, IV first, and that is the body's beginning only.
 * The caller wipes the result.
 */
export function siblingPlaintext(
  body: Uint8Array,
  { stream, segment }: Proof,
  plain: Uint8Array,
  key: Uint8Array,
): Uint8Array {
  const whole = new Uint8Array(body.length);
  whole.set(plain.subarray(ivLength, stream.length));
  const proven = stream.length - ivLength;
  if (body.length === proven) return whole;
  // CFB synchronises itself: the ciphertext before a part is all the IV that it needs
  const rest = { iv: body.subarray(proven - ivLength, proven), body: body.subarray(proven) };
  const { plaintexts, storage } = decryptBatch(key, segment, [rest]);
  whole.set(plaintexts[0] as Uint8Array, proven);
  storage.fill(0);
  return whole;
}
