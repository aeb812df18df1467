import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { KeelError } from '#errors/keel-error';
import { blockLength } from './aes-ecb.ts';
import { decryptBatch, sealBatch, type Segment } from './cfb.ts';
import type { EncryptionKey } from './encryption-key.ts';
import { type EnvelopeName, envelopes, type Opened } from './envelopes.ts';
import type { OpenedBatch } from './sealed.ts';

/**
 * How a column writes its ciphertexts: an optional literal prefix, an envelope, and what is unusual about the cipher
 * or the plaintext. In an inventory it is one line of words: `base64`, `'ENC:' hex:base64 cfb8 pkcs7`.
 */
export interface Layout {
  readonly prefix: string;
  readonly envelope: EnvelopeName;
  readonly segment: Segment;
  /** The plaintext ends in PKCS#7 padding to 16 bytes. */
  readonly pkcs7: boolean;
  /** The plaintext is base64 of the actual secret. */
  readonly innerBase64: boolean;
  /** Of Grafana's envelopes: PBKDF2 runs over the 32 bytes of the key, not over its base64 text. */
  readonly rawSecret: boolean;
}

export const defaultLayout: Layout = {
  prefix: '',
  envelope: 'base64',
  segment: 'cfb128',
  pkcs7: false,
  innerBase64: false,
  rawSecret: false,
};

const words = {
  cfb8: { segment: 'cfb8' },
  pkcs7: { pkcs7: true },
  'inner-base64': { innerBase64: true },
  'raw-secret': { rawSecret: true },
} as const satisfies Record<string, Partial<Layout>>;

/** Reads the one-line form; throws `layout-unknown` naming the word that is not known. */
export function parseLayout(text: string): Layout {
  const quoted = /^'((?:[^']|'')*)'\s+/.exec(text);
  const prefix = quoted?.[1]?.replaceAll("''", "'") ?? '';
  const [envelope = '', ...modifiers] = text.slice(quoted?.[0].length ?? 0).split(/\s+/);
  if (!Object.hasOwn(envelopes, envelope)) throw unknownWord(envelope);
  let layout: Layout = { ...defaultLayout, prefix, envelope: envelope as EnvelopeName };
  for (const word of modifiers) {
    if (!Object.hasOwn(words, word)) throw unknownWord(word);
    layout = { ...layout, ...words[word as keyof typeof words] };
  }
  return layout;
}

/** The one-line form; `parseLayout` reads it back. */
export function formatLayout(layout: Layout): string {
  const quoted = layout.prefix === '' ? [] : [`'${layout.prefix.replaceAll("'", "''")}'`];
  const modifiers = Object.entries(words)
    .filter(([, change]) =>
      Object.entries(change).every(([field, value]) => layout[field as keyof Layout] === value),
    )
    .map(([word]) => word);
  return [...quoted, layout.envelope, ...modifiers].join(' ');
}

function unknownWord(word: string): KeelError {
  return new KeelError(
    'layout-unknown',
    `the layout word \`${word}\` is not known`,
    `an envelope is one of ${Object.keys(envelopes).join(', ')}; it may be followed by ${Object.keys(words).join(', ')}`,
  );
}

/** Takes a cell apart; undefined where it does not have this layout to the letter. Nothing is decrypted. */
export function readCell(layout: Layout, cell: Buffer): Opened | undefined {
  if (layout.prefix === '') return envelopes[layout.envelope](cell);
  const prefix = Buffer.from(layout.prefix, 'utf8');
  if (!cell.subarray(0, prefix.length).equals(prefix)) return undefined;
  const opened = envelopes[layout.envelope](cell.subarray(prefix.length));
  return opened && { ...opened, rewrite: (parts) => Buffer.concat([prefix, opened.rewrite(parts)]) };
}

/** Decrypts what `readCell` took apart. The bytes are those under the cipher: padding and inner encoding included. */
export async function openCells(
  layout: Layout,
  key: EncryptionKey,
  cells: readonly Opened[],
): Promise<OpenedBatch> {
  if (!derivesKeys(layout)) return decryptBatch(key.bytes, layout.segment, cells);
  const plaintexts = await Promise.all(
    cells.map(async (cell) => {
      const derived = await deriveKey(layout, key, cell.salt as Buffer);
      const [plaintext] = decryptBatch(derived, layout.segment, [cell]).plaintexts;
      derived.fill(0);
      return plaintext as Uint8Array;
    }),
  );
  const storage = Buffer.concat(plaintexts);
  let at = 0;
  return {
    storage,
    plaintexts: plaintexts.map((plaintext) => {
      plaintext.fill(0);
      at += plaintext.length;
      return storage.subarray(at - plaintext.length, at);
    }),
  };
}

/** Encrypts `plaintexts` under fresh random IVs and writes each as the cell it came from was written. */
export async function sealCells(
  layout: Layout,
  key: EncryptionKey,
  cells: readonly Opened[],
  plaintexts: readonly Uint8Array[],
): Promise<Buffer[]> {
  if (!derivesKeys(layout)) {
    const sealed = sealBatch(key.bytes, layout.segment, plaintexts);
    return cells.map((cell, i) => cell.rewrite({ sealed: sealed[i] as Buffer }));
  }
  return Promise.all(
    cells.map(async (cell, i) => {
      const salt = randomBytes((cell.salt as Buffer).length);
      const derived = await deriveKey(layout, key, salt);
      const [sealed] = sealBatch(derived, layout.segment, [plaintexts[i] as Uint8Array]);
      derived.fill(0);
      return cell.rewrite({ sealed: sealed as Buffer, salt });
    }),
  );
}

/**
 * The secret itself, from the bytes under the cipher: without padding and inner encoding.
 * Undefined where those are not as the layout says, which a wrong key would cause.
 */
export function innerSecret(layout: Layout, plaintext: Uint8Array): Uint8Array | undefined {
  let secret = plaintext;
  if (layout.pkcs7) {
    const padding = plaintext.at(-1) ?? 0;
    const valid = padding >= 1 && padding <= blockLength && plaintext.length % blockLength === 0;
    if (!valid || !plaintext.subarray(-padding).every((byte) => byte === padding)) return undefined;
    secret = plaintext.subarray(0, -padding);
  }
  if (!layout.innerBase64) return secret;
  const text = asBuffer(secret).toString('latin1');
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** The bytes under the cipher, from the secret itself: what `innerSecret` takes off. The caller wipes both. */
export function outerBytes(layout: Layout, secret: Uint8Array): Uint8Array {
  const inner = layout.innerBase64 ? Buffer.from(asBuffer(secret).toString('base64'), 'latin1') : secret;
  if (!layout.pkcs7) return Buffer.from(inner);
  const padding = blockLength - (inner.length % blockLength);
  return Buffer.concat([inner, Buffer.alloc(padding, padding)]);
}

function derivesKeys(layout: Layout): boolean {
  return layout.envelope === 'grafana' || layout.envelope === 'grafana-raw';
}

/** PBKDF2-HMAC-SHA256, 10 000 rounds, 32 bytes, as in Grafana's pkg/util/encryption.go. */
function deriveKey(layout: Layout, key: EncryptionKey, salt: Buffer): Promise<Buffer> {
  const secret = layout.rawSecret ? key.bytes : key.toBase64();
  return promisify(pbkdf2)(secret, salt, 10_000, 32, 'sha256');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
