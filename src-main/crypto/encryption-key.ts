import { randomBytes } from 'node:crypto';
import { KeelError } from '#errors/keel-error';
import { text as said } from '#errors/text';
import { fingerprintOf } from './fingerprint.ts';
import { Secret } from './secret.ts';

/** Bytes of a key of AES-256. */
export const keyLength = 32;
/** The example printed on Ballast's encryption page: anyone can read what it encrypts. */
const publishedExample = 'aaxqwQD9JlKPkyhBoZbpjwQysmeVAovra2FTMUOa6Vo=';
const makeOne = said`${{ do: 'generate-key' }}`;

/** An AES-256 key with its fingerprint. The holder disposes it. */
export class EncryptionKey extends Secret {
  readonly fingerprint: string;
  readonly #derived = new Map<string, Buffer>();

  /** Takes ownership of 32 bytes. */
  constructor(bytes: Buffer, fingerprint = fingerprintOf(bytes)) {
    super(bytes);
    this.fingerprint = fingerprint;
  }

  /** The form of ENCRYPTION_KEY: standard base64, 44 characters. A reveal: for backups and hand-off only. */
  toBase64(): string {
    return this.bytes.toString('base64');
  }

  /** Its 32 bytes, as recovery words and shares stand for them. Owned by the key. Throws `usage` for a key that is another text. */
  get raw(): Buffer {
    return this.bytes;
  }

  /** The text in the application's variable, as bytes. Owned by the key. */
  get written(): Buffer {
    return this.derived('written', () => Buffer.from(this.toBase64(), 'latin1'));
  }

  /** What is computed from the key once and wiped with it. `make` passes ownership of its bytes. */
  derived(name: string, make: () => Buffer): Buffer {
    const known = this.#derived.get(name) ?? make();
    this.#derived.set(name, known);
    return known;
  }

  /** The same for slow computations: another caller may finish first, or the key may be gone by then. */
  async derivedOnce(name: string, make: () => Promise<Buffer> | Buffer): Promise<Buffer> {
    const known = this.#derived.get(name);
    if (known) return known;
    const made = await make();
    try {
      // throws if the key was wiped
      void this.bytes;
      return this.derived(name, () => Buffer.from(made));
    } finally {
      made.fill(0);
    }
  }

