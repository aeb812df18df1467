import { createHash, createHmac } from 'node:crypto';
import type { EncryptionKey } from '#crypto/encryption-key';
import { ivBytes } from '#forms/cipher';
import type { Ciphertext } from '#forms/ciphertext';
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

/** What stands beside a ciphertext and was computed from it: with the key, or from the ciphertext alone. */
export interface Companion {
  readonly what: string;
  readonly isKeyed: boolean;
}

/** What in the rows of these values was computed from them; undefined where nothing that is known to occur was. */
export function findCompanion(samples: readonly SealedSample[], key: EncryptionKey): Companion | undefined {
  for (const sample of samples) {
    const haystack = haystackOf(sample);
    for (const { what, isKeyed, digest } of digestsOf(sample, key)) {
      if (writtenForms(digest).some((written) => haystack.includes(written))) return { what, isKeyed };
    }
  }
  return undefined;
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
  const keyText = Buffer.from(key.toBase64());
  const keys = [
    key.bytes,
    keyText,
    key.bytes.subarray(0, 16),
    key.bytes.subarray(16),
    createHash('sha256').update(key.bytes).digest(),
  ];
  for (const hash of hashes) {
    for (const secret of keys) {
      for (const message of ciphertexts) {
        yield {
          what: 'a MAC of it',
          isKeyed: true,
          digest: createHmac(hash, secret).update(message).digest(),
        };
      }
      yield {
        what: 'a hash of the plaintext under the key',
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
  keyText.fill(0);
  keys.at(-1)?.fill(0);
}

/** Shortest stretch of a digest that is looked for: some keep only its first half. */
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
function haystackOf({ text, row }: SealedSample): string {
  const own = (['base64', 'base64url', 'hex'] as const).map(
    (name) => encodings[name].read(text)?.bytes.toString('latin1') ?? '',
  );
  return [...row.map((cell) => cell?.toString('latin1') ?? ''), ...own].join('\n');
}
