import { createInflate } from 'node:zlib';
import { PictureFault, pixelsCutOff } from './picture.ts';

/**
 * Inflates the pixel data of a PNG and hands out one unfiltered row after the other, as long as `widths` asks for rows of that
 * many bytes (PNG, section 9). A row is valid until the next one. Never inflates more than was asked for.
 */
export async function* pngRows(
  data: readonly Buffer[],
  widths: Iterable<{ readonly bytes: number; readonly firstOfPass: boolean }>,
  bytesPerPixel: number,
): AsyncGenerator<Buffer> {
  const source = inflated(data);
  let rest: Buffer = Buffer.alloc(0);
  let above = Buffer.alloc(0);
  try {
    for (const { bytes, firstOfPass } of widths) {
      while (rest.length < bytes + 1) {
        const { value, done } = await source.next();
        if (done) throw pixelsCutOff();
        rest = rest.length === 0 ? value : Buffer.concat([rest, value]);
      }
      const row = Buffer.from(rest.subarray(1, bytes + 1));
      unfilter(rest[0] as number, row, firstOfPass ? Buffer.alloc(bytes) : above, bytesPerPixel);
      rest = rest.subarray(bytes + 1);
      above = row;
      yield row;
    }
  } finally {
    await source.return(undefined);
  }
}

async function* inflated(data: readonly Buffer[]): AsyncGenerator<Buffer, undefined> {
  const inflate = createInflate({ chunkSize: 256 * 1024 });
  const failed = new Promise<never>((_, reject) => {
    inflate.once('error', reject);
  });
  failed.catch(() => undefined);
  for (const chunk of data) inflate.write(chunk);
  inflate.end();
  try {
    yield* inflate as AsyncIterable<Buffer>;
  } catch {
    throw pixelsCutOff();
  } finally {
    inflate.destroy();
  }
}

function unfilter(type: number, row: Buffer, above: Buffer, step: number): void {
  if (type > 4) throw new PictureFault('it is damaged: a row of pixels is invalid');
  if (type === 0) return;
  for (let i = 0; i < row.length; i++) {
    const left = i >= step ? (row[i - step] as number) : 0;
    const up = above[i] as number;
    const corner = i >= step ? (above[i - step] as number) : 0;
    row[i] = (row[i] as number) + predict(type, left, up, corner);
  }
}

function predict(type: number, left: number, up: number, corner: number): number {
  if (type === 1) return left;
  if (type === 2) return up;
  if (type === 3) return (left + up) >> 1;
  const estimate = left + up - corner;
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
