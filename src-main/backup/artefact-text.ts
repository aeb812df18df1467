import { basename } from 'node:path';
import type { Secret } from '#crypto/secret';
import { readSmallFile } from '#storage/small-file';
import { type Broken, broken } from './artefact-break.ts';
import { formatCount } from '#shared/counted';

/** The content of an artefact: a file, or what was typed or decoded. The giver keeps `text`. */
export type ArtefactText =
  | { readonly path: string }
  /** `name` replaces the missing path in reports, like `share 2`. */
  | { readonly text: Secret; readonly name?: string };

/** Bytes that are read of one at most: any artefact of one key is well under 8 KiB. */
export const longestArtefact = 64 * 1024;

/** The bytes, for the caller to wipe, or why they cannot be an artefact. Never waits for a pipe, never reads a long file. */
export async function readArtefactText(source: ArtefactText): Promise<{ readonly bytes: Buffer } | Broken> {
  if ('path' in source) return readBounded(source.path);
  const { bytes } = source.text;
  if (bytes.length === 0) return broken('file', 'it is empty', 'enter the contents of the backup');
  if (bytes.length > longestArtefact) return tooLong(bytes.length);
  return { bytes: Buffer.from(bytes) };
}

/** What to call an artefact in a report: the file's name, or the given one. */
export function nameOf(source: ArtefactText): string | undefined {
  return 'path' in source ? basename(source.path) : source.name;
}

async function readBounded(path: string): Promise<{ readonly bytes: Buffer } | Broken> {
  const read = await readSmallFile(path, { max: longestArtefact });
  if ('bytes' in read) {
    if (read.bytes.length > 0) return { bytes: read.bytes };
    return broken('file', 'it is empty', 'find another copy of this backup');
  }
  if (read.size !== undefined) return tooLong(read.size);
  if (read.fault === 'not-regular') return broken('file', read.why, 'use the path of the backup');
  return broken('file', `it cannot be read: ${read.why}`, 'check the path and its permissions');
}

function tooLong(bytes: number): Broken {
  return broken(
    'file',
    `it is too large for a backup (${formatCount(bytes)} bytes)`,
    'use the path of the backup',
  );
}
