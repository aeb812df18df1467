import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { builtFrom } from '../built-parts.mjs';
import { interleave, measure, ratio, timed } from '../measure.mjs';

/** Decrypts and encrypts values of one length: a batch of Keel's against one value at a time through the runtime's own cipher. */
export async function cipher({ rows, rounds }) {
  const { CipherTape, decryptTape, encryptTape } = await builtFrom(['crypto/cipher-tape']);
  const [from, to] = [randomBytes(32), randomBytes(32)];
  const measures = [];
  for (const [length, count] of [
    [55, Math.min(rows, 100_000)],
    [4_096, Math.min(Math.round(rows / 50), 4_000)],
  ]) {
    const batch = 2_000;
    const plain = Array.from({ length: count }, () => randomBytes(length));
    const samples = await interleave(
      rounds,
      {
        single: () =>
          timed(() => {
            for (const value of plain) throughRuntime(value, from, to);
          }),
        batch: () =>
          timed(() => {
            for (let start = 0; start < count; start += batch)
              throughTape(plain.slice(start, start + batch), from, to, {
                CipherTape,
                decryptTape,
                encryptTape,
              });
          }),
      },
      { warmUp: true },
    );
    const label = `${count.toLocaleString('en')} values of ${length.toLocaleString('en')} bytes, decrypted and encrypted anew`;
    measures.push(
      measure(`one at a time to a batch, ${label}`, '×', ratio(samples, 'single', 'batch'), {
        ...(length === 55 && { goal: 8, atLeast: true }),
      }),
      ...['single', 'batch'].map((side) =>
        measure(
          `${side === 'single' ? 'one at a time' : 'in batches'}, ${label}`,
          'µs a value',
          samples[side].map(({ seconds }) => (seconds * 1e6) / count),
        ),
      ),
    );
  }
  return measures;
}

function throughRuntime(value, from, to) {
  const decipher = createDecipheriv('aes-256-cfb', from, value.subarray(0, 16));
  const opened = Buffer.concat([decipher.update(value), decipher.final()]);
  const made = createCipheriv('aes-256-cfb', to, randomBytes(16));
  return Buffer.concat([made.update(opened), made.final()]);
}

/** Each value comes onto the tape and off it, as cells do. */
function throughTape(values, from, to, { CipherTape, decryptTape, encryptTape }) {
  const tape = new CipherTape(values.length, values.length * 96);
  for (const value of values) {
    tape.reserve(value.length);
    tape.bytes.set(value.subarray(0, 16), tape.end);
    tape.bytes.set(value, tape.end + 16);
    tape.push(value.length);
  }
  const opened = new Uint8Array(tape.bytes.length);
  decryptTape(from, tape, opened);
  tape.bytes.set(opened);
  const ivs = randomBytes(16 * tape.count);
  for (let i = 0; i < tape.count; i++) tape.bytes.set(ivs.subarray(16 * i, 16 * i + 16), tape.starts[i]);
  encryptTape(to, tape);
  return tape.bytes;
}
