import type { EncryptionKey } from '#crypto/encryption-key';
import { sealCiphertexts } from './cipher.ts';
import type { Ciphertext } from './ciphertext.ts';
import type { Edit } from './leaf.ts';
import type { Layout } from './layout.ts';
import { hasEitherAlphabet, holdsAlphabetSign } from './spelling.ts';

/** Chance that a random base64 digit is in both alphabets. */
const common = 62 / 64;
/** Draws that are expected to be enough for one value, at most; PBKDF2 makes each of a salted one cost milliseconds. */
const maxExpected = { salted: 1 << 11, unsalted: 1 << 18 };
/** With so many times the expected number of draws, one value in millions is missed. */
const timeout = 16;
const longestBatch = 1 << 10;
const batchBytes = 1 << 20;

/** How many IVs may still be drawn for the values of a table. */
export interface Draws {
  left: number;
}

/** A minute of draws at most. */
export function drawsOfTable(): Draws {
  return { left: 1 << 23 };
}

/**
 * Draws IVs until the new texts hold no digit that only one of the alphabets of base64 has, so that a reader of either reads them. `edits`:
 * the first draw. Undefined for a value that is too long for that, or whose IV is kept.
 */
export async function inEitherAlphabet(
  layout: Layout,
  key: EncryptionKey,
  values: readonly Ciphertext[],
  plaintexts: readonly Uint8Array[],
  edits: readonly Edit[][],
  draws: Draws,
): Promise<(Edit[] | undefined)[]> {
  if (!hasEitherAlphabet(layout)) return [...edits];
  const found: (Edit[] | undefined)[] = [];
  for (const [i, first] of edits.entries()) {
    const again = () => draw(layout, key, values[i] as Ciphertext, plaintexts[i] as Uint8Array, draws);
    found.push(isInEither(first) ? first : await again());
  }
  return found;
}

function isInEither(edits: readonly Edit[]): boolean {
  return !edits.some(({ text }) => holdsAlphabetSign(text));
}

async function draw(
  layout: Layout,
  key: EncryptionKey,
  value: Ciphertext,
  plaintext: Uint8Array,
  draws: Draws,
): Promise<Edit[] | undefined> {
  const digits = value.spans.reduce((sum, { from, to }) => sum + to - from, 0);
  const expected = common ** -digits;
  const max = layout.derivation === 'none' ? maxExpected.unsalted : maxExpected.salted;
  if (value.keepsIv || expected > max) return undefined;
  let tries = Math.ceil(timeout * expected);
  for (let size = 8; tries > 0 && draws.left > 0; size = Math.min(2 * size, longestBatch)) {
    const count = Math.max(1, Math.min(size, Math.floor(batchBytes / (plaintext.length + 1))));
    const drawn = await sealCiphertexts(
      layout,
      key,
      Array.from({ length: count }, () => value),
      Array.from({ length: count }, () => plaintext),
    );
    const found = drawn.find(isInEither);
    if (found) return found;
    tries -= count;
    draws.left -= count;
  }
  return undefined;
}
