import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { readSmallFile } from '#storage/small-file';
import { readJpeg } from './jpeg-picture.ts';
import { type Picture, PictureFault } from './picture.ts';
import { readPng } from './png-picture.ts';

/** A photo of a phone has 3 to 10 MB. */
const longestFile = 20 * 1024 * 1024;

/** A pipe would be waited for without a writer; Windows has none and knows no such flag. */
const toRead = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** How files begin that are taken for pictures, and are none that we read. */
const others: readonly (readonly [what: string, begin: RegExp])[] = [
  ['a HEIC photo', /^.{4}ftyp(heic|heix|hevc|mif1|msf1)/s],
  ['an AVIF image', /^.{4}ftyp(avif|avis)/s],
  ['a WebP image', /^RIFF.{4}WEBP/s],
  ['a GIF', /^GIF8/],
  ['a TIFF', /^(II\*\0|MM\0\*)/],
  ['a BMP', /^BM/],
];

/** Reads a PNG or JPEG, or the pages of a PDF, known by its content and not by its name. Throws `PictureFault`. */
export async function* readPictures(path: string): AsyncGenerator<Picture> {
  const bytes = await readBounded(path);
  try {
    if (isPng(bytes)) yield await readPng(bytes);
    else if (isJpeg(bytes)) yield readJpeg(bytes);
    else if (isPdf(bytes)) {
      // larger than the rest together, and rarely needed
      const { pdfPages } = await import('./pdf-pages.ts');
      yield* pdfPages(bytes);
    } else throw new PictureFault('it is not an image', 'use a photo or scan as PNG, JPEG or PDF');
  } finally {
    bytes.fill(0);
  }
}

/** Whether a file is a picture by its first bytes, be it one that we cannot read; false for what cannot be opened. */
export async function isPictureFile(path: string): Promise<boolean> {
  const file = await open(path, toRead).catch(() => undefined);
  if (!file) return false;
  try {
    if (!(await file.stat()).isFile()) return false;
    const start = await startOf(file);
    return isPng(start) || isJpeg(start) || isPdf(start) || otherKind(start) !== undefined;
  } finally {
    await file.close();
  }
}

async function startOf(file: FileHandle): Promise<Buffer> {
  const start = Buffer.alloc(16);
  const { bytesRead } = await file.read(start, 0, start.length, 0);
  return start.subarray(0, bytesRead);
}

function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
}

function isJpeg(bytes: Buffer): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

function isPdf(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 5) === '%PDF-';
}

function otherKind(bytes: Buffer): string | undefined {
  const start = bytes.toString('latin1', 0, 16);
  return others.find(([, begin]) => begin.test(start))?.[0];
}

async function readBounded(path: string): Promise<Buffer> {
  const read = await readSmallFile(path, { max: longestFile });
  if ('bytes' in read) {
    const other = otherKind(read.bytes);
    if (other) throw new PictureFault(`it is ${other}`, 'convert it to JPEG or PNG, and use that');
    if (read.bytes.length > 0) return read.bytes;
    throw new PictureFault('it is empty');
  }
  if (read.size !== undefined) {
    const size = `${Math.ceil(read.size / 1024 / 1024)} MB`;
    throw new PictureFault(
      `it is larger than 20 MB (${size})`,
      'crop the image to the code, or reduce its size',
    );
  }
  if (read.fault === 'not-regular') throw new PictureFault(read.why, 'use the path of a photo or scan');
  throw new PictureFault(`it cannot be read: ${read.why}`, 'check the path and its permissions');
}
