import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeQRBatch } from 'qr/decode.js';
import { expect } from 'vitest';
import { sealText } from '#backup/age/age-file';
import { shortKeyText } from '#backup/key-text';
import type { Picture } from '#backup/pictures/picture';
import { readPictures } from '#backup/pictures/picture-file';
import { looksAt } from '#backup/pictures/qr-looks';
import { qrMatrix } from '#backup/pictures/qr-matrix';
import { readQrPicture } from '#backup/pictures/qr-picture';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { test } from '#test/support/temp-folder';
import { kitSheet, photoSet } from './photo-set.ts';

const passphrase = new Secret(Buffer.from('seven unlikely words'));
const armored = await sealText(shortKeyText(generateEncryptionKey()), { passphrase }, { workFactor: 10 });

interface Reader {
  readonly name: string;
  readonly reads: (path: string) => Promise<boolean>;
  read: number;
  seconds: number;
}

const readers: readonly [before: Reader, now: Reader] = [
  { name: 'qr', reads: readsWithQr, read: 0, seconds: 0 },
  {
    name: 'Keel',
    reads: async (path) => 'text' in (await readQrPicture(path, () => {})),
    read: 0,
    seconds: 0,
  },
];

/** The package `qr`, which read pictures before, on the same looks and with the ten seconds that it had. */
async function readsWithQr(path: string): Promise<boolean> {
  const deadline = performance.now() + 10_000;
  const { value: picture } = await readPictures(path).next();
  for (const look of looksAt(picture)) {
    if (performance.now() > deadline) return false;
    if ((await codesByQr(look(), deadline)).includes(armored)) return true;
  }
  return false;
}

async function codesByQr({ width, height, luma }: Picture, deadline: number): Promise<unknown[]> {
  const timeLimit = Math.max(50, deadline - performance.now());
  const options = { format: 'I420', effort: Infinity, timeLimit, maxSize: { width, height } } as const;
  const [results = []] = await decodeQRBatch([{ width, height, data: luma }], options);
  return results;
}

test('of the photo set at least 86 in 92 are read, and every one that the reader before read', async ({
  folder,
}) => {
  expect(photoSet.length).toBeGreaterThanOrEqual(90);
  const sheet = kitSheet(qrMatrix(armored));
  const path = join(folder, 'photo.jpg');
  const lost: string[] = [];
  const [before, now] = readers;
  console.log(`${before.name.padEnd(6)}${now.name.padEnd(6)}picture`);
  for (const { kind, name, take } of photoSet) {
    await writeFile(path, take(sheet));
    const marks: boolean[] = [];
    for (const reader of readers) {
      const began = performance.now();
      const isRead = await reader.reads(path);
      reader.seconds += (performance.now() - began) / 1000;
      if (isRead) reader.read++;
      marks.push(isRead);
    }
    if (marks[0] && !marks[1]) lost.push(`${kind}: ${name}`);
    console.log(`${marks.map((mark) => (mark ? 'read' : '–').padEnd(6)).join('')}${kind}: ${name}`);
  }
  for (const { name, read, seconds } of readers)
    console.log(`${name}: ${read} of ${photoSet.length} in ${seconds.toFixed(0)} s`);
  expect(lost).toEqual([]);
  expect(now.read / photoSet.length).toBeGreaterThanOrEqual(86 / 92);
});
