import { crc32 } from 'node:zlib';
import { assertSize, lumaOf, type Picture, PictureFault } from './picture.ts';
import { pngRows } from './png-rows.ts';

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly interlaced: boolean;
}

/** Samples a pixel, by colour type (PNG, table 11.1): grey, true colour, palette, grey and alpha, true colour and alpha. */
const samplesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const depthsOf: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Start and step of each pass of an interlaced picture (PNG, section 8.2), across and down. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const onePass = [[0, 0, 1, 1]] as const;

/**
 * Reads a PNG as a grey picture, what is transparent as on white paper. Its size is judged by its header, before anything is
 * inflated, and its pixels come row by row: memory is a byte a pixel, whatever the file says. Throws `PictureFault`.
 */
export async function readPng(bytes: Buffer): Promise<Picture> {
  const { header, palette, data } = readChunks(bytes);
  const { width, height, depth, colour, interlaced } = header;
  const samples = samplesOf[colour] as number;
  const passes = (interlaced ? adam7 : onePass)
    .map(([x, y, dx, dy]) => ({ x, y, dx, dy, columns: Math.ceil((width - x) / dx) }))
    .filter(({ columns, y }) => columns > 0 && y < height);
  const places = passes.flatMap((pass) =>
    Array.from({ length: Math.ceil((height - pass.y) / pass.dy) }, (_, row) => ({
      ...pass,
      row: pass.y + row * pass.dy,
      bytes: Math.ceil((pass.columns * samples * depth) / 8),
      firstOfPass: row === 0,
    })),
  );
  const luma = new Uint8Array(width * height);
  const shade = shadeReader(header, palette);
  let next = 0;
  for await (const row of pngRows(data, places, Math.max(1, (samples * depth) >> 3))) {
    const { x, dx, columns, row: y } = places[next++] as (typeof places)[number];
    for (let column = 0; column < columns; column++) luma[y * width + x + column * dx] = shade(row, column);
  }
  return { width, height, luma };
}

function readChunks(bytes: Buffer): { header: Header; palette: Buffer; data: Buffer[] } {
  const data: Buffer[] = [];
  let header: Header | undefined;
  let palette: Buffer = Buffer.alloc(0);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (body.length < length || at + 12 + length > bytes.length) break;
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== bytes.readUInt32BE(at + 8 + length)) {
      throw new PictureFault('it is damaged: the checksum of a part does not match');
    }
    if (type === 'IHDR') header = readHeader(body);
    if (type === 'PLTE') palette = body;
    if (type === 'IDAT') data.push(body);
    if (type === 'IEND' && header) return { header, palette, data };
    at += 12 + length;
  }
  if (!header) throw new PictureFault('it is cut off or damaged: its header is incomplete');
  throw new PictureFault('it is cut off: its end is missing');
}

function readHeader(body: Buffer): Header {
  if (body.length !== 13) throw new PictureFault('it is damaged: its header is incomplete');
  const [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
  const [depth, colour, interlace] = [body[8], body[9], body[12]] as [number, number, number];
  assertSize(width, height);
  if (!depthsOf[colour]?.includes(depth) || interlace > 1) {
    throw new PictureFault('it is not a valid PNG', 'save it again as PNG or JPEG');
  }
  return { width, height, depth, colour, interlaced: interlace === 1 };
}

type Shade = (row: Buffer, column: number) => number;

function shadeReader({ depth, colour }: Header, palette: Buffer): Shade {
  if (depth < 8) {
    const grey = colour === 0 ? undefined : paletteShades(palette);
    const [perByte, most] = [8 / depth, 2 ** depth - 1];
    return (row, column) => {
      const byte = row[Math.floor(column / perByte)] as number;
      const value = (byte >> (8 - depth * ((column % perByte) + 1))) & most;
      return grey ? (grey[value] ?? 0) : (value * 255) / most;
    };
  }
  // of 16 bits the upper eight do
  const bytes = depth / 8;
  const sample = (row: Buffer, index: number) => row[index * bytes] as number;
  const onWhite = (value: number, alpha: number) => 255 + ((value - 255) * alpha) / 255;
  switch (colour) {
    case 0:
      return sample;
    case 2:
      return (row, i) => lumaOf(sample(row, i * 3), sample(row, i * 3 + 1), sample(row, i * 3 + 2));
    case 3: {
      const grey = paletteShades(palette);
      return (row, i) => grey[sample(row, i)] ?? 0;
    }
    case 4:
      return (row, i) => onWhite(sample(row, i * 2), sample(row, i * 2 + 1));
    default:
      return (row, i) =>
        onWhite(
          lumaOf(sample(row, i * 4), sample(row, i * 4 + 1), sample(row, i * 4 + 2)),
          sample(row, i * 4 + 3),
        );
  }
}

function paletteShades(palette: Buffer): number[] {
  return Array.from({ length: Math.floor(palette.length / 3) }, (_, i) =>
    lumaOf(palette[i * 3] as number, palette[i * 3 + 1] as number, palette[i * 3 + 2] as number),
  );
}
