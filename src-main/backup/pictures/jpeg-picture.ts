import { BitReader } from './jpeg-bits.ts';
import { placeBlock } from './jpeg-block.ts';
import {
  type Band,
  type BlockState,
  readBand,
  type ReadBlock,
  readFirst,
  readWhole,
  refineBand,
  refineFirst,
} from './jpeg-coefficients.ts';
import { type Component, type Frame, jpegScans, type Scan, type Tables } from './jpeg-segments.ts';
import { type Picture, PictureFault } from './picture.ts';

/**
 * Reads a JPEG, baseline or progressive, as a grey picture: of its first component, which is brightness, and none of its
 * colours. Its size is judged before its pixels are read; memory is a byte a pixel, three for a progressive one. Throws
 * `PictureFault`.
 */
export function readJpeg(bytes: Buffer): Picture {
  const tables: Tables = { quantisation: new Map(), dc: new Map(), ac: new Map(), restartInterval: 0 };
  let canvas: Canvas | undefined;
  for (const scan of jpegScans(bytes, tables)) {
    canvas ??= newCanvas(scan.frame);
    // colours that are in a scan of their own are not even read
    if (scan.parts.some(({ component }) => component === scan.frame.components[0])) {
      readScan(new BitReader(bytes, scan.start), scan, tables, canvas);
    }
  }
  if (!canvas?.touched) throw new PictureFault('it is damaged: it has no pixels');
  if (canvas.coefficients) placeAll(canvas, tables);
  return canvas.picture;
}

interface Canvas {
  readonly frame: Frame;
  readonly brightness: Component;
  readonly picture: Picture;
  /** Blocks of the brightness in a row of units. */
  readonly stride: number;
  /** All coefficients of a progressive picture's brightness. */
  readonly coefficients?: Int16Array;
  touched: boolean;
}

function newCanvas(frame: Frame): Canvas {
  const brightness = frame.components[0] as Component;
  const width = Math.ceil((frame.width * brightness.across) / frame.maxAcross);
  const height = Math.ceil((frame.height * brightness.down) / frame.maxDown);
  const units = unitsOf(frame);
  const stride = units.across * brightness.across;
  return {
    frame,
    brightness,
    picture: { width, height, luma: new Uint8Array(width * height) },
    stride,
    ...(frame.progressive && {
      coefficients: new Int16Array(stride * units.down * brightness.down * 64),
    }),
    touched: false,
  };
}

function unitsOf({ width, height, maxAcross, maxDown }: Frame): { across: number; down: number } {
  return { across: Math.ceil(width / (8 * maxAcross)), down: Math.ceil(height / (8 * maxDown)) };
}

function readScan(bits: BitReader, scan: Scan, tables: Tables, canvas: Canvas): void {
  const { frame } = scan;
  const band: Band = { from: scan.from, to: scan.to, high: scan.high, low: scan.low, run: 0 };
  const read = readerOf(scan);
  const parts = scan.parts.map(({ component, dc, ac }) => ({
    component,
    state: { dc: tables.dc.get(dc) ?? noTable, ac: tables.ac.get(ac) ?? noTable, predicted: 0 } as BlockState,
  }));
  const alone = parts.length === 1;
  // a component that stands alone has no blocks beyond its own edge (T.81, A.2.2)
  const units = alone
    ? { across: Math.ceil(canvas.picture.width / 8), down: Math.ceil(canvas.picture.height / 8) }
    : unitsOf(frame);
  const total = units.across * units.down;
  const scratch = new Int16Array(64);
  canvas.touched = true;
  for (let unit = 0; unit < total; unit++) {
    if (tables.restartInterval > 0 && unit > 0 && unit % tables.restartInterval === 0) {
      bits.restart();
      band.run = 0;
      for (const { state } of parts) state.predicted = 0;
    }
    const [ux, uy] = [unit % units.across, Math.floor(unit / units.across)];
    for (const { component, state } of parts) {
      const [across, down] = alone ? [1, 1] : [component.across, component.down];
      for (let block = 0; block < across * down; block++) {
        const x = ux * across + (block % across);
        const y = uy * down + Math.floor(block / across);
        if (component === canvas.brightness && canvas.coefficients) {
          read(bits, state, canvas.coefficients, (y * canvas.stride + x) * 64, band);
          continue;
        }
        scratch.fill(0);
        read(bits, state, scratch, 0, band);
        if (component !== canvas.brightness) continue;
        placeBlock(scratch, 0, quantisationOf(component, tables), canvas.picture, x * 8, y * 8);
      }
    }
  }
}

function readerOf({ frame, from, high }: Scan): ReadBlock {
  if (!frame.progressive) return readWhole;
  if (from === 0) return high === 0 ? readFirst : refineFirst;
  return high === 0 ? readBand : refineBand;
}

/** No code is in it: the first symbol fails. */
const noTable = new Uint16Array(65_536);

function placeAll({ coefficients, brightness, picture, stride }: Canvas, tables: Tables): void {
  if (!coefficients) return;
  const quantisation = quantisationOf(brightness, tables);
  for (let y = 0; y < Math.ceil(picture.height / 8); y++) {
    for (let x = 0; x < Math.ceil(picture.width / 8); x++) {
      placeBlock(coefficients, (y * stride + x) * 64, quantisation, picture, x * 8, y * 8);
    }
  }
}

function quantisationOf({ quantisation }: Component, tables: Tables): Uint16Array {
  const table = tables.quantisation.get(quantisation);
  if (table) return table;
  throw new PictureFault('it is damaged: a table that its pixels need is missing');
}