  override [Symbol.dispose](): void {
    for (const bytes of this.#derived.values()) bytes.fill(0);
    this.#derived.clear();
    super[Symbol.dispose]();
  }

  /** A separate key with the same bytes, for an owner with another lifetime. */
  copy(): EncryptionKey {
    return new EncryptionKey(Buffer.from(this.bytes));
  }
}

/** A new key from the operating system's CSPRNG, equal in form to `openssl rand -base64 32`. */
export function generateEncryptionKey(): EncryptionKey {
  return new EncryptionKey(randomBytes(keyLength));
}

/**
 * Reads ENCRYPTION_KEY as Ballast does: 32 bytes in standard base64. One trailing line break is allowed, since every editor adds
 * one. Throws `key-malformed` or `key-weak` with the exact mistake; no message repeats any part of the key. `allowWeak` also
 * accepts a key of low variety, so that an admin can rotate away from it.
 */
export function parseEncryptionKey(input: string, { allowWeak = false } = {}): EncryptionKey {
  const text = input.replace(/\r?\n$/, '');
  const problem = describeMistake(text);
  if (problem) throw new KeelError('key-malformed', problem.message, problem.remedy);
  const bytes = Buffer.from(text, 'base64');
  // 32 random bytes have fewer than 16 distinct values once in 10^16 keys
  if (!allowWeak && new Set(bytes).size < 16) {
    bytes.fill(0);
    throw new KeelError(
      'key-weak',
      'the key is weak (a few bytes repeated): it was typed or made up, not generated at random',
      said`${makeOne}; to rotate away from this one, ${{ do: 'accept', code: 'weak-from-key' }}`,
      { stops: ['weak-from-key'] },
    );
  }
  return new EncryptionKey(bytes);
}

/** True for the example key of Ballast's documentation: allowed for reading, never for encrypting. */
export function isPubliclyKnown(key: EncryptionKey): boolean {
  return key.bytes.equals(Buffer.from(publishedExample, 'base64'));
}

/** The same by the fingerprint alone. */
export function isPubliclyKnownFingerprint(fingerprint: string): boolean {
  return fingerprint === fingerprintOf(Buffer.from(publishedExample, 'base64'));
}

/** Throws `key-publicly-known` when the key must not protect anything. */
export function assertFitForEncryption(key: EncryptionKey): void {
  if (!isPubliclyKnown(key)) return;
  throw new KeelError(
    'key-publicly-known',
    'this is the example key printed in the documentation: it is publicly known, so Keel encrypts nothing with it',
    makeOne,
  );
}

function describeMistake(text: string): { message: string; remedy: string } | undefined {
  // read as UTF-8 or byte by byte
  if (text.includes('\0') || /^(?:\u00ff\u00fe|\u00fe\u00ff|\ufffd\ufffd)/.test(text)) {
    return {
      message: 'the key is written in UTF-16, as PowerShell and Windows editors do',
      remedy: 'save the file as UTF-8 without a byte order mark',
    };
  }
  if (/^(?:\ufeff|\u00ef\u00bb\u00bf)/.test(text)) {
    return {
      message: 'the key is preceded by a byte order mark, which editors do not show',
      remedy: 'save the file as UTF-8 without a byte order mark',
    };
  }
  if (text.trim() === '') {
    return {
      message: 'the key is empty',
      remedy: 'enter the value of ENCRYPTION_KEY, 44 characters of base64',
    };
  }
  // `AAAA…=`, a key of zeros, looks like a name too: then only padding follows
  if (/^\s*(export\s+)?(ENCRYPTION_KEY\s*=|[A-Z][A-Z0-9_]*\s*=\s*[^\s=])/.test(text)) {
    return {
      message: 'the key is preceded by the variable name (`ENCRYPTION_KEY=`)',
      remedy: 'enter only what follows the first equals sign',
    };
  }
  if (/^\s|\s$/.test(text)) {
    return { message: 'there are spaces or line breaks around the key', remedy: 'remove them' };
  }
  if (/^["'`]|["'`]$/.test(text)) {
    return { message: 'there are quotation marks around the key', remedy: 'remove them' };
  }
  if (/\s/.test(text)) {
    return { message: 'there is a space or line break inside the key', remedy: 'enter the key on one line' };
  }
  if (/^(0x)?[0-9a-fA-F]{64}$/.test(text)) {
    return {
      message: 'the key is written in hex (64 digits); Ballast reads base64',
      remedy: 'convert it: `echo HEX | xxd -r -p | base64`',
    };
  }
  if (/[-_]/.test(text) && /^[A-Za-z0-9_-]+={0,2}$/.test(text)) {
    return {
      message: 'the key is written in base64url (it contains `-` or `_`); Ballast reads standard base64',
      remedy: 'write `+` for `-` and `/` for `_`, and pad with `=` to 44 characters',
    };
  }
  return describeBase64(text);
}

function describeBase64(text: string): { message: string; remedy: string } | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    return {
      message: 'the key contains a character that is not base64',
      remedy: 'copy it again from where Ballast reads it',
    };
  }
  const length = Math.floor((text.replace(/=+$/, '').length * 3) / 4);
  if (length !== keyLength) {
    return {
      message: `the key is ${length} ${length === 1 ? 'byte' : 'bytes'} long; AES-256 needs exactly ${keyLength}`,
      remedy: 'check whether it was cut off or pasted twice; 32 bytes are 44 characters ending in `=`',
    };
  }
  if (!text.endsWith('=') || text.length !== 44) {
    const message = text.endsWith('=')
      ? 'the key ends in more than one padding `=`'
      : 'the padding `=` at the end of the key is missing';
    return { message, remedy: 'end it in exactly one `=`' };
  }
  return undefined;
}
