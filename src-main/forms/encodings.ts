/** How a text was written down, so that new bytes are written in the same manner: padding, case, line width. */
export interface Manner {
  readonly padded?: boolean;
  /** Absent where the text has no letter with a case. */
  readonly upper?: boolean;
  readonly lines?: { readonly width: number; readonly end: string; readonly last: boolean };
  /** Of a document in base64: whether it escapes slashes, and has a member for the tag. */
  readonly document?: { readonly escaped: boolean; readonly tagged: boolean };
}

export interface Encoding {
  /** Bytes and manner of `text`, or undefined unless writing them again gives exactly `text`. */
  read(text: string): { readonly bytes: Buffer; readonly manner: Manner } | undefined;
  write(bytes: Buffer, manner: Manner): string;
}

const plain: Manner = {};
const unpadded: Manner = { padded: false };
const padded: Manner = { padded: true };
const upper: Manner = { upper: true };
const lower: Manner = { upper: false };

const base64urlText = /^[A-Za-z0-9_-]*={0,2}$/;
/** Node's base64 decoder examines the low 8 bits of a UTF-16 unit only: `Ł` (U+0141) passes for `A`. */
const beyondLatin1 = /[^\0-\xff]/;
const hexText = /^(?:[0-9a-f]*|[0-9A-F]*)$/;

const base64: Encoding = {
  read(text) {
    if (text.includes('\n')) return readLines(text);
    const bytes = readBase64(text);
    return bytes && { bytes, manner: text.length % 4 === 0 ? plain : unpadded };
  },
  write(bytes, manner) {
    const text = bytes.toString('base64');
    return wrap(manner.padded === false ? text.replace(/=+$/, '') : text, manner);
  },
};

const percentText = /^(?:[A-Za-z0-9]|%2[bBfF]|%3[dD])*$/;

/** Base64 as it is in a URL (RFC 3986, 2.1). What has nothing to escape is read too, since a new value of the column may have. */
const base64percent: Encoding = {
  read(text) {
    if (!percentText.test(text)) return undefined;
    const read = base64.read(decodeURIComponent(text));
    const escapes = text.match(/%../g);
    const manner = { ...read?.manner, ...(escapes && { upper: !/%(?:2[bf]|3d)/.test(text) }) };
    return read && exact(base64percent, text, read.bytes, manner);
  },
  write(bytes, manner) {
    const text = base64.write(bytes, manner).replace(/[+/=]/g, encodeURIComponent);
    return manner.upper === false ? text.replace(/%../g, (escape) => escape.toLowerCase()) : text;
  },
};

const base64url: Encoding = {
  read(text) {
    if (!base64urlText.test(text)) return undefined;
    return exact(base64url, text, Buffer.from(text, 'base64url'), text.endsWith('=') ? padded : plain);
  },
  write(bytes, manner) {
    const text = bytes.toString('base64url');
    return manner.padded ? text.padEnd(Math.ceil(text.length / 4) * 4, '=') : text;
  },
};

const hex: Encoding = {
  read(text) {
    if (text.length % 2 !== 0 || !hexText.test(text)) return undefined;
    return exact(hex, text, Buffer.from(text, 'hex'), caseOf(text));
  },
  write(bytes, manner) {
    const text = bytes.toString('hex');
    return manner.upper ? text.toUpperCase() : text;
  },
};

const base32Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const base32Text = /^(?:[A-Z2-7]*|[a-z2-7]*)={0,6}$/;

/** RFC 4648, section 6. */
const base32: Encoding = {
  read(text) {
    if (!base32Text.test(text)) return undefined;
    const digits = text.replace(/=+$/, '').toUpperCase();
    const bytes = Buffer.alloc(Math.floor((digits.length * 5) / 8));
    let bits = 0;
    let held = 0;
    let at = 0;
    for (const digit of digits) {
      held = ((held << 5) | base32Digits.indexOf(digit)) & 0xfff;
      bits += 5;
      if (bits >= 8) bytes[at++] = (held >> (bits -= 8)) & 0xff;
    }
    const manner = { padded: text.length > digits.length, ...caseOf(text) };
    return exact(base32, text, bytes, manner);
  },
  write(bytes, manner) {
    let text = '';
    let bits = 0;
    let held = 0;
    for (const byte of bytes) {
      held = ((held << 8) | byte) & 0xfff;
      bits += 8;
      while (bits >= 5) text += base32Digits[(held >> (bits -= 5)) & 31];
    }
    if (bits > 0) text += base32Digits[(held << (5 - bits)) & 31];
    if (manner.upper === false) text = text.toLowerCase();
    return manner.padded ? text.padEnd(Math.ceil(text.length / 8) * 8, '=') : text;
  },
};

/** A UUID with its dashes, and nothing else. */
export const uuidText = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The 16 bytes of a UUID with its dashes: never a ciphertext, but it may serve as an IV. */
const uuid: Encoding = {
  read(text) {
    if (!uuidText.test(text)) return undefined;
    const read = hex.read(text.replaceAll('-', ''));
    return read && exact(uuid, text, read.bytes, read.manner);
  },
  write: (bytes, manner) => hex.write(bytes, manner).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
};

