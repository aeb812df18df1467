import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Segment } from '#crypto/cfb';
import type { TemplateName } from '#forms/layout';

/** Cells as other programs write them: made by the runtime and by hand, with nothing of Keel's. */

export interface Parts {
  readonly iv: Buffer;
  readonly body: Buffer;
  readonly salt: Buffer;
}

/** Layouts of an inventory, with those of version 1 that are documents with an IV beside their ciphertext. */
export type ForeignLayout = TemplateName | 'json-base64' | 'json-hex';

export interface Form {
  readonly name: string;
  readonly layout: ForeignLayout;
  /** Cells that show the form in every part: hex in upper case by a letter, PHP by a slash. */
  readonly shown?: RegExp;
  write(parts: Parts): Buffer;
}

type Encode = (bytes: Buffer) => string;
const base64: Encode = (bytes) => bytes.toString('base64');
const unpadded: Encode = (bytes) => base64(bytes).replace(/=+$/, '');
const mime: Encode = (bytes) => base64(bytes).replace(/(.{76})(?=.)/g, '$1\r\n');
const pem: Encode = (bytes) => `${base64(bytes).replace(/(.{64})(?=.)/g, '$1\n')}\n`;
const base64url: Encode = (bytes) => bytes.toString('base64url');
const paddedUrl: Encode = (bytes) => base64(bytes).replaceAll('+', '-').replaceAll('/', '_');
const hex: Encode = (bytes) => bytes.toString('hex');
/** RFC 4648, section 6, digit by digit. */
export const base32: Encode = (bytes) => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = (bits.match(/.{1,5}/g) ?? []).map((five) => Number.parseInt(five.padEnd(5, '0'), 2));
  const text = digits.map((digit) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[digit]).join('');
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
};
const unpadded32: Encode = (bytes) => base32(bytes).replace(/=+$/, '').toLowerCase();
const upperHex: Encode = (bytes) => hex(bytes).toUpperCase();
const php: Encode = (bytes) => base64(bytes).replaceAll('/', '\\/');
const tag = Buffer.from('*YWVzLWNmYg*');

const joined = (name: string, layout: ForeignLayout, encode: Encode, shown = /^/): Form => ({
  name,
  layout,
  shown,
  write: ({ iv, body }) => Buffer.from(encode(Buffer.concat([iv, body]))),
});

const separated = (name: string, layout: ForeignLayout, ivs: Encode, bodies: Encode, shown = /^/): Form => ({
  name,
  layout,
  shown,
  write: ({ iv, body }) => Buffer.from(`${ivs(iv)}:${bodies(body)}`),
});

const json = (
  name: string,
  layout: ForeignLayout,
  write: (iv: Encode, body: Encode) => (p: Parts) => string,
) => {
  const encode = layout === 'json-hex' ? hex : base64;
  const written = write(encode, encode);
  return { name, layout, write: (parts: Parts) => Buffer.from(written(parts)) };
};

export const forms: readonly Form[] = [
  joined('base64', 'base64', base64),
  joined('base64 without padding', 'base64', unpadded),
  joined('base64 of MIME', 'base64', mime),
  joined('base64 of `openssl base64`', 'base64', pem),
  joined('base64url', 'base64url', base64url),
  joined('base64url with padding', 'base64url', paddedUrl),
  joined('hex', 'hex', hex),
  joined('upper-case hex', 'hex', upperHex, /[A-F]/),
  joined('base32', 'base32', base32),
  joined('lower-case base32 without padding', 'base32', unpadded32, /[a-z]/),
  { name: 'raw bytes', layout: 'raw', write: ({ iv, body }) => Buffer.concat([iv, body]) },
  separated('hex:base64', 'hex:base64', hex, base64),
  separated('HEX:base64 without padding', 'hex:base64', upperHex, unpadded, /[A-F].*:/),
  separated('hex:hex', 'hex:hex', hex, hex),
  separated('HEX:HEX', 'hex:hex', upperHex, upperHex, /[A-F].*:(.*[A-F]|$)/),
  separated('base64:base64', 'base64:base64', base64, base64),
  json('{iv, data} of JSON.stringify', 'json-base64', (iv, data) => (parts) => {
    return JSON.stringify({ iv: iv(parts.iv), data: data(parts.body) });
  }),
  {
    name: '{iv, ciphertext} of PHP, with slashes escaped',
    layout: 'json-base64',
    shown: /"iv":"[^"]*\\\/.*"ciphertext":"(.*\\\/|")/,
    write: ({ iv, body }) => Buffer.from(`{"iv":"${php(iv)}","ciphertext":"${php(body)}"}`),
  },
  json('{content, iv} of Python, among other members', 'json-base64', (iv, content) => (parts) => {
    return `{"v": 1.0, "content": "${content(parts.body)}", "who": "J\\u00f6rg 🐍", "iv": "${iv(parts.iv)}"}`;
  }),
  json('{nonce, ct} over several lines', 'json-hex', (nonce, ct) => (parts) => {
    return ` {\n  "nonce" : "${nonce(parts.iv)}",\n  "ct" : "${ct(parts.body)}"\n}\n`;
  }),
  {
    name: "Grafana's base64",
    layout: 'grafana',
    write: ({ iv, body, salt }) => Buffer.from(base64(Buffer.concat([salt, iv, body]))),
  },
  {
    name: "Grafana's base64 with its tag",
    layout: 'grafana',
    write: ({ iv, body, salt }) => Buffer.from(base64(Buffer.concat([tag, salt, iv, body]))),
  },
  {
    name: "Grafana's bytes",
    layout: 'grafana-raw',
    write: ({ iv, body, salt }) => Buffer.concat([salt, iv, body]),
  },
  {
    name: "Grafana's bytes with their tag",
    layout: 'grafana-raw',
    write: ({ iv, body, salt }) => Buffer.concat([tag, salt, iv, body]),
  },
];

export const isDocument = (layout: ForeignLayout): boolean => layout.startsWith('json-');
export const salts = (layout: ForeignLayout): boolean => layout.startsWith('grafana');

/** What the cipher runs under: the key itself, or what Grafana derives from its text (or its bytes). */
export function cipherKey(key: Buffer, layout: ForeignLayout, salt: Buffer, rawSecret = false): Buffer {
  if (!salts(layout)) return key;
  return pbkdf2Sync(rawSecret ? key : key.toString('base64'), salt, 10_000, 32, 'sha256');
}

const runtimeCipher: Record<Segment, string> = { cfb128: 'aes-256-cfb', cfb8: 'aes-256-cfb8' };

export function encrypt(
  key: Buffer,
  segment: Segment,
  plaintext: Uint8Array,
  iv: Buffer = randomBytes(16),
): { iv: Buffer; body: Buffer } {
  const cipher = createCipheriv(runtimeCipher[segment], key, iv);
  return { iv, body: Buffer.concat([cipher.update(plaintext), cipher.final()]) };
}

export function decrypt(key: Buffer, segment: Segment, { iv, body }: { iv: Buffer; body: Buffer }): Buffer {
  const decipher = createDecipheriv(runtimeCipher[segment], key, iv);
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

/** PKCS#7 to 16 bytes (RFC 5652, 6.3). */
export function pad(plaintext: Buffer): Buffer {
  const count = 16 - (plaintext.length % 16);
  return Buffer.concat([plaintext, Buffer.alloc(count, count)]);
}
