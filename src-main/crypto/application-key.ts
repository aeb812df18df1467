import { scryptSync } from 'node:crypto';
import { KeelError } from '#errors/keel-error';
import { EncryptionKey, parseEncryptionKey } from './encryption-key.ts';
import { fingerprintOf } from './fingerprint.ts';

/** No application has a longer one, lists of keys included. */
const longest = 8_192;

/**
 * The key of another application: the text that its admin wrote, of which each scheme makes bytes of its own. Its fingerprint is of
 * a slow hash of the text, since a passphrase that somebody made up could be guessed by a quick one.
 */
export class ApplicationKey extends EncryptionKey {
  /** Takes over the text's bytes. A key that Ballast could read keeps the fingerprint that it has there. */
  constructor(text: Buffer, fingerprint = slowFingerprintOf(text)) {
    super(text, fingerprint);
  }

  override get written(): Buffer {
    return this.bytes;
  }

  override get raw(): never {
    throw this.#notBallast('recovery words and shares are for keys of 32 bytes in base64');
  }

  override toBase64(): never {
    throw this.#notBallast('this works only with Ballast’s keys');
  }

  #notBallast(why: string): KeelError {
    return new KeelError(
      'usage',
      `key ${this.fingerprint} is a text that another application reads, and ${why}; nothing was changed`,
      'back it up as an encrypted file (age)',
    );
  }

  override copy(): ApplicationKey {
    return new ApplicationKey(Buffer.from(this.bytes), this.fingerprint);
  }
}

function slowFingerprintOf(text: Buffer): string {
  const slow = scryptSync(text, 'keel application key v1', 32);
  try {
    return fingerprintOf(slow);
  } finally {
    slow.fill(0);
  }
}

/**
 * Reads the key of an application as its admin wrote it. 32 bytes in standard base64 are the key that Ballast reads from the same
 * text, fingerprint included; all else is taken to the letter, but for one line break at its end. Throws `key-malformed`.
 */
export function parseApplicationKey(input: Uint8Array): EncryptionKey {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const end = bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? -2 : -1) : bytes.length;
  const text = bytes.subarray(0, end);
  const problem = describeMistake(text);
  if (problem) throw new KeelError('key-malformed', problem.message, problem.remedy);
  if (/^[A-Za-z0-9+/]{43}=$/.test(text.toString('latin1')))
    return parseEncryptionKey(text.toString('latin1'), { allowWeak: true });
  return new ApplicationKey(Buffer.from(text));
}

function describeMistake(text: Buffer): { message: string; remedy: string } | undefined {
  const latin1 = text.toString('latin1');
  if (latin1.trim() === '')
    return { message: 'the key is empty', remedy: 'pass the value from the application’s settings' };
  if (text.length > longest)
    return { message: `the key is longer than ${longest} bytes`, remedy: 'pass only the key' };
  if (/^(?:\xff\xfe|\xfe\xff|\xef\xbb\xbf)/.test(latin1) || latin1.includes('\0'))
    return {
      message: 'the key is written in UTF-16 or with a byte order mark',
      remedy: 'save the file as UTF-8 without a byte order mark',
    };
  if (/[\r\n]/.test(latin1))
    return { message: 'the key has several lines', remedy: 'enter the key on one line' };
  if (/^\s|\s$/.test(latin1)) return { message: 'the key has spaces around it', remedy: 'remove them' };
  if (/^(?:export\s+)?[A-Z][A-Z0-9_]*=./.test(latin1) && !/^[A-Z][A-Z0-9_]*=+$/.test(latin1))
    return {
      message: 'the key is preceded by the variable name (`ENCRYPTION_KEY=`)',
      remedy: 'enter only what follows the first equals sign',
    };
  if (/^(["'`]).*\1$/.test(latin1))
    return { message: 'there are quotation marks around the key', remedy: 'remove them' };
  return undefined;
}
