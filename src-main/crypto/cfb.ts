import { createCipheriv, randomBytes } from 'node:crypto';

/** Bytes of feedback per cipher call: CFB128 feeds whole blocks, CFB8 single bytes (NIST SP 800-38A, 6.3). */
export const segments = { cfb128: 16, cfb8: 1 } as const;
export type Segment = keyof typeof segments;

/** One ciphertext: 16 bytes of IV and a body of the plaintext's length. */
export interface Sealed {
  readonly iv: Uint8Array;
  readonly body: Uint8Array;
}

/** Plaintexts of a batch. All share one `storage`, which the caller wipes when done with them. */
export interface OpenedBatch {
  readonly plaintexts: readonly Uint8Array[];
  readonly storage: Uint8Array;
}

export const blockLength = 16;
/** Cipher windows per ECB call when decrypting: bounds the working memory of CFB8 to 1 MiB. */
const windowsPerCall = 65_536;

/**
 * Decrypts many AES-256-CFB values with as few AES-ECB calls as possible: every cipher input of CFB decryption is
 * known beforehand (IV, C₁ … Cₙ₋₁), so all values go through the block cipher together (SP 800-38A, 6.3).
 */
export function decryptBatch(
  key: Uint8Array,
  segment: Segment,
  values: readonly Pick<Sealed, 'iv' | 'body'>[],
): OpenedBatch {
  const step = segments[segment];
  const ecb = ecbEncryptor(key);
  const storage = new Uint8Array(values.reduce((sum, value) => sum + value.body.length, 0));
  const plaintexts: Uint8Array[] = [];
  let offset = 0;
  for (const { body } of values) {
    plaintexts.push(storage.subarray(offset, offset + body.length));
    offset += body.length;
  }
  const windows = new Uint8Array(Math.min(windowsPerCall, countWindows(values, step)) * blockLength);
  for (const run of runsOfWindows(values, step)) {
    let at = 0;
    for (const part of run) at = copyWindows(windows, at, part.value, part.first, part.count, step);
    const keystream = ecb(windows.subarray(0, at));
    at = 0;
    for (const { index, value, first, count } of run) {
      const plaintext = plaintexts[index] as Uint8Array;
      const end = Math.min(value.body.length, (first + count) * step);
      if (step === 1) {
        for (let i = first; i < end; i++, at += blockLength) {
          plaintext[i] = (value.body[i] as number) ^ (keystream[at] as number);
        }
      } else {
        const start = first * step;
        for (let i = start; i < end; i++) {
          plaintext[i] = (value.body[i] as number) ^ (keystream[at + i - start] as number);
        }
        at += count * blockLength;
      }
    }
    keystream.fill(0);
  }
  return { plaintexts, storage };
}

/**
 * Encrypts many values under given IVs, which must be fresh random bytes for each value. Returns the bodies, in order:
 * views of one storage.
 */
export function encryptBatch(
  key: Uint8Array,
  segment: Segment,
  values: readonly { readonly iv: Uint8Array; readonly plaintext: Uint8Array }[],
): Uint8Array[] {
  const plaintexts = values.map(({ plaintext }) => plaintext);
  const tapes = layTapes(plaintexts);
  for (const [i, { iv }] of values.entries()) (tapes[i] as Buffer).set(iv);
  fillTapes(key, segment, tapes, plaintexts);
  return tapes.map((tape) => tape.subarray(blockLength));
}

/** Encrypts many values, each under an IV from the CSPRNG. Returns IV ‖ body of each: views of one storage. */
export function sealBatch(key: Uint8Array, segment: Segment, plaintexts: readonly Uint8Array[]): Buffer[] {
  const tapes = layTapes(plaintexts);
  const ivs = randomBytes(tapes.length * blockLength);
  for (let i = 0; i < tapes.length; i++) {
    ivs.copy(tapes[i] as Buffer, 0, i * blockLength, (i + 1) * blockLength);
  }
  fillTapes(key, segment, tapes, plaintexts);
  return tapes;
}

