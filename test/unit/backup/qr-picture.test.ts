import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect } from 'vitest';
import { drillArtefact } from '#backup/drill';
import { qrMatrix } from '#backup/pictures/qr-matrix';
import { readQrImage } from '#backup/pictures/qr-image';
import { readQrPicture } from '#backup/pictures/qr-picture';
import { sealText } from '#backup/age/age-file';
import { shortKeyText } from '#backup/key-text';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { photograph } from '#test/photos/camera';
import { kitSheet } from '#test/photos/photo-set';
import { test } from '#test/support/temp-folder';
import {
  beside,
  blur,
  darken,
  fade,
  invert,
  noise,
  onTable,
  paint,
  rotate,
  scale,
  sheetWith,
  sheetOf,
  tilt,
  toJpeg,
  toPng,
} from './spoilt-pictures.ts';

const key = generateEncryptionKey();
const passphrase = new Secret(Buffer.from('seven unlikely words'));
const armored = await sealText(shortKeyText(key), { passphrase }, { workFactor: 10 });
const sheet = sheetOf(qrMatrix(armored));

async function read(folder: string, bytes: Buffer) {
  const path = join(folder, 'photo');
  await writeFile(path, bytes);
  return readQrPicture(path, () => {});
}

describe('a photo of the code', () => {
  test.for([
    ['straight on', sheet],
    ['turned by 3°', rotate(sheet, 3)],
    ['turned by 17°', rotate(sheet, 17)],
    ['turned by 45°', rotate(sheet, 45)],
    ['turned by 90°', rotate(sheet, 90)],
    ['upside down', rotate(sheet, 180)],
    ['out of focus', blur(sheet, 2)],
    ['grainy', noise(sheet, 90)],
    ['lit from one side', darken(sheet, 0.1)],
    ['pale', fade(sheet, 128, 144)],
    ['as a negative', invert(sheet)],
    ['from below', tilt(sheet, 0.3)],
    ['two pixels a module', scale(sheet, 0.5)],
    ['many pixels a module', scale(sheet, 3)],
    ['on a large table', onTable(rotate(sheet, 10), 3000, 2200, 1900, 1200)],
    ['with all of it', darken(noise(blur(rotate(tilt(sheet, 0.1), 17), 1), 30), 0.4)],
  ] as const)('%s gives its text', async ([, picture], { folder }) => {
    expect(await read(folder, toJpeg(picture, 70))).toEqual({ text: armored });
  });

  test.for([
    ['in a mirror', { mirror: true }],
    ['through a wide-angle lens', { lens: 0.3 }],
    ['through a lens that draws corners out', { lens: -0.22 }],
    ['of a rolled sheet', { curl: 0.8 }],
    ['of a bowed sheet', { bow: 0.8 }],
    ['of a folded sheet', { fold: 0.14 }],
  ] as const)('%s gives its text', async ([, pose], { folder }) => {
    const photo = photograph(kitSheet(qrMatrix(armored)), pose);
    expect(await read(folder, toJpeg(photo, 75))).toEqual({ text: armored });
  });

  test('restores the key, read in a thread of its own', async ({ folder }) => {
    const photo = join(folder, 'kit.png');
    await writeFile(photo, toPng(rotate(sheet, 17)));
    expect(
      await drillArtefact({ form: 'paper', photo, opener: { passphrase } }, key.fingerprint),
    ).toMatchObject({ result: 'correct' });
  });

  test('is found beside other codes, but not beside another key', async ({ folder }) => {
    const shop = sheetWith('https://shop.example.com/p/1');
    expect(await read(folder, toPng(beside(shop, sheet)))).toEqual({ text: armored });
    const other = sheetOf(qrMatrix(await sealText(shortKeyText(key), { passphrase }, { workFactor: 10 })));
    expect(await read(folder, toPng(beside(sheet, other)))).toMatchObject({
      fault: { message: 'it contains 2 codes with encrypted keys' },
    });
  });

  test('of another age file is told by what is in it', async ({ folder }) => {
    const photo = join(folder, 'note.png');
    const note = await sealText(Buffer.from('a note\n'), { passphrase }, { workFactor: 10 });
    await writeFile(photo, toPng(sheetOf(qrMatrix(note))));
    expect(
      await drillArtefact({ form: 'paper', photo, opener: { passphrase } }, key.fingerprint),
    ).toMatchObject({ result: 'invalid', breaksAt: 'key' });
  });
});