const laravelDocument =
  /^\{"iv":"([A-Za-z0-9+/=\\]*)","value":"([A-Za-z0-9+/=\\]*)","mac":"([\da-f]*)"(,"tag":"([A-Za-z0-9+/=\\]*)")?\}$/;

/**
 * What Laravel's Encrypter writes: base64 of a JSON document with IV, body, and a MAC in hexadecimal or a tag. Its bytes are IV, MAC or
 * tag, and body, one after the other.
 */
function laravelEncoding(ivLength: number, proof: 'mac' | 'tag'): Encoding {
  const proofLength = proof === 'mac' ? 32 : 16;
  const encoding: Encoding = {
    read(text) {
      const document = readBase64(text)?.toString('latin1');
      const parts = document === undefined ? null : laravelDocument.exec(document);
      if (!parts) return undefined;
      const member = (written: string | undefined) => readBase64((written ?? '').replaceAll('\\/', '/'));
      const [iv, value, tag] = [member(parts[1]), member(parts[2]), member(parts[5])];
      const mac = Buffer.from(parts[3] as string, 'hex');
      const proven = proof === 'mac' ? mac : tag;
      if (iv?.length !== ivLength || !value || proven?.length !== proofLength) return undefined;
      const manner = {
        document: { escaped: (document as string).includes('\\/'), tagged: parts[4] !== undefined },
      };
      return exact(encoding, text, Buffer.concat([iv, proven, value]), manner);
    },
    write(bytes, { document = { escaped: false, tagged: true } }) {
      const member = (from: number, to?: number) => bytes.subarray(from, to).toString('base64');
      const proven = ivLength + proofLength;
      const json = JSON.stringify({
        iv: member(0, ivLength),
        value: member(proven),
        mac: proof === 'mac' ? bytes.toString('hex', ivLength, proven) : '',
        ...(document.tagged && { tag: proof === 'tag' ? member(ivLength, proven) : '' }),
      });
      const written = document.escaped ? json.replaceAll('/', '\\/') : json;
      return Buffer.from(written, 'latin1').toString('base64');
    },
  };
  return encoding;
}

const laravel = laravelEncoding(16, 'mac');
const laravelgcm = laravelEncoding(12, 'tag');

/** The bytes themselves, one a character. */
const raw: Encoding = {
  read: (text) =>
    beyondLatin1.test(text) ? undefined : { bytes: Buffer.from(text, 'latin1'), manner: plain },
  write: (bytes) => bytes.toString('latin1'),
};

export const encodings = {
  base64,
  base64percent,
  base64url,
  hex,
  base32,
  uuid,
  laravel,
  laravelgcm,
  raw,
} as const;
export type EncodingName = keyof typeof encodings;

/**
 * Decodes canonical base64, padded or not; undefined for anything else. Node's decoder takes base64url too and skips what
 * it does not know, so the length tells whether it skipped, and the last group whether it carries stray bits.
 */
function readBase64(text: string): Buffer | undefined {
  if (text.includes('-') || text.includes('_') || beyondLatin1.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  const digits = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length;
  if (digits % 4 === 1 || bytes.length !== Math.floor((digits * 3) / 4)) return undefined;
  if (digits !== text.length && text.length % 4 !== 0) return undefined;
  const spare = bytes.length % 3;
  if (spare === 0) return digits === text.length ? bytes : undefined;
  const last = bytes.toString('base64', bytes.length - spare);
  return text.startsWith(last.replace(/=+$/, ''), digits - spare - 1) ? bytes : undefined;
}

function readLines(text: string): { bytes: Buffer; manner: Manner } | undefined {
  const body = text.replace(/[\r\n]/g, '');
  const bytes = readBase64(body);
  if (!bytes) return undefined;
  const manner: Manner = { ...(body.length % 4 === 0 ? plain : unpadded), lines: lineManner(text) };
  return exact(base64, text, bytes, manner);
}

function exact(encoding: Encoding, text: string, bytes: Buffer, manner: Manner) {
  return encoding.write(bytes, manner) === text ? { bytes, manner } : undefined;
}

function caseOf(text: string): Manner {
  if (/[A-Z]/.test(text)) return upper;
  return /[a-z]/.test(text) ? lower : plain;
}

/** `openssl base64` wraps at 64 characters, MIME at 76. */
function lineManner(text: string): NonNullable<Manner['lines']> {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const first = text.indexOf(end);
  const last = text.endsWith(end);
  // a single line that only ends in a break has no width to speak of
  return { width: last && first === text.length - end.length ? 0 : first, end, last };
}

function wrap(text: string, { lines }: Manner): string {
  if (!lines) return text;
  const { width, end, last } = lines;
  const pieces = width > 0 ? (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []) : [text];
  return pieces.join(end) + (last ? end : '');
}
