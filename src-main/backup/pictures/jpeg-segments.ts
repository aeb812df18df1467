import { type HuffmanTable, huffmanTable } from './jpeg-bits.ts';
import { assertSize, PictureFault } from './picture.ts';

export interface Component {
  readonly id: number;
  /** Blocks of a unit, across and down. */
  readonly across: number;
  readonly down: number;
  readonly quantisation: number;
}

export interface Frame {
  readonly progressive: boolean;
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
  readonly maxAcross: number;
  readonly maxDown: number;
}

/** What later scans are read with; each segment may change it. */
export interface Tables {
  readonly quantisation: Map<number, Uint16Array>;
  readonly dc: Map<number, HuffmanTable>;
  readonly ac: Map<number, HuffmanTable>;
  restartInterval: number;
}

export interface Scan {
  readonly frame: Frame;
  readonly parts: readonly { readonly component: Component; readonly dc: number; readonly ac: number }[];
  readonly from: number;
  readonly to: number;
  readonly high: number;
  readonly low: number;
  /** Where its bits begin. */
  readonly start: number;
}

/** Photos have one scan, progressive ones about ten. */
const maxScans = 100;
const damaged = () => new PictureFault('it is damaged: a part of it is invalid');
const rareKind = () =>
  new PictureFault('it is an unsupported kind of JPEG', 'save it again as PNG or plain JPEG');

/**
 * Walks the segments of a JPEG up to its end, and answers each scan with the tables as they are there (ITU-T T.81, annex B).
 * Throws `PictureFault`, for a size out of bounds before any scan.
 */
export function* jpegScans(bytes: Buffer, tables: Tables): Generator<Scan> {
  let frame: Frame | undefined;
  let scans = 0;
  for (let at = 2; ; ) {
    at = nextMarker(bytes, at);
    const marker = bytes[at + 1];
    if (marker === 0xd9) {
      if (scans === 0) throw damaged();
      return;
    }
    const length = at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : 0;
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (length < 2 || body.length !== length - 2) throw new PictureFault('it is cut off');
    at += 2 + length;
    if (marker === 0xc0 || marker === 0xc1 || marker === 0xc2) {
      if (frame) throw damaged();
      frame = readFrame(body, marker === 0xc2);
    } else if (marker === 0xc4) readHuffman(body, tables);
    else if (marker === 0xdb) readQuantisation(body, tables);
    else if (marker === 0xdd) tables.restartInterval = body.length === 2 ? body.readUInt16BE(0) : 0;
    else if (marker === 0xda) {
      if (!frame || ++scans > maxScans) throw damaged();
      yield readScan(body, frame, at);
    } else if (marker !== undefined && marker >= 0xc3 && marker <= 0xcf && marker !== 0xc8) throw rareKind();
  }
}

/** The next marker that is not part of the bits of a scan. */
function nextMarker(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined) break;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd8)) return at;
  }
  throw new PictureFault('it is cut off: its end is missing');
}

function readFrame(body: Buffer, progressive: boolean): Frame {
  if (body.length < 6 || body.length !== 6 + 3 * (body[5] as number)) throw damaged();
  if (body[0] !== 8) throw rareKind();
  const [height, width] = [body.readUInt16BE(1), body.readUInt16BE(3)];
  // a progressive picture is kept as numbers of two bytes until its last scan
  assertSize(width, height, progressive ? 40_000_000 : undefined);
  const components = Array.from({ length: body[5] as number }, (_, i) => {
    const [id, sampling, quantisation] = body.subarray(6 + i * 3, 9 + i * 3) as unknown as number[];
    return {
      id: id as number,
      across: (sampling as number) >> 4,
      down: (sampling as number) & 15,
      quantisation: quantisation as number,
    };
  });
  if (components.length === 0 || components.length > 4) throw damaged();
  if (components.some(({ across, down }) => across < 1 || across > 4 || down < 1 || down > 4))
    throw damaged();
  const maxAcross = Math.max(...components.map(({ across }) => across));
  const maxDown = Math.max(...components.map(({ down }) => down));
  return { progressive, width, height, components, maxAcross, maxDown };
}

function readHuffman(body: Buffer, { dc, ac }: Tables): void {
  for (let at = 0; at < body.length; ) {
    const kind = body[at] as number;
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = body.subarray(at + 17, at + 17 + total);
    if (counts.length !== 16 || symbols.length !== total || total > 256) throw damaged();
    (kind >> 4 === 0 ? dc : ac).set(kind & 15, huffmanTable(counts, symbols));
    at += 17 + total;
  }
}

function readQuantisation(body: Buffer, { quantisation }: Tables): void {
  for (let at = 0; at < body.length; ) {
    const kind = body[at++] as number;
    const wide = kind >> 4 !== 0;
    const size = wide ? 128 : 64;
    if (at + size > body.length) throw damaged();
    const start = at;
    quantisation.set(
      kind & 15,
      Uint16Array.from({ length: 64 }, (_, i) =>
        wide ? body.readUInt16BE(start + i * 2) : (body[start + i] as number),
      ),
    );
    at += size;
  }
}

function readScan(body: Buffer, frame: Frame, start: number): Scan {
  const count = body[0] as number;
  if (count < 1 || count > 4 || body.length !== 4 + count * 2) throw damaged();
  const parts = Array.from({ length: count }, (_, i) => {
    const component = frame.components.find(({ id }) => id === body[1 + i * 2]);
    const tables = body[2 + i * 2] as number;
    if (!component) throw damaged();
    return { component, dc: tables >> 4, ac: tables & 15 };
  });
  const [from, to, bits] = body.subarray(1 + count * 2) as unknown as [number, number, number];
  if (frame.progressive && (from > to || to > 63 || (from > 0 && count > 1))) throw damaged();
  return { frame, parts, from, to, high: bits >> 4, low: bits & 15, start };
}
