import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { KeelError } from '#errors/keel-error';
import { childEnvironment } from '#storage/child-environment';

/** A file as a stream of what is in it. */
export interface FileSource {
  readonly stream: Readable;
  /** Of the file on disk. */
  readonly size: number;
  /** Why it was not read, or not all of it. */
  readonly unread: readonly string[];
  /** Throws where what made the stream failed. */
  readonly end: () => Promise<void>;
}

/** What a file begins with whose contents do not show, and how to make them show. */
const sealed: readonly (readonly [magic: string, what: string])[] = [
  ['\xfd7zXZ\0', 'compressed with xz'],
  ['BZh', 'compressed with bzip2'],
  ['\x28\xb5\x2f\xfd', 'compressed with zstd'],
  ['\x04\x22\x4d\x18', 'compressed with lz4'],
  ['PK\x03\x04', 'a zip archive'],
  ["7z\xbc\xaf'\x1c", 'a 7z archive'],
  ['age-encryption.org/', 'encrypted with age'],
  ['-----BEGIN AGE ENCRYPTED FILE', 'encrypted with age'],
  ['-----BEGIN PGP MESSAGE', 'encrypted with OpenPGP'],
];

const gzip = '\x1f\x8b';
const customDump = 'PGDMP';
const headLength = 32;

/** Throws `file-unreadable`. */
export async function openFile(path: string): Promise<FileSource> {
  try {
    const { size } = await stat(path);
    const file = await open(path);
    const head = Buffer.alloc(headLength);
    const { bytesRead } = await file.read(head, 0, headLength, 0);
    await file.close();
    const start = head.toString('latin1', 0, bytesRead);
    if (start.startsWith(customDump)) return restored(path, size);
    if (start.startsWith(gzip)) return await unpacked(path, size);
    return notRead(start, size) ?? plain(createReadStream(path, { highWaterMark: 1 << 20 }), size);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function plain(stream: Readable, size: number): FileSource {
  return { stream, size, unread: [], end: async () => undefined };
}

function notRead(start: string, size: number): FileSource | undefined {
  const found = sealed.find(([magic]) => start.startsWith(magic));
  if (!found) return undefined;
  const unread = [`the file is ${found[1]}: extract or decrypt it first, and read the result`];
  return { stream: Readable.from([]), size, unread, end: async () => undefined };
}

/** What gzip holds; where that begins like something that does not show either, it was not read. */
async function unpacked(path: string, size: number): Promise<FileSource> {
  const plainText = createGunzip();
  const out = new PassThrough({ highWaterMark: 1 << 20 });
  pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), plainText, out, () => undefined);
  await Promise.race([once(out, 'readable'), once(out, 'end')]);
  const head: Buffer | null = out.read();
  if (head === null) return plain(out, size);
  const start = head.toString('latin1', 0, headLength);
  const reason = start.startsWith(customDump)
    ? 'the file is a gzip-compressed dump in pg_dump’s custom format: decompress it first, and read the result'
    : notRead(start, size)?.unread[0];
  if (reason !== undefined) {
    out.destroy();
    return { stream: Readable.from([]), size, unread: [reason], end: async () => undefined };
  }
  out.unshift(head);
  return plain(out, size);
}

/** pg_restore writes a custom dump as a plain one. */
function restored(path: string, size: number): FileSource {
  const program = spawn('pg_restore', ['-f', '-', path], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: childEnvironment(),
  });
  const closed = once(program, 'close');
  closed.catch(() => undefined);
  return {
    stream: program.stdout,
    size,
    unread: [],
    async end() {
      const [code] = (await closed) as [number | null];
      if (code !== 0) throw new Error(`pg_restore exited with ${code}`);
    },
  };
}

/** The failure of reading a file; what is none of the file's stays as it is. */
export function unreadable(path: string, cause: unknown): unknown {
  if (cause instanceof KeelError || (cause as Error).name === 'AbortError') return cause;
  const { code, message, syscall } = cause as NodeJS.ErrnoException;
  const missing = code === 'ENOENT' && syscall?.startsWith('spawn');
  return new KeelError(
    'file-unreadable',
    missing
      ? `${path} is a dump in pg_dump’s custom format, and pg_restore is not installed here; nothing was read`
      : code === 'EISDIR'
        ? `${path} is a folder; nothing was read`
        : `${path} cannot be read (${code ?? message}); what was read so far says nothing about the rest`,
    missing
      ? 'install the PostgreSQL client programs, or make a plain-text dump'
      : code === 'EISDIR'
        ? 'pass each file in it; convert a dump in pg_dump’s directory format to plain text with pg_restore -f'
        : 'check the path, its permissions and whether the file is damaged',
    { cause },
  );
}
