import { blockCipher, blockLength, wordsOf } from './aes-ecb.ts';
import type { OpenedBatch, Sealed } from './sealed.ts';

const wordsPerBlock = 4;
/** Blocks of one ECB call when decrypting: its working memory is 64 KiB. */
const blocksPerCall = 4_096;

/*
 * Values lie on one tape, each as IV ‖ body, filled up to whole blocks: then the cipher input of every block is the block
 * before it, and the tape is worked off in 32-bit words. What the filling becomes is never looked at.
 */

/** CFB128 decryption: Pⱼ = Cⱼ ⊕ E(Cⱼ₋₁), with C₀ = IV (NIST SP 800-38A, 6.3). */
export function decryptBlocks(key: Uint8Array, values: readonly Sealed[]): OpenedBatch {
  const starts = layOut(values, ({ body }) => body.length);
  const length = starts.pop() as number;
  const tape = new Uint8Array(length);
  for (let i = 0; i < values.length; i++) {
    const { iv, body } = values[i] as Sealed;
    tape.set(iv, starts[i]);
    tape.set(body, (starts[i] as number) + blockLength);
  }
  const encrypt = blockCipher(key);
  const words = wordsOf(tape);
  const storage = new Uint8Array(length);
  const plain = wordsOf(storage);
  for (let start = 0; start < length - blockLength; start += blocksPerCall * blockLength) {
    const end = Math.min(start + blocksPerCall * blockLength, length - blockLength);
    const keystream = wordsOf(encrypt(tape.subarray(start, end)));
    const from = (start >> 2) + wordsPerBlock;
    for (let i = 0; i < keystream.length; i++) {
      plain[from + i] = (words[from + i] as number) ^ (keystream[i] as number);
    }
    keystream.fill(0);
  }
  const plaintexts = values.map(({ body }, i) => {
    const start = (starts[i] as number) + blockLength;
    return storage.subarray(start, start + body.length);
  });
  return { plaintexts, storage };
}

/** CFB128 encryption: Cⱼ = Pⱼ ⊕ E(Cⱼ₋₁), block by block in all values at once. Returns IV ‖ body of each. */
export function encryptBlocks(key: Uint8Array, ivs: Uint8Array, plaintexts: readonly Uint8Array[]): Buffer[] {
  const starts = layOut(plaintexts, (plaintext) => plaintext.length);
  const tape = Buffer.alloc(starts.pop() as number);
  for (let i = 0; i < plaintexts.length; i++) {
    tape.set(ivs.subarray(i * blockLength, (i + 1) * blockLength), starts[i]);
    tape.set(plaintexts[i] as Uint8Array, (starts[i] as number) + blockLength);
  }
  encryptInPlace(key, wordsOf(tape), starts, plaintexts);
  return plaintexts.map(({ length }, i) => {
    const start = starts[i] as number;
    return tape.subarray(start, start + blockLength + length);
  });
}

function encryptInPlace(
  key: Uint8Array,
  words: Uint32Array,
  starts: readonly number[],
  plaintexts: readonly Uint8Array[],
): void {
  const encrypt = blockCipher(key);
  const lengthAt = (index: number) => (plaintexts[index] as Uint8Array).length;
  const longestFirst = plaintexts.map((_, index) => index).sort((a, b) => lengthAt(b) - lengthAt(a));
  const lanes = Uint32Array.from(longestFirst, (index) => (starts[index] as number) >> 2);
  const inputs = new Uint8Array(lanes.length * blockLength);
  const inputWords = wordsOf(inputs);
  let active = lanes.length;
  for (let block = 0; ; block++) {
    while (active > 0 && lengthAt(longestFirst[active - 1] as number) <= block * blockLength) active--;
    if (active === 0) break;
    for (let lane = 0; lane < active; lane++) {
      const from = (lanes[lane] as number) + block * wordsPerBlock;
      for (let i = 0; i < wordsPerBlock; i++)
        inputWords[lane * wordsPerBlock + i] = words[from + i] as number;
    }
    const keystream = wordsOf(encrypt(inputs.subarray(0, active * blockLength)));
    for (let lane = 0; lane < active; lane++) {
      const to = (lanes[lane] as number) + (block + 1) * wordsPerBlock;
      for (let i = 0; i < wordsPerBlock; i++) {
        words[to + i] = (words[to + i] as number) ^ (keystream[lane * wordsPerBlock + i] as number);
      }
    }
  }
}

/** Where each value starts on a tape of whole blocks, with room for its IV; the tape's length comes last. */
function layOut<T>(values: readonly T[], lengthOf: (value: T) => number): number[] {
  const starts = [0];
  let end = 0;
  for (const value of values) {
    end += blockLength + Math.ceil(lengthOf(value) / blockLength) * blockLength;
    starts.push(end);
  }
  return starts;
}
