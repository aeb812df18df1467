import { createReadStream } from 'node:fs';
import type { z } from 'zod';
import { openStream, type StreamOpener } from '#crypto/age-stream';
import { KeelError } from '#errors/keel-error';
import {
  type ArchiveEntry,
  archiveEntry,
  type ArchiveHeader,
  archiveHeader,
  type ArchiveTrailer,
  archiveTrailer,
} from './archive-form.ts';
import { formatCount } from '#shared/counted';

/** A credential is smaller than this; a longer line is something else. */
const longestLine = 64 * 1024 * 1024;
const lineFeed = 0x0a;

/** One credential of an archive. The taker wipes the secret. */
export interface ArchivedValue extends Omit<ArchiveEntry, 'text' | 'base64'> {
  readonly secret: Buffer;
}

/** An archive that is being read, from its beginning to its end, once. */
export interface ArchiveReading {
  readonly header: ArchiveHeader;
  /** The credentials, in the order of the header's tables. Throws at its end if the archive is not whole. */
  readonly entries: AsyncGenerator<ArchivedValue>;
  /** After the last entry. */
  readonly trailer: () => ArchiveTrailer;
}

/**
 * Opens an archive. Throws `passphrase-wrong` or `archive-unreadable`, here or, for what breaks later, from the entries. Memory is
 * that of a chunk of the file and a line. Stop early with `entries.return()`.
 */
export async function readArchive(path: string, opener: StreamOpener): Promise<ArchiveReading> {
  const lines = splitLines(openStream(bytesOf(path), opener));
  const { value: first } = await lines.next();
  const header = first && parsed(archiveHeader, first, 'header');
  if (!header) throw malformed('it is empty');
  let trailer: ArchiveTrailer | undefined;
  async function* entries(): AsyncGenerator<ArchivedValue> {
    let count = 0;
    for await (const line of lines) {
      if (trailer) throw malformed('it continues after its end');
      const isEntry = line.subarray(0, 9).toString('latin1') === '{"schema"';
      if (isEntry) {
        count++;
        yield toValue(parsed(archiveEntry, line, 'entry'));
      } else trailer = parsed(archiveTrailer, line, 'trailer');
    }
    if (!trailer) throw malformed('its end is missing');
    if (trailer.values !== count)
      throw malformed(
        `it should contain ${formatCount(trailer.values)} credentials but contains ${formatCount(count)}`,
      );
  }
  return {
    header,
    entries: entries(),
    trailer() {
      if (trailer) return trailer;
      throw new Error('the archive was not read to its end');
    },
  };
}

/** What an archive says of itself, once it has been read to its end and is known to be whole. No credential. */
export interface ArchiveSummary {
  readonly header: ArchiveHeader;
  readonly trailer: ArchiveTrailer;
  /** Credentials for each entry of the header's tables. */
  readonly counts: readonly (readonly number[])[];
}

/** Reads an archive to its end and answers its metadata. Throws as reading it does. */
export async function summariseArchive(
  path: string,
  opener: StreamOpener,
  { onValues, signal }: { onValues?: (done: number) => void; signal?: AbortSignal } = {},
): Promise<ArchiveSummary> {
  const { header, entries, trailer } = await readArchive(path, opener);
  const counts = header.tables.map(({ columns }) => columns.map(() => 0));
  const places = new Map(
    header.tables.flatMap(({ columns }, table) =>
      columns.map((entry, column): [string, [number, number]] => [targetFormName(entry), [table, column]]),
    ),
  );
  let done = 0;
  for await (const value of entries) {
    signal?.throwIfAborted();
    value.secret.fill(0);
    const [table, column] = places.get(targetFormName(value)) ?? [];
    const ofTable = table === undefined ? undefined : counts[table];
    if (!ofTable || column === undefined)
      throw malformed('it contains a credential that its header does not list');
    ofTable[column] = (ofTable[column] as number) + 1;
    onValues?.(++done);
  }
  return { header, trailer: trailer(), counts };
}

/** Names a column, or a path in it, so that no two share a name. */
export function targetFormName(
  entry: Pick<ArchiveEntry, 'schema' | 'table' | 'column'> & { readonly path?: string | undefined },
): string {
  return JSON.stringify([entry.schema, entry.table, entry.column, entry.path ?? null]);
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = `${path} cannot be read (${code}); nothing was changed`;
    throw new KeelError('archive-unreadable', message, 'check the path and its permissions', {
      cause: error,
    });
  }
}

/** Lines without their ends, as views that are wiped when the next one is asked for. */
async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const bytes of chunks) {
    let chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed)) {
      const line = Buffer.concat([...parts, chunk.subarray(0, at)]);
      for (const part of parts) part.fill(0);
      parts = [];
      length = 0;
      yield line;
      line.fill(0);
      chunk = chunk.subarray(at + 1);
    }
    parts.push(Buffer.from(chunk));
    length += chunk.length;
    bytes.fill(0);
    if (length > longestLine) throw malformed('one of its lines is too long');
  }
  if (length > 0) throw malformed('its last line is cut off');
}

function toValue({ text, base64, ...entry }: ArchiveEntry): ArchivedValue {
  if (text === undefined && base64 === undefined) throw malformed('one of its credentials is empty');
  const secret = text === undefined ? Buffer.from(base64 as string, 'base64') : Buffer.from(text, 'utf8');
  return { ...entry, secret };
}

function parsed<Schema extends z.ZodType>(schema: Schema, line: Buffer, what: string): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(line.toString('utf8'));
  } catch {
    // the parser's own message would quote the line
    throw malformed(what === 'header' ? 'it is not a credential archive' : `its ${what} is not JSON`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path }) => path.map(String).join('.').slice(0, 40)).join(', ');
  throw malformed(
    what === 'header'
      ? 'it is not a credential archive of a version that Keel supports'
      : `its ${what} has an unexpected format (${fields})`,
  );
}

export function malformed(why: string): KeelError {
  return new KeelError(
    'archive-unreadable',
    `the archive cannot be used: ${why}; nothing was changed`,
    'use another copy of the archive',
  );
}
