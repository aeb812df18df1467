import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { readLineFile } from './keys/key-source.ts';
import { readStandardInput } from './standard-input.ts';

/** Where a value comes from, exactly one of both: never an argument, which every process of the machine sees. */
export interface ValueSource {
  /** `-` for standard input. */
  readonly file?: string | undefined;
  readonly variable?: string | undefined;
}

/** What a value is called in messages, and the option that names its file. */
export interface ValueName {
  readonly name: string;
  readonly option: string;
}

const longestValue = 65_536;

/** Reads a value, without one line break at its end; the caller disposes it. Throws `usage`, also for an empty one, and `file-unreadable`. */
export async function readGivenValue(
  { file, variable }: ValueSource,
  { name, option }: ValueName,
): Promise<Secret> {
  const bytes =
    file === undefined ? readVariable(variable as string, option) : await readValueFile(file, name);
  const end = bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? -2 : -1) : bytes.length;
  const value = Buffer.from(bytes.subarray(0, end));
  bytes.fill(0);
  if (value.length > 0) return new Secret(value);
  throw new KeelError('usage', `the ${name} is empty; nothing was changed`, 'pass the whole value');
}

async function readValueFile(file: string, name: string): Promise<Buffer> {
  return file === '-'
    ? await readStandardInput(name, longestValue)
    : await readLineFile(file, name, longestValue);
}

function readVariable(variable: string, option: string): Buffer {
  const value = process.env[variable];
  if (value !== undefined) return Buffer.from(value, 'utf8');
  throw new KeelError(
    'usage',
    `the environment variable ${variable} is not set; nothing was changed`,
    `set it, or pass ${option} FILE`,
  );
}
