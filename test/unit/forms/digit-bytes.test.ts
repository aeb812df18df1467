import { randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digitBytes } from '#forms/digit-bytes';
import { type Encoding, encodings } from '#forms/encodings';

const names = ['base64', 'base64url', 'hex', 'raw'] as const;

/** Texts as they are written, and such as hardly differ from them. */
function textsOf(name: (typeof names)[number], bytes: Buffer): string[] {
  const write: Encoding['write'] = (...written) => encodings[name].write(...written);
  const text = write(bytes, {});
  const manners = [
    write(bytes, { padded: true }),
    write(bytes, { padded: false }),
    write(bytes, { upper: true }),
  ];
  const at = randomInt(text.length + 1);
  const other = String.fromCharCode(randomInt(256));
  return [
    text,
    ...manners,
    text.slice(0, at) + other + text.slice(at + 1),
    text.slice(0, at) + other + text.slice(at),
    text.slice(0, -1),
    `${text}=`,
    `${text}==`,
    text.replace(/=+$/, '='),
    text.toLowerCase(),
  ];
}

describe.each(names)('%s in place', (name) => {
  const inPlace = digitBytes[name];

  it('reads nothing that the encoding does not read, and reads the same', () => {
    for (let round = 0; round < 600; round++) {
      const bytes = randomBytes(randomInt(80));
      for (const text of textsOf(name, bytes)) {
        const data = Buffer.from(`<<${text}>>`, 'latin1');
        const out = Buffer.alloc(text.length + 8);
        const length = inPlace?.read(data, 2, data.length - 2, out, 3) ?? -1;
        const read = encodings[name].read(text);
        if (length < 0) continue;
        expect(read?.bytes.toString('hex'), text).toBe(out.toString('hex', 3, 3 + length));
      }
    }
  });

  it('reads every value that is written without breaks, with a letter where letters have a case', () => {
    for (let length = 1; length < 100; length++) {
      const bytes = randomBytes(length);
      bytes[0] = 0xab;
      for (const text of [encodings[name].write(bytes, {}), encodings[name].write(bytes, { padded: true })]) {
        const data = Buffer.from(text, 'latin1');
        expect(inPlace?.read(data, 0, data.length, Buffer.alloc(length), 0)).toBe(length);
      }
    }
  });

  it('writes other bytes as the encoding would, into the same room', () => {
    for (let round = 0; round < 600; round++) {
      const bytes = randomBytes(randomInt(80));
      const fresh = randomBytes(bytes.length + 8);
      for (const text of textsOf(name, bytes)) {
        const data = Buffer.from(`<<${text}>>`, 'latin1');
        const length = inPlace?.read(data, 2, data.length - 2, Buffer.alloc(text.length), 0) ?? -1;
        const read = encodings[name].read(text);
        if (length < 0 || !read) continue;
        inPlace?.write(fresh, 0, length, data, 2);
        const written = encodings[name].write(fresh.subarray(0, length), read.manner);
        expect(data.toString('latin1')).toBe(`<<${written}>>`);
      }
    }
  });
});