/** Room for IV ‖ body of each value. The cipher input at position p is always tape[p·step … +16]. */
function layTapes(plaintexts: readonly Uint8Array[]): Buffer[] {
  let total = 0;
  for (const plaintext of plaintexts) total += blockLength + plaintext.length;
  const storage = Buffer.allocUnsafeSlow(total);
  let end = 0;
  return plaintexts.map((plaintext) => {
    const start = end;
    end += blockLength + plaintext.length;
    return storage.subarray(start, end);
  });
}

/** Runs all values in lockstep: one AES-ECB call encrypts the feedback of the same position in all of them. */
function fillTapes(
  key: Uint8Array,
  segment: Segment,
  tapes: readonly Buffer[],
  plaintexts: readonly Uint8Array[],
): void {
  const step = segments[segment];
  const ecb = ecbEncryptor(key);
  const lengthAt = (index: number) => (plaintexts[index] as Uint8Array).length;
  const longestFirst = plaintexts.map((_, index) => index);
  longestFirst.sort((a, b) => lengthAt(b) - lengthAt(a));
  const inputs = new Uint8Array(plaintexts.length * blockLength);
  let active = plaintexts.length;
  for (let start = 0; ; start += step) {
    while (active > 0 && lengthAt(longestFirst[active - 1] as number) <= start) active--;
    if (active === 0) break;
    for (let lane = 0; lane < active; lane++) {
      const tape = tapes[longestFirst[lane] as number] as Uint8Array;
      for (let i = 0; i < blockLength; i++) inputs[lane * blockLength + i] = tape[start + i] as number;
    }
    const keystream = ecb(inputs.subarray(0, active * blockLength));
    for (let lane = 0; lane < active; lane++) {
      const index = longestFirst[lane] as number;
      const tape = tapes[index] as Uint8Array;
      const plaintext = plaintexts[index] as Uint8Array;
      const end = Math.min(step, plaintext.length - start);
      for (let i = 0; i < end; i++) {
        tape[blockLength + start + i] =
          (plaintext[start + i] as number) ^ (keystream[lane * blockLength + i] as number);
      }
    }
  }
}

/** AES-256-ECB over whole blocks: stateless, so one cipher object serves any number of calls. */
function ecbEncryptor(key: Uint8Array): (blocks: Uint8Array) => Buffer {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return (blocks) => cipher.update(blocks);
}

function countWindows(values: readonly Pick<Sealed, 'body'>[], step: number): number {
  return values.reduce((sum, value) => sum + Math.ceil(value.body.length / step), 0);
}

interface WindowRun {
  readonly index: number;
  readonly value: Sealed;
  readonly first: number;
  readonly count: number;
}

/** Cuts the windows of all values into groups that fit one ECB call. */
function* runsOfWindows(values: readonly Sealed[], step: number): Generator<WindowRun[]> {
  let run: WindowRun[] = [];
  let room = windowsPerCall;
  for (const [index, value] of values.entries()) {
    const total = Math.ceil(value.body.length / step);
    for (let first = 0; first < total; ) {
      const count = Math.min(room, total - first);
      run.push({ index, value, first, count });
      first += count;
      room -= count;
      if (room === 0) {
        yield run;
        run = [];
        room = windowsPerCall;
      }
    }
  }
  if (run.length > 0) yield run;
}

/** Copies `count` cipher inputs of IV‖body, from window `first` on, to `into` at `at`; returns the new end. */
function copyWindows(
  into: Uint8Array,
  at: number,
  { iv, body }: Sealed,
  first: number,
  count: number,
  step: number,
): number {
  if (step === blockLength) {
    // whole blocks lie side by side: IV, C₁ … Cₙ₋₁ is one stretch of the tape
    const start = first * step - blockLength;
    if (first === 0) into.set(iv, at);
    const from = Math.max(0, start);
    into.set(body.subarray(from, start + count * blockLength), at + (first === 0 ? blockLength : 0));
    return at + count * blockLength;
  }
  for (let window = first; window < first + count; window++) {
    for (let i = 0; i < blockLength; i++, at++) {
      const position = window + i;
      into[at] = (position < blockLength ? iv[position] : body[position - blockLength]) as number;
    }
  }
  return at;
}
