import { blockLength } from './aes-ecb.ts';
import { CipherTape, decryptTape, encryptTape, wholeBlocks } from './cipher-tape.ts';
import type { OpenedBatch, Sealed } from './sealed.ts';

/** CFB128 decryption of values that lie apart. */
export function decryptBlocks(key: Uint8Array, values: readonly Sealed[]): OpenedBatch {
  const tape = tapeFor(values.map(({ body }) => body));
  for (const { iv, body } of values) {
    tape.bytes.set(iv, tape.end);
    tape.bytes.set(body, tape.end + blockLength);
    tape.push(body.length);
  }
  const storage = new Uint8Array(tape.end);
  decryptTape(key, tape, storage);
  // an IV may be a part of the key
  tape.bytes.fill(0);
  const plaintexts = values.map(({ body }, i) => {
    const start = (tape.starts[i] as number) + blockLength;
    return storage.subarray(start, start + body.length);
  });
  return { plaintexts, storage };
}

/** CFB128 encryption of values that lie apart. Returns IV ‖ body of each. */
export function encryptBlocks(key: Uint8Array, ivs: Uint8Array, plaintexts: readonly Uint8Array[]): Buffer[] {
  const tape = tapeFor(plaintexts);
  for (let i = 0; i < plaintexts.length; i++) {
    const plaintext = plaintexts[i] as Uint8Array;
    tape.bytes.set(ivs.subarray(i * blockLength, (i + 1) * blockLength), tape.end);
    tape.bytes.set(plaintext, tape.end + blockLength);
    tape.push(plaintext.length);
  }
  encryptTape(key, tape);
  const storage = Buffer.from(tape.bytes.buffer);
  return plaintexts.map(({ length }, i) => {
    const start = tape.starts[i] as number;
    return storage.subarray(start, start + blockLength + length);
  });
}

/** With room for exactly these: a tape that grows leaves what it held behind. */
function tapeFor(bodies: readonly Uint8Array[]): CipherTape {
  const bytes = bodies.reduce((sum, { length }) => sum + blockLength + wholeBlocks(length), 0);
  return new CipherTape(bodies.length, bytes);
}
