/** A way to write bytes as text, read back to the letter: what would not be written so again is no value to its application. */
export interface Codec {
  readonly write: (bytes: Buffer) => string;
  readonly read: (text: string) => Buffer;
  /** A regular expression's class of the characters that it writes. */
  readonly letters: string;
}

function codec(letters: string, write: Codec['write'], read: Codec['read']): Codec {
  return { letters, write, read: strictly(write, read) };
}

function strictly(write: Codec['write'], read: Codec['read']): Codec['read'] {
  return (text) => {
    const bytes = read(text);
    if (write(bytes) !== text) throw new Error('not in the encoding that its application writes');
    return bytes;
  };
}

const base64 = (bytes: Buffer) => bytes.toString('base64');
const fromBase64 = (text: string) => Buffer.from(text, 'base64');
const wrapped = (width: number, end: string) => (bytes: Buffer) =>
  (base64(bytes).match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(end);
const fromHex = (text: string) => Buffer.from(text, 'hex');

/** RFC 4648, section 6. */
const base32Letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = (bits.match(/.{1,5}/g) ?? []).map((five) => base32Letters[parseInt(five.padEnd(5, '0'), 2)]);
  return digits.join('').padEnd(Math.ceil(digits.length / 8) * 8, '=');
}
function fromBase32(text: string): Buffer {
  const digits = Array.from(text.replace(/=+$/, ''), (letter) => base32Letters.indexOf(letter));
  const bits = digits.map((digit) => digit.toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => parseInt(eight, 2)));
}

export const codecs = {
  base64: codec('A-Za-z0-9+/=', base64, fromBase64),
  'base64-unpadded': codec('A-Za-z0-9+/', (bytes) => base64(bytes).replace(/=+$/, ''), fromBase64),
  'base64-wrapped': codec('A-Za-z0-9+/=\\n', wrapped(64, '\n'), fromBase64),
  /** Python's `encodebytes` and Ruby's `[…].pack('m')` end the last line too. */
  'base64-lines': codec('A-Za-z0-9+/=\\n', (bytes) => `${wrapped(60, '\n')(bytes)}\n`, fromBase64),
  /** As PHP's `json_encode` writes it. */
  'base64-slashed': {
    letters: 'A-Za-z0-9+/=\\\\',
    write: (bytes) => base64(bytes).replaceAll('/', '\\/'),
    // to a reader of JSON an escaped slash is a slash
    read: (text) => strictly(base64, fromBase64)(text.replaceAll('\\/', '/')),
  },
  base64url: codec(
    'A-Za-z0-9_-',
    (bytes) => bytes.toString('base64url'),
    (text) => Buffer.from(text, 'base64url'),
  ),
  'base64url-padded': codec(
    'A-Za-z0-9_=-',
    (bytes) => base64(bytes).replaceAll('+', '-').replaceAll('/', '_'),
    (text) => Buffer.from(text, 'base64url'),
  ),
  'base64-percent': codec(
    'A-Za-z0-9%',
    (bytes) => encodeURIComponent(base64(bytes)),
    (text) => fromBase64(decodeURIComponent(text)),
  ),
  hex: codec('0-9a-f', (bytes) => bytes.toString('hex'), fromHex),
  'hex-upper': codec('0-9A-F', (bytes) => bytes.toString('hex').toUpperCase(), fromHex),
  base32: codec('A-Z2-7=', base32, fromBase32),
  'base32-lower': codec(
    'a-z2-7',
    (bytes) => base32(bytes).replace(/=+$/, '').toLowerCase(),
    (text) => fromBase32(text.toUpperCase()),
  ),
  /** The hex digits of a base64 text, as a bytea that holds text is shown. */
  'hex-of-base64': codec(
    '0-9a-f',
    (bytes) => Buffer.from(base64(bytes)).toString('hex'),
    (text) => fromBase64(fromHex(text).toString('latin1')),
  ),
} as const satisfies Record<string, Codec>;
export type CodecName = keyof typeof codecs;
