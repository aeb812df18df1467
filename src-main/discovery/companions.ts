import { createHash, createHmac } from 'node:crypto';
import type { EncryptionKey } from '#crypto/encryption-key';
import { ivBytes } from '#forms/cipher';
import type { Ciphertext } from '#forms/ciphertext';
import { hexBytes } from '#forms/digit-bytes';
import { encodings } from '#forms/encodings';
import type { Field } from '#postgres/copy-binary';

/*
 * Some applications keep beside a ciphertext what was computed from it, or with its key: a MAC, a checksum, a keyed hash of the
 * plaintext to look it up by. A rotation that left it as it is would make the application refuse the value, or never find it. Each
 * is tried by computing it: a match of so many bytes is no chance.
 */

/** One value of a sample: its ciphertext, the text that it was read from, what it decrypts to, and the cells of its row. */
export interface SealedSample {
  readonly ciphertext: Ciphertext;
  readonly text: string;
  readonly plaintext: Uint8Array;
  readonly row: readonly Field[];
}

const hashes = ['sha256', 'sha1', 'sha512', 'md5'] as const;

/** What is next to a ciphertext and was computed from it: with the key, or from the ciphertext alone. */
export interface Companion {
  readonly what: string;
  readonly isKeyed: boolean;
}

/** What in the rows of these values was computed from them or from the key; undefined where nothing that is known to occur was. */
export function findCompanion(samples: readonly SealedSample[], key: EncryptionKey): Companion | undefined {
  if (holdsKeyId(samples, key)) return { what: 'an ID computed from the key', isKeyed: true };
  for (const sample of samples) {
    const haystack = haystackOf(sample);
    for (const { what, isKeyed, digest } of digestsOf(sample, key)) {
      if (writtenForms(digest).some((written) => haystack.includes(written))) return { what, isKeyed };
    }
  }
  return undefined;
}

/** What an HMAC under the key may be of, where it serves as the key's id. */
const idLabels = ['', 'kid', 'key-id', 'keyid', 'fingerprint'];

/** Whether every row holds the beginning or the end of the key, or of a hash of it: it is constant, so few bytes of it are no chance. */
function holdsKeyId(samples: readonly SealedSample[], key: EncryptionKey): boolean {
  if (samples.length === 0) return false;
  const haystacks = samples.map((sample) => haystackOf(sample, idsWithin));
  const text = key.written;
  const unpadded = text.subarray(0, text.findLastIndex((byte) => byte !== padding) + 1);
  const hex = hexOf(key.bytes);
  const ids = hashes.flatMap((hash) => [
    ...[key.bytes, text, unpadded, hex].map((form) => createHash(hash).update(form).digest()),
    ...[key.bytes, text].flatMap((form) =>
      idLabels.map((label) => createHmac(hash, form).update(label).digest()),
    ),
  ]);
  hex.fill(0);
  const found = [key.bytes, ...ids].some((id) =>
    idForms(id).some((written) => haystacks.every((haystack) => haystack.includes(written))),
  );
  // applications use hashes of a key as keys
  for (const id of ids) id.fill(0);
  return found;
}

const padding = 0x3d;

/** In hexadecimal digits, as bytes that the caller wipes. */
function hexOf(bytes: Uint8Array): Buffer {
  const digits = Buffer.alloc(2 * bytes.length);
  hexBytes.write(bytes, 0, bytes.length, digits, 0);
  return digits;
}

/** Characters of a cell in which an id is searched for: in a long text any few bytes are found in the end. */
const idsWithin = 2_048;
/** Shortest id that is searched for. */
const idBytes = 4;

function idForms(id: Uint8Array): string[] {
  const bytes = Buffer.from(id.buffer, id.byteOffset, id.byteLength);
  const [head, tail] = [bytes.subarray(0, idBytes), bytes.subarray(-idBytes)];
  // 4 bytes are 5 characters of base64 and a part of the next
  const base64 = head.toString('base64').slice(0, 5);
  const hexes = [head.toString('hex'), tail.toString('hex')];
  return [
    ...hexes,
    ...hexes.map((text) => text.toUpperCase()),
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    head.toString('latin1'),
    tail.toString('latin1'),
  ];
}

function* digestsOf(
  { ciphertext: { iv, body }, text, plaintext }: SealedSample,
  key: EncryptionKey,
): Generator<Companion & { readonly digest: Buffer }> {
  const ivText = Buffer.from(ivBytes(iv, key));
  const sealed = Buffer.concat([ivText, body]);
  const ciphertexts = [
    sealed,
    body,
    Buffer.from(text, 'latin1'),
    Buffer.from(ivText.toString('base64') + body.toString('base64')),
    Buffer.from(sealed.toString('base64')),
    Buffer.from(sealed.toString('hex')),
  ];
  const keyHash = createHash('sha256').update(key.bytes).digest();
  const keys = [key.bytes, key.written, key.bytes.subarray(0, 16), key.bytes.subarray(16), keyHash];
  try {
    for (const hash of hashes) {
      for (const secret of keys) {
        for (const message of ciphertexts) {
          yield {
            what: 'a MAC of the ciphertext',
            isKeyed: true,
            digest: createHmac(hash, secret).update(message).digest(),
          };
        }
        yield {
          what: 'a keyed hash of the plaintext',
          isKeyed: true,
          digest: createHmac(hash, secret).update(plaintext).digest(),
        };
      }
      for (const message of ciphertexts) {
        yield {
          what: 'a checksum of the ciphertext',
          isKeyed: false,
          digest: createHash(hash).update(message).digest(),
        };
      }
    }
  } finally {
    // also where the caller ends early, having found what it looks for
    keyHash.fill(0);
    // an IV may be a part of the key
    for (const made of ciphertexts) if (made !== body) made.fill(0);
    ivText.fill(0);
  }
}

/** Shortest stretch of a digest that is searched for: some keep only its first half. */
const leastBytes = 16;

function writtenForms(digest: Buffer): string[] {
  const head = digest.subarray(0, leastBytes);
  const hex = head.toString('hex');
  // 16 bytes end within a group of base64, so its last character may differ
  const base64 = head.toString('base64').slice(0, 21);
  return [
    hex,
    hex.toUpperCase(),
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    head.toString('latin1'),
  ];
}

/** All cells of the row, and the bytes of the value's own text, which may hold more than its parts. */
function haystackOf({ text, row }: SealedSample, max = Infinity): string {
  const own = (['base64', 'base64url', 'hex'] as const).map(
    (name) => encodings[name].read(text)?.bytes.toString('latin1') ?? '',
  );
  const cells = row.map((cell) => cell?.toString('latin1') ?? '');
  return [...cells, ...own].map((one) => one.slice(0, max)).join('\n');
}
