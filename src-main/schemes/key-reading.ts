import { createHash, hkdfSync, pbkdf2, pbkdf2Sync, scrypt, scryptSync } from 'node:crypto';
import { promisify } from 'node:util';
import { KeelError } from '#errors/keel-error';

/**
 * How the text of a key becomes the bytes of a cipher: by its name in a layout, like `base64`, `sha256`, `hkdf-sha256/INFO` or
 * `pbkdf2-sha256/SALT/ROUNDS` or `argon2id/SALT/PASSES/KIBIBYTES/LANES`. Those with a salt in each value name what is drawn from it: a key, and an IV where `bytes` are more.
 */
export type KeyReading =
  | { readonly name: string; readonly read: (text: Buffer) => Buffer | Promise<Buffer> }
  | {
      readonly name: string;
      /** Bytes that are derived for each value: 32 of the key, then those of the IV. */
      readonly bytes: number;
      readonly derive: (text: Buffer, salt: Buffer) => Promise<Buffer>;
      /** About how long that takes, in microseconds of this class of machine. */
      readonly cost: number;
    };

const keyLength = 32;

const plain: Readonly<Record<string, (text: Buffer) => Buffer>> = {
  base64: readBase64,
  hex: readHex,
  text: (text) => Buffer.from(text),
  /** Laravel: `base64:` and bytes, or characters. */
  laravel: (text) => (startsWith(text, 'base64:') ? readBase64(text.subarray(7)) : Buffer.from(text)),
  /** Formbricks: 64 digits are 32 bytes, 32 characters are bytes. */
  'hex-or-text': (text) => (text.length === 64 ? readHex(text) : Buffer.from(text)),
  sha256: (text) => hash('sha256', text),
  /** Open WebUI: exactly 44 characters are base64, all else a passphrase. */
  'base64-or-sha256': (text) => (text.length === 44 ? readBase64(text) : hash('sha256', text)),
};

/** Reads the name of a reading; undefined for one that is not known. */
export function parseKeyReading(name: string): KeyReading | undefined {
  const [word = '', ...given] = name.split('/');
  const read = Object.hasOwn(plain, word) && given.length === 0 ? plain[word] : undefined;
  if (read) return { name, read };
  const first = /^text(\d{1,3})$/.exec(word);
  if (first && given.length === 0) {
    const length = Number(first[1]);
    return { name, read: (text) => Buffer.from(text.subarray(0, length)) };
  }
  return parseDerivation(name, word, given);
}

function parseDerivation(name: string, word: string, given: readonly string[]): KeyReading | undefined {
  const [one = '', two = '', three = '', four = ''] = given;
  const [, algorithm = '', digest = '', salted = ''] =
    /^(hkdf|pbkdf2|scrypt|argon2id|evp|sha256-hkdf)(?:-(sha1|sha256|sha512|md5))?(-salted)?$/.exec(word) ??
    [];
  const rounds = (text: string) => (/^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined);
  switch (`${algorithm}${salted}`) {
    case 'hkdf':
      if (!digest || given.length !== 1) return undefined;
      return { name, read: (text) => Buffer.from(hkdfSync(digest, text, '', one, keyLength)) };
    case 'sha256-hkdf-salted': {
      // n8n: what is extracted from is the text's hash, and the IV is derived too
      if (given.length !== 1) return undefined;
      return {
        name,
        bytes: keyLength + 12,
        cost: 3,
        derive: async (text, salt) =>
          Buffer.from(hkdfSync('sha256', hash('sha256', text), salt, one, keyLength + 12)),
      };
    }
    case 'hkdf-salted':
      if (!digest || given.length !== 1) return undefined;
      return {
        name,
        bytes: keyLength + 12,
        cost: 3,
        derive: async (text, salt) => Buffer.from(hkdfSync(digest, readHex(text), salt, one, keyLength + 12)),
      };
    case 'pbkdf2': {
      const count = rounds(two);
      if (!digest || given.length !== 2 || !count) return undefined;
      return { name, read: (text) => pbkdf2Sync(text, one, count, keyLength, digest) };
    }
    case 'pbkdf2-salted': {
      const count = rounds(one);
      if (!digest || given.length !== 1 || !count) return undefined;
      const derive = (text: Buffer, salt: Buffer) => promisify(pbkdf2)(text, salt, count, keyLength, digest);
      return { name, bytes: keyLength, cost: count / 4, derive };
    }
    case 'scrypt':
      if (digest || given.length !== 1) return undefined;
      return { name, read: (text) => scryptSync(text, one, keyLength) };
    case 'scrypt-salted': {
      const [N, r, p] = [rounds(one), rounds(two), rounds(three)];
      if (digest || given.length !== 3 || !N || !r || !p) return undefined;
      const options = { N, r, p, maxmem: 256 * N * r };
      const derive = (text: Buffer, salt: Buffer) =>
        promisify<Buffer, Buffer, number, object, Buffer>(scrypt)(text, salt, keyLength, options);
      return { name, bytes: keyLength, cost: N * r * 0.4, derive };
    }
    case 'argon2id': {
      const [iterations, memorySize, parallelism] = [rounds(two), rounds(three), rounds(four)];
      if (digest || given.length !== 4 || !iterations || !memorySize || !parallelism) return undefined;
      const costs = { iterations, memorySize, parallelism };
      return { name, read: (text) => argon2idBytes(text, Buffer.from(one), costs) };
    }
    case 'evp':
      // EVP_BytesToKey of OpenSSL with one round, as crypto-js and `openssl enc -md md5` have it
      if (digest !== 'md5' || given.length !== 0) return undefined;
      return { name, bytes: 48, cost: 2, derive: async (text, salt) => evpBytes(text, salt, 48) };
    default:
      return undefined;
  }
}

/** Argon2id (RFC 9106), version 0x13; the memory is in KiB. */
async function argon2idBytes(
  text: Buffer,
  salt: Buffer,
  costs: { readonly iterations: number; readonly memorySize: number; readonly parallelism: number },
): Promise<Buffer> {
  // loaded with the first key that is read so
  const { argon2id } = await import('hash-wasm');
  const bytes = await argon2id({
    password: text,
    salt,
    ...costs,
    hashLength: keyLength,
    outputType: 'binary',
  });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function evpBytes(text: Buffer, salt: Buffer, length: number): Buffer {
  const blocks: Buffer[] = [];
  let last = Buffer.alloc(0);
  for (let made = 0; made < length; made += last.length) {
    last = createHash('md5').update(last).update(text).update(salt).digest();
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
