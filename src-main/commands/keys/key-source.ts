import { parseApplicationKey } from '#crypto/application-key';
import { type EncryptionKey, parseEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import { otherApplication } from './application-option.ts';
import { text } from '#errors/text';
import { readSmallFile } from '#storage/small-file';
import { readStandardInput } from '#commands/standard-input';

/** Where a key comes from. Never an argument: those are seen by every process of the machine. */
export interface KeySource {
  readonly keyFile?: string;
  readonly keyEnv?: string;
  readonly stdin?: boolean;
  /** Whose it is, if it is not Ballast's. */
  readonly application?: string;
}

/** How the text of a key is taken. */
export interface KeyReadingOptions {
  /** A key of low variety is read all the same. */
  readonly allowWeak?: boolean;
  /** It is another application's than Ballast: taken to the letter, as its admin wrote it. */
  readonly asWritten?: boolean;
}

/** No key file is larger; a longer one is something else. */
const longestFile = 4096;

/** Reads the one source that was given. Throws `usage` for none or several, and the exact mistake in the key. */
export async function readKey(
  source: KeySource,
  { allowWeak = false }: Pick<KeyReadingOptions, 'allowWeak'> = {},
): Promise<EncryptionKey> {
  const given = [source.keyFile, source.keyEnv, source.stdin].filter(
    (value) => value !== undefined && value !== false,
  );
  if (given.length !== 1) {
    throw new KeelError(
      'usage',
      given.length === 0 ? 'no key was given' : 'more than one key was given',
      'pass one of --key-file FILE, --key-env VARIABLE or --stdin',
    );
  }
  const options = { allowWeak, asWritten: otherApplication(source) !== undefined };
  if (source.keyFile !== undefined) return readKeyFile(source.keyFile, options);
  if (source.keyEnv !== undefined) return readKeyVariable(source.keyEnv, options);
  return parseAndWipe(await readStandardInput('key', longestFile), options);
}

/** Reads a file that holds one key. */
export async function readKeyFile(path: string, options: KeyReadingOptions = {}): Promise<EncryptionKey> {
  return parseAndWipe(await readLineFile(path, 'key'), options);
}

/** Reads a file that holds a passphrase; one trailing line break is not part of it. The caller disposes it. */
export async function readPassphraseFile(path: string): Promise<Secret> {
  const bytes = await readLineFile(path, 'passphrase');
  const end = bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? -2 : -1) : bytes.length;
  const passphrase = new Secret(Buffer.from(bytes.subarray(0, end)));
  bytes.fill(0);
  if (passphrase.bytes.length > 0) return passphrase;
  throw new KeelError(
    'passphrase-missing',
    `the passphrase file ${path} is empty`,
    'write the passphrase to it',
  );
}

function readKeyVariable(name: string, options: KeyReadingOptions): EncryptionKey {
  const value = process.env[name];
  if (value !== undefined) return parseAndWipe(Buffer.from(value, 'utf8'), options);
  throw new KeelError(
    'usage',
    `the environment variable ${name} is not set`,
    'set it, or pass --key-file FILE',
  );
}

/** Reads a file that holds a line or a few, or what a shell pipes in. Throws `key-file-unreadable`. The caller wipes it. */
export async function readLineFile(path: string, what: string, longest = longestFile): Promise<Buffer> {
  const read = await readSmallFile(path, { max: longest, pipes: true });
  if ('bytes' in read) return read.bytes;
  if (read.fault !== 'too-long') {
    const message = `the ${what} file ${path} cannot be read: ${read.why}`;
    throw new KeelError('key-file-unreadable', message, 'check the path', { cause: read.cause });
  }
  throw new KeelError(
    'key-file-unreadable',
    `the ${what} file ${path} is larger than ${longest} bytes, so it contains something else`,
    'pass a file that contains only that line',
  );
}

function parseAndWipe(bytes: Buffer, options: KeyReadingOptions): EncryptionKey {
  try {
    return options.asWritten
      ? parseApplicationKey(bytes)
      : parseEncryptionKey(bytes.toString('utf8'), options);
  } catch (error) {
    const { code, message, remedy } = expectedFailure(error);
    if (options.asWritten || code !== 'key-malformed') throw error;
    throw new KeelError(
      code,
      message,
      text`${remedy}; if it is the key of another application than Ballast, pass --application NAME`,
    );
  } finally {
    bytes.fill(0);
  }
}