describe('a picture of something else', () => {
  test.for([
    ['https://example.com/a?token=hush', /contains a web address/],
    ['BEGIN:VCARD\nFN:Hush\nEND:VCARD', /contains a contact/],
    ['WIFI:S:home;P:hush;;', /Wi-Fi login details/],
    ['otpauth://totp/x?secret=HUSH', /one-time password/],
    ['hush hush', /contains something else/],
  ] as const)('%j is named by its kind, and none of it repeated', async ([text, message], { folder }) => {
    const reading = await read(folder, toPng(sheetWith(text)));
    expect(reading).toMatchObject({ fault: { message: expect.stringMatching(message) } });
    expect(JSON.stringify(reading)).not.toMatch(/hush/i);
  });

  test('several codes without a key are counted, and no code at all is said', async ({ folder }) => {
    const two = beside(sheetWith('https://a.example'), sheetWith('https://b.example'));
    expect(await read(folder, toPng(two))).toMatchObject({
      fault: { message: 'it contains 2 QR codes, but none with an encrypted key' },
    });
    const cloth = paint(700, 500, (x, y) => 110 + ((x * 7 + y * 13) % 123));
    expect(await read(folder, toPng(cloth))).toMatchObject({
      fault: { message: 'no QR code was found in it' },
    });
  });
});

describe('a file that is no picture to read', () => {
  const png = toPng(sheet);
  const jpeg = toJpeg(sheet);
  const bomb = (width: number, height: number) => {
    const header = Buffer.from(png);
    header.writeUInt32BE(width, 16);
    header.writeUInt32BE(height, 20);
    header.writeUInt32BE(crc32(header.subarray(12, 29)), 29);
    return header;
  };
  const jpegOf = (width: number, height: number) => {
    const header = Buffer.from(jpeg);
    const frame = header.indexOf(Buffer.from([0xff, 0xc0]));
    header.writeUInt16BE(height, frame + 5);
    header.writeUInt16BE(width, frame + 7);
    return header;
  };
  const flipped = Buffer.from(png);
  flipped[200] = (flipped[200] as number) ^ 1;
  test.for([
    ['a PNG cut off in its middle', png.subarray(0, png.length >> 1), /cut off/],
    ['a PNG without its end', png.subarray(0, png.length - 12), /its end is missing/],
    ['a PNG with a bit flipped', flipped, /checksum/],
    ['a PNG with fewer pixels than it says', bomb(sheet.width, sheet.height + 9), /pixels end early/],
    ['a JPEG cut off in its middle', jpeg.subarray(0, jpeg.length >> 1), /cut off/],
    ['a JPEG with fewer pixels than it says', jpegOf(sheet.width, 4000), /cut off/],
    ['a PNG bomb', bomb(60_000, 60_000), /60000 × 60000 pixels: more than 64 megapixels/],
    ['a JPEG bomb', jpegOf(60_000, 60_000), /more than 64 megapixels/],
    ['a PNG of no pixels', bomb(0, 10), /no pixels/],
    ['a HEIC photo', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'), /HEIC/],
    ['a PDF without pages', Buffer.from('%PDF-1.7\n'), /pages cannot be read/],
    ['text', Buffer.from('see the safe'), /not an image/],
    ['nothing', Buffer.alloc(0), /empty/],
    ['21 MB', Buffer.concat([png, Buffer.alloc(21 * 1024 * 1024)]), /larger than 20 MB \(2\d MB\)/],
  ] as const)('%s is told for what it is', async ([, bytes, message], { folder }) => {
    expect(await read(folder, bytes)).toMatchObject({ fault: { message: expect.stringMatching(message) } });
  });

  test('no damage of a JPEG or a PNG is more than a message', async ({ folder }) => {
    for (const whole of [toJpeg(scale(sheet, 0.3)), toPng(scale(sheet, 0.3))]) {
      for (let at = 20; at < whole.length; at += Math.ceil(whole.length / 25)) {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] as number) ^ 0x55;
        const reading = await read(folder, damaged);
        if ('text' in reading) expect(reading.text).toBe(armored);
        else expect(reading.fault.message).not.toBe('');
      }
    }
  });

  test('a search that is called off ends, and says that nothing was changed', async ({ folder }) => {
    const cloth = join(folder, 'cloth.png');
    await writeFile(cloth, toPng(paint(1400, 1400, (x, y) => 110 + ((x * 7 + y * 13) % 123))));
    const controller = new AbortController();
    const looks: number[] = [];
    const onProgress = ({ done, total = 0 }: { done: number; total?: number }) => {
      looks.push(done);
      expect(total).toBeGreaterThan(done);
      if (done === 2) controller.abort();
    };
    await expect(readQrImage(cloth, { signal: controller.signal, onProgress })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(looks).toEqual([0, 1, 2]);
  });

  test('a path without a file is a break of the artefact, like any other', async ({ folder }) => {
    expect(await readQrImage(join(folder, 'none.png'))).toMatchObject({
      broken: { breaksAt: 'picture', message: 'it cannot be read: the file does not exist' },
    });
  });
});
