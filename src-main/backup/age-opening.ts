import { open } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { armor, Decrypter, type Stanza } from 'age-encryption';
import { passphraseIdentity } from '#crypto/age-passphrase';
import { type EncryptionKey, parseEncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';

/** Where opening an age file broke off: the file itself, its armor, the header, … down to the key in the text. */
export interface AgeBreak {
  readonly breaksAt: 'file' | 'armor' | 'header' | 'passphrase' | 'payload' | 'text' | 'key';
  readonly message: string;
  readonly remedy: string;
}

export type OpenedAgeFile = { readonly key: EncryptionKey } | { readonly broken: AgeBreak };

/** A backup is well under 1 KiB. */
const longestFile = 64 * 1024;
const anotherCopy =
  'drill another copy of this backup; if there is none, make a new backup while the key is at hand';

/**
 * Opens an age file, armored or not, and finds the one ENCRYPTION_KEY in it. Any content is an answer, not an error.
 * The caller disposes the key.
 */
export async function openAgeFile(path: string, passphrase: Uint8Array): Promise<OpenedAgeFile> {
  const file = await readBounded(path);
  if ('broken' in file) return file;
  const sealed = dearmor(file.bytes);
  if (!sealed) {
    return broken('armor', 'it is not an age file, or its armor is cut off or altered', anotherCopy);
  }
  const opened = await decrypt(sealed, passphrase);
  return 'broken' in opened ? opened : readKey(opened.plain);
}

async function readBounded(
  path: string,
): Promise<{ readonly bytes: Buffer } | { readonly broken: AgeBreak }> {
  try {
    const file = await open(path, 'r');
    try {
      const stat = await file.stat();
      if (!stat.isFile()) return broken('file', 'it is not a regular file', 'give the path of the age file');
      if (stat.size === 0) return broken('file', 'it is empty', anotherCopy);
      if (stat.size > longestFile) {
        return broken(
          'file',
          `it is too large for a backup (${stat.size} bytes)`,
          'give the path of the age file',
        );
      }
      return { bytes: await file.readFile() };
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return broken('file', `it cannot be read (${code})`, 'check the path and its permissions');
  }
}

function dearmor(bytes: Buffer): Uint8Array | undefined {
  if (bytes.subarray(0, 19).toString('latin1') === 'age-encryption.org/') return bytes;
  try {
    return armor.decode(bytes.toString('latin1'));
  } catch {
    return undefined;
  }
}

async function decrypt(
  sealed: Uint8Array,
  passphrase: Uint8Array,
): Promise<{ readonly plain: Buffer } | { readonly broken: AgeBreak }> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(passphraseIdentity(passphrase));
  let refused: 'passphrase' | 'recipients' | undefined;
  // asked only when the passphrase before it opened nothing: tells that from a damaged header
  decrypter.addIdentity({
    unwrapFileKey(stanzas: Stanza[]) {
      refused = stanzas.some((stanza) => stanza.args[0] === 'scrypt') ? 'passphrase' : 'recipients';
      return null;
    },
  });
  let payload: AsyncIterable<Uint8Array>;
  try {
    // the promise settles after the header; whatever fails later is the payload
    payload = await decrypter.decrypt(new Blob([sealed]).stream());
  } catch {
    if (refused === 'passphrase') {
      return broken(
        'passphrase',
        'the passphrase does not open it (or the line that the passphrase opens was altered)',
        'try the passphrase again, or drill another copy',
      );
    }
    if (refused)
      return broken('header', 'it is sealed to a public key, not a passphrase', 'open it with `age`');
    return broken('header', 'its header is cut off or altered', anotherCopy);
  }
  try {
    return { plain: await buffer(payload) };
  } catch {
    return broken('payload', 'the passphrase is right, but the content is cut off or altered', anotherCopy);
  }
}

/** Wipes `plain`. */
function readKey(plain: Buffer): OpenedAgeFile {
  const text = plain.toString('utf8');
  plain.fill(0);
  const [value, ...more] = [...text.matchAll(/^ENCRYPTION_KEY=(.*)$/gm)].map((match) => match[1] ?? '');
  if (value === undefined || more.length > 0) {
    const count = value === undefined ? 'no' : 'more than one';
    return broken('text', `it opens, but holds ${count} ENCRYPTION_KEY`, anotherCopy);
  }
  try {
    return { key: parseEncryptionKey(value, { allowWeak: true }) };
  } catch (error) {
    if (!(error instanceof KeelError)) throw error;
    return broken('key', `it opens, but ${error.message}`, anotherCopy);
  }
}

function broken(
  breaksAt: AgeBreak['breaksAt'],
  message: string,
  remedy: string,
): { readonly broken: AgeBreak } {
  return { broken: { breaksAt, message, remedy } };
}
