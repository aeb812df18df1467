import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareZXingModule, type ReaderOptions, readBarcodes } from 'zxing-wasm/reader';
import type { Picture } from './picture.ts';

const options: ReaderOptions = {
  formats: ['QRCode'],
  tryDenoise: true,
  // a kit's code is of one kind: the others that the format allows are read from noise more often than from paper
  maxNumberOfSymbols: 16,
  textMode: 'Plain',
};

/** The texts of the QR codes in a picture, as it is: turned, mirrored, negative and unevenly lit as far as the library goes. */
export async function readCodes({ width, height, luma }: Picture): Promise<string[]> {
  await (loading ??= load());
  // a PGM, so that the library is given a byte a pixel where its own form of pictures takes four
  const header = Buffer.from(`P5\n${width} ${height}\n255\n`, 'latin1');
  const results = await readBarcodes(Buffer.concat([header, luma]), options);
  return results.filter(({ isValid }) => isValid).map(({ text }) => text);
}

let loading: Promise<unknown> | undefined;

/** From the disk, where the library would fetch its code from the network. */
async function load(): Promise<void> {
  const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const { buffer, byteOffset, byteLength } = await readFile(path);
  const wasmBinary = buffer.slice(byteOffset, byteOffset + byteLength);
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}
