import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Document from 'pdfkit';
import { describe, expect } from 'vitest';
import { sealText } from '#backup/age/age-file';
import { drillArtefact } from '#backup/drill';
import { detectForm } from '#backup/detect-form';
import { shortKeyText } from '#backup/key-text';
import { makePaperKit } from '#backup/paper/paper-kit';
import { qrMatrix } from '#backup/pictures/qr-matrix';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { photograph } from '#test/photos/camera';
import { kitSheet } from '#test/photos/photo-set';
import { test } from '#test/support/temp-folder';
import { paint, sheetOf, toJpeg } from './spoilt-pictures.ts';

const key = generateEncryptionKey();
const passphrase = new Secret(Buffer.from('seven unlikely words'));
const seal = () => sealText(shortKeyText(key), { passphrase }, { workFactor: 10 });
const armored = await seal();
const kit = await makePaperKit(
  key,
  { kind: 'sealed', passphrase },
  { environment: 'Acme production', createdAt: new Date('2026-03-01T12:00:00.000Z') },
  { workFactor: 10 },
);
const blank = toJpeg(paint(600, 800, () => 250));

async function drill(folder: string, pdf: Buffer) {
  const photo = join(folder, 'scan.pdf');
  await writeFile(photo, pdf);
  expect(await detectForm({ path: photo })).toEqual({ form: 'paper' });
  return drillArtefact({ form: 'paper', photo, opener: { passphrase } }, key.fingerprint);
}

/** As a scanner writes it: a JPEG on each page. */
async function scanned(pages: readonly Buffer[], options: PDFKit.PDFDocumentOptions = {}): Promise<Buffer> {
  const document = new Document({ ...options, autoFirstPage: false });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => document.once('end', resolve));
  for (const page of pages) {
    document.addPage({ size: 'A4', margin: 0 });
    document.image(page, 0, 0, { fit: [595, 842] });
  }
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

describe('a PDF', () => {
  test('that a kit was printed from restores the key', async ({ folder }) => {
    expect(await drill(folder, kit)).toMatchObject({ result: 'correct' });
  });

  test('of a scanner restores the key from whichever page has the code', async ({ folder }) => {
    const page = toJpeg(photograph(kitSheet(qrMatrix(armored)), { roll: 4, pitch: 10 }), 60);
    expect(await drill(folder, await scanned([page]))).toMatchObject({ result: 'correct' });
    expect(await drill(folder, await scanned([blank, page]))).toMatchObject({ result: 'correct' });
  });

  test('with another encrypted key on a later page is not decided', async ({ folder }) => {
    const sheets = [toJpeg(sheetOf(qrMatrix(armored))), toJpeg(sheetOf(qrMatrix(await seal())))];
    expect(await drill(folder, await scanned(sheets))).toMatchObject({
      result: 'invalid',
      message: 'it contains 2 codes with encrypted keys',
    });
  });

  test('without a code says so', async ({ folder }) => {
    expect(await drill(folder, await scanned([blank]))).toMatchObject({
      result: 'invalid',
      breaksAt: 'picture',
      message: 'no QR code was found in it',
    });
  });

  test('that cannot be read is told for what it is, before a picture in it is decoded', async ({
    folder,
  }) => {
    const sheet = toJpeg(sheetOf(qrMatrix(armored)));
    const whole = await scanned([sheet]);
    const bomb = Buffer.from(
      whole
        .toString('latin1')
        .replace(/\/Width \d+/, '/Width 60000')
        .replace(/\/Height \d+/, '/Height 60000'),
      'latin1',
    );
    for (const [pdf, message] of [
      [await scanned([sheet], { userPassword: 'hush' }), /needs a password/],
      [await scanned(Array.from({ length: 21 }, () => blank)), /a PDF of 21 pages: more than 20/],
      [bomb, /60000 × 60000 pixels: more than 64 megapixels/],
      [whole.subarray(0, whole.length >> 1), /pages cannot be read|no QR code/],
      [Buffer.from('%PDF-1.7\nhush'), /pages cannot be read/],
    ] as const) {
      expect(await drill(folder, pdf)).toMatchObject({
        result: 'invalid',
        breaksAt: 'picture',
        message: expect.stringMatching(message),
      });
    }
  });
});
