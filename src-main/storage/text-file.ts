import { KeelError } from '#errors/keel-error';
import type { ErrorCode } from '#errors/keel-error';
import { readSmallFile } from './small-file.ts';

export interface TextFileOptions {
  /** What a failure is called. */
  readonly code: ErrorCode;
  /** The file in a sentence, like `the inventory`. */
  readonly what: string;
  readonly remedy: string;
  /** Bytes that such a file has at most. 1 MiB without it. */
  readonly max?: number;
  readonly encoding?: 'utf8' | 'latin1';
}

/**
 * The text of a file that somebody named. A device, a pipe without a writer and a file without an end are refused before they are read
 * to the end. Throws `code`.
 */
export async function readTextFile(
  path: string,
  { code, what, remedy, max = 1 << 20, encoding = 'utf8' }: TextFileOptions,
): Promise<string> {
  const read = await readSmallFile(path, { max });
  if ('bytes' in read) {
    const text = read.bytes.toString(encoding);
    read.bytes.fill(0);
    return text;
  }
  throw new KeelError(code, `${what} ${path} cannot be read: ${read.why}; nothing was done`, remedy, {
    cause: read.cause,
  });
}

/** What JSON says, or why it is none. The parser's own message quotes the text, which may be a secret in the wrong place. */
export function parseJson(text: string): { readonly value: unknown } | { readonly why: string } {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { why: 'it is not JSON' };
  }
}
