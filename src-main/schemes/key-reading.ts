import { createHash, hkdfSync, pbkdf2, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { KeelError } from '#errors/keel-error';

/**
 * How the text of a key becomes the bytes of a cipher, by its name in a layout: what is read from the text (`base64`, `text32`, `sha256`,
 * `sha512-hex32`), or what is derived from that (`hkdf-sha256/INFO/SALT`, `hex+pbkdf2-sha256/SALT/ROUNDS`, `scrypt-salted/16384/8/1`).
 * Those with a salt in each value name what is drawn from it: a key, and an IV where the name ends in `-iv12`.
 */
export type KeyReading =
  | { readonly name: string; readonly read: (text: Buffer) => Buffer | Promise<Buffer> }
  | {
      readonly name: string;
      /** Bytes of the key that is derived for each value, and of the IV after it; 0 where the value has its own. */
      readonly keyBytes: number;
      readonly ivBytes: number;
      readonly derive: (text: Buffer, salt: Buffer) => Promise<Buffer>;
      /** About how long that takes, in microseconds of this class of machine. */
      readonly cost: number;
    };

const usualLength = 32;

const plain: Readonly<Record<string, (text: Buffer) => Buffer>> = {
  base64: readBase64,
  hex: readHex,
  text: (text) => Buffer.from(text),
  /** Laravel: `base64:` and bytes, or characters. */
  laravel: (text) => (startsWith(text, 'base64:') ? readBase64(text.subarray(7)) : Buffer.from(text)),
  /** Formbricks: 64 digits are 32 bytes, 32 characters are bytes. */
  'hex-or-text': (text) => (text.length === 64 ? readHex(text) : Buffer.from(text)),
  /** Open WebUI: exactly 44 characters are base64, all else a passphrase. */
  'base64-or-sha256': (text) => (text.length === 44 ? readBase64(text) : hash('sha256', text)),
};

/** Reads the name of a reading; undefined for one that is not known. */
export function parseKeyReading(name: string): KeyReading | undefined {
  const direct = plainReading(name);
  if (direct) return { name, read: direct };
  const [, before = 'text', word = '', iv, length, args = ''] =
    /^(?:([a-z0-9-]+)\+)?([a-z0-9]+(?:-[a-z0-9]+?)*?)(?:-iv(12|16|24))?(?:@(16|24|32|64))?((?:\/[^/@]*)*)$/.exec(
      name,
    ) ?? [];
  const from = plainReading(before);
  const given = args.split('/').slice(1);
  const isPaired = given.includes(ownSalt);
  const derivation = from && derivationOf(word, given.map(literalBytes), isPaired);
  if (!derivation) return undefined;
  const keyBytes = Number(length ?? derivation.bytes ?? usualLength);
  const ivBytes = Number(iv ?? derivation.iv ?? 0);
  const derive = async (text: Buffer, salt: Buffer) => {
    const [secret, rest] = isPaired ? halvesOf(text) : [text, salt];
    const input = from(secret);
    const made = await derivation.derive(input, rest, keyBytes + ivBytes);
    input.fill(0);
    return made;
  };
  if (derivation.isSalted) return { name, keyBytes, ivBytes, derive, cost: derivation.cost };
  return ivBytes > 0 ? undefined : { name, read: (text) => derive(text, noSalt) };
}

const noSalt = Buffer.alloc(0);

/** A layout may come from a page: no application asks for more memory than this for one value, in bytes, or for more passes. */
const mostMemory = 256 * 1024 * 1024;
const mostRounds = 10_000_000;
const mostPasses = 64;

/** In place of a salt: the key is written with its salt after it, and a colon between them. */
const ownSalt = '*';

/** A key and its salt, from `KEY:SALT`; views of the text. */
export function halvesOf(text: Buffer): readonly [key: Buffer, salt: Buffer] {
  const colon = text.lastIndexOf(':');
  if (colon < 1 || colon === text.length - 1) throw malformed('has no colon with a salt after it');
  return [text.subarray(0, colon), text.subarray(colon + 1)];
}

/** Whether a reading takes the salt from the key's text. */
export function hasOwnSalt({ name }: KeyReading): boolean {
  return name.split('/').includes(ownSalt);
}

/** What is read of the text itself. The caller owns the bytes. */
function plainReading(word: string): ((text: Buffer) => Buffer) | undefined {
  if (Object.hasOwn(plain, word)) return plain[word];
  const [, first] = /^text(\d{1,3})$/.exec(word) ?? [];
  if (first) return (text) => Buffer.from(text.subarray(0, Number(first)));
  const [, digest, as, length] =
    /^(md5|sha1|sha256|sha384|sha512)(?:-(hex|base64))?(\d{1,3})?$/.exec(word) ?? [];
  if (!digest) return undefined;
  return (text) => {
    const bytes = hash(digest, text);
    const whole = as ? Buffer.from(bytes.toString(as as BufferEncoding), 'latin1') : bytes;
    return length ? Buffer.from(whole.subarray(0, Number(length))) : whole;
  };
}

/** The bytes of a salt, a context or associated data in a layout: `[00ff]` are bytes, and `%2F` is a character that a layout could not hold. */
export function literalBytes(text: string): Buffer {
  const hex = /^\[((?:[\da-f]{2})*)\]$/.exec(text)?.[1];
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  return Buffer.from(
    text.replace(/%[\da-fA-F]{2}/g, (one) => String.fromCharCode(Number.parseInt(one.slice(1), 16))),
  );
}

interface Derivation {
  readonly isSalted: boolean;
  readonly derive: (input: Buffer, salt: Buffer, length: number) => Promise<Buffer>;
  readonly cost: number;
  /** Where they are not the usual ones. */
  readonly bytes?: number;
  readonly iv?: number;
}

function derivationOf(word: string, given: readonly Buffer[], isPaired: boolean): Derivation | undefined {
  const [, algorithm = '', digest, salted] =
    /^(hkdf|pbkdf2|scrypt|argon2id|evp)(?:-(md5|sha1|sha256|sha384|sha512))?(-salted)?$/.exec(word) ?? [];
  const isSalted = salted !== undefined;
  const [first = noSalt] = given;
  /** What is given after a salt that is the same for all values. */
  const costs = (isSalted ? given : given.slice(1)).map((one) => roundsOf(one.toString('latin1')));
  const saltOf = (salt: Buffer) => (isSalted || isPaired ? salt : first);
  const isComplete = (count: number) =>
    costs.length === count && costs.every((one) => one !== undefined) && (isSalted || given.length > 0);
  const [one = 0, two = 0, three = 0] = costs as number[];
  switch (algorithm) {
    case 'hkdf': {
      const [info = noSalt, fixed = noSalt, ...more] = given;
      if (!digest || given.length === 0 || more.length > 0 || (isSalted && given.length > 1))
        return undefined;
      const derive = async (input: Buffer, salt: Buffer, length: number) =>
        Buffer.from(hkdfSync(digest, input, isSalted || isPaired ? salt : fixed, info, length));
      return { isSalted, derive, cost: 3 };
    }
    case 'pbkdf2': {
      if (!digest || !isComplete(1) || one > mostRounds) return undefined;
      const derive = (input: Buffer, salt: Buffer, length: number) =>
        promisify(pbkdf2)(input, saltOf(salt), one, length, digest);
      return { isSalted, derive, cost: one / 4 };
    }
    case 'scrypt': {
      if (digest || !(isComplete(3) || (!isSalted && given.length === 1))) return undefined;
      const [N, r, p] = costs.length === 3 ? [one, two, three] : [16_384, 8, 1];
      if (128 * N * r > mostMemory || p > mostPasses) return undefined;
      const options = { N, r, p, maxmem: 256 * N * r };
      const derive = (input: Buffer, salt: Buffer, length: number) =>
        promisify<Buffer, Buffer, number, object, Buffer>(scrypt)(input, saltOf(salt), length, options);
      return { isSalted, derive, cost: N * r * 0.4 };
    }
    case 'argon2id': {
      if (digest || !isComplete(3)) return undefined;
      if (1024 * two > mostMemory || one > mostPasses || three > mostPasses) return undefined;
      const settings = { iterations: one, memorySize: two, parallelism: three };
      const derive = (input: Buffer, salt: Buffer, length: number) =>
        argon2idBytes(input, saltOf(salt), length, settings);
      return { isSalted, derive, cost: one * two };
    }
    case 'evp':
      // EVP_BytesToKey of OpenSSL with one round, as crypto-js and `openssl enc -md md5` have it
      if (!digest || isSalted || given.length > 0) return undefined;
      return {
        isSalted: true,
        derive: async (input, salt, length) => evpBytes(digest, input, salt, length),
        cost: 2,
        iv: 16,
      };
    default:
      return undefined;
  }
}

function roundsOf(text: string): number | undefined {
  return /^[1-9]\d{0,7}$/.test(text) ? Number(text) : undefined;
}

/** Argon2id (RFC 9106), version 0x13; the memory is in KiB. */
async function argon2idBytes(
  text: Buffer,
  salt: Buffer,
  hashLength: number,
  costs: { readonly iterations: number; readonly memorySize: number; readonly parallelism: number },
): Promise<Buffer> {
  // loaded with the first key that is read so
  const { argon2id } = await import('hash-wasm');
  const bytes = await argon2id({
    password: text,
    salt,
    ...costs,
    hashLength,
    outputType: 'binary',
  });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function evpBytes(digest: string, text: Buffer, salt: Buffer, length: number): Buffer {
  const blocks: Buffer[] = [];
  let last = Buffer.alloc(0);
  for (let made = 0; made < length; made += last.length) {
    last = createHash(digest).update(last).update(text).update(salt).digest();
    blocks.push(last);
  }
  const all = Buffer.concat(blocks);
  for (const block of blocks) block.fill(0);
  return all.subarray(0, length);
}

function hash(algorithm: string, text: Buffer): Buffer {
  return createHash(algorithm).update(text).digest();
}

function startsWith(text: Buffer, word: string): boolean {
  return text.subarray(0, word.length).equals(Buffer.from(word));
}

/** Base64 in either alphabet, padded or not: documentations of one application show both. */
function readBase64(text: Buffer): Buffer {
  const written = text.toString('latin1');
  if (!/^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}$/.test(written)) throw malformed('is not base64');
  return Buffer.from(written, 'base64');
}

function readHex(text: Buffer): Buffer {
  const written = text.toString('latin1');
  if (!/^(?:[\da-f]{2})+$/i.test(written)) throw malformed('is not hexadecimal');
  return Buffer.from(written, 'hex');
}

function malformed(problem: string): KeelError {
  return new KeelError(
    'key-malformed',
    `the key ${problem}, which is how the application reads it`,
    'copy it again from the application’s settings',
  );
}
