import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sealText } from '#backup/age/age-file';
import { shortKeyText } from '#backup/key-text';
import { qrMatrix } from '#backup/pictures/qr-matrix';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { KeelFolder } from '#test/support/processes/keel-process';

const [width, height] = [8000, 6000];

test('a photo of 48 megapixels restores the key in less than 300 MB, and so does one in which a whole search finds no code', async () => {
  await using folder = await KeelFolder.create();
  using key = generateEncryptionKey();
  const words = 'unfounded viper clay jogger abide';
  using passphrase = new Secret(Buffer.from(words));
  const passphraseFile = await folder.file('passphrase', `${words}\n`);
  const drill = async (picture: Buffer) => {
    const photo = join(folder.path, 'photo.png');
    await writeFile(photo, picture);
    return folder.run(
      [
        ...['backup', 'drill', '--artefact', photo, '--expect', key.fingerprint],
        ...['--passphrase-file', passphraseFile, '--json'],
      ],
      { preload: resolve(import.meta.dirname, '../../support/processes/report-memory.mjs') },
    );
  };
  const memory = (stderr: string) => Number(/most memory (\d+) kB/.exec(stderr)?.[1]);

  const matrix = qrMatrix(await sealText(shortKeyText(key), { passphrase }, { workFactor: 10 }));
  const found = await drill(greyPng((x, y) => (matrix[y >> 4]?.[x >> 4] ? 20 : 230)));
  expect(found).toMatchObject({ status: 0, json: { drill: { result: 'correct' } } });
  expect(memory(found.stderr)).toBeLessThan(300 * 1024);

  const none = await drill(greyPng((x, y) => 110 + (((x >> 3) * 7 + (y >> 3) * 13) % 123)));
  expect(none).toMatchObject({
    status: 3,
    json: { drill: { breaksAt: 'picture', message: 'no QR code was found in it' } },
  });
  expect(memory(none.stderr)).toBeLessThan(300 * 1024);
});

/** As a phone with many pixels would have it, in grey; its rows are not filtered. */
function greyPng(shade: (x: number, y: number) => number): Buffer {
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    const row = y * (width + 1) + 1;
    for (let x = 0; x < width; x++) rows[row + x] = shade(x, y);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}
