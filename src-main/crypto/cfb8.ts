import { blockCipher, blockLength } from './aes-ecb.ts';
import type { OpenedBatch, Sealed } from './sealed.ts';

/** Cipher inputs of one ECB call when decrypting, one for each byte: its working memory is 1 MiB. */
const inputsPerCall = 65_536;

/*
 * On a tape of IV ‖ body, the cipher input of byte p is the 16 bytes that start at p; the first byte of the cipher's
 * answer is XORed (NIST SP 800-38A, 6.3, s = 8).
 */

export function decryptBytes(key: Uint8Array, values: readonly Sealed[]): OpenedBatch {
  const encrypt = blockCipher(key);
  const storage = new Uint8Array(values.reduce((sum, { body }) => sum + body.length, 0));
  const inputs = new Uint8Array(Math.min(inputsPerCall, storage.length) * blockLength);
  const plaintexts: Uint8Array[] = [];
  let waiting = 0;
  let done = 0;
  // the storage holds ciphertext until its keystream comes
  const flush = () => {
    const keystream = encrypt(inputs.subarray(0, waiting * blockLength));
    for (let i = 0; i < waiting; i++, done++) {
      storage[done] = (storage[done] as number) ^ (keystream[i * blockLength] as number);
    }
    keystream.fill(0);
    waiting = 0;
  };
  let end = 0;
  for (const { iv, body } of values) {
    storage.set(body, end);
    plaintexts.push(storage.subarray(end, end + body.length));
    end += body.length;
    const tape = Buffer.concat([iv, body]);
    for (let p = 0; p < body.length; p++) {
      for (let i = 0; i < blockLength; i++) inputs[waiting * blockLength + i] = tape[p + i] as number;
      waiting++;
      if (waiting === inputsPerCall) flush();
    }
    // an IV may be a part of the key
    tape.fill(0);
  }
  if (waiting > 0) flush();
  inputs.fill(0);
  return { plaintexts, storage };
}

/** Byte by byte in all values at once. Returns IV ‖ body of each. */
export function encryptBytes(key: Uint8Array, ivs: Uint8Array, plaintexts: readonly Uint8Array[]): Buffer[] {
  const encrypt = blockCipher(key);
  const tapes = plaintexts.map((plaintext, i) => {
    const tape = Buffer.alloc(blockLength + plaintext.length);
    tape.set(ivs.subarray(i * blockLength, (i + 1) * blockLength));
    return tape;
  });
  const lengthAt = (index: number) => (plaintexts[index] as Uint8Array).length;
  const longestFirst = plaintexts.map((_, index) => index).sort((a, b) => lengthAt(b) - lengthAt(a));
  const inputs = new Uint8Array(plaintexts.length * blockLength);
  let active = plaintexts.length;
  for (let p = 0; ; p++) {
    while (active > 0 && lengthAt(longestFirst[active - 1] as number) <= p) active--;
    if (active === 0) break;
    for (let lane = 0; lane < active; lane++) {
      inputs.set(
        (tapes[longestFirst[lane] as number] as Buffer).subarray(p, p + blockLength),
        lane * blockLength,
      );
    }
    const keystream = encrypt(inputs.subarray(0, active * blockLength));
    for (let lane = 0; lane < active; lane++) {
      const index = longestFirst[lane] as number;
      const byte = (plaintexts[index] as Uint8Array)[p] as number;
      (tapes[index] as Buffer)[blockLength + p] = byte ^ (keystream[lane * blockLength] as number);
    }
    // with the ciphertext it is the plaintext
    keystream.fill(0);
  }
  inputs.fill(0);
  return tapes;
}
