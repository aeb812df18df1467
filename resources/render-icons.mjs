// Renders icon.svg into what the packages need: node resources/render-icons.mjs. The results are committed.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright';
import bundled from '@sparticuz/chromium';

const here = import.meta.dirname;
const svg = await readFile(join(here, 'icon.svg'), 'utf8');

// macOS wants air around the shape (its icon grid); elsewhere the shape fills the square
const views = { mac: '0 0 1024 1024', full: '92 92 840 840' };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? (await bundled.executablePath()),
  args: ['--no-sandbox', '--disable-gpu'],
});

const page = await browser.newPage();

async function png(size, view) {
  await page.setViewportSize({ width: size, height: size });
  const drawing = svg.replace(/viewBox="[^"]+"/, `viewBox="${view}" width="${size}" height="${size}"`);
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${drawing}`);
  return page.screenshot({ omitBackground: true });
}

/** An ICO file of PNG images. */
function ico(images) {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(({ size, bytes }, i) => {
    const entry = 6 + 16 * i;
    // 0 stands for 256
    head.writeUInt8(size % 256, entry);
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(bytes.length, entry + 8);
    head.writeUInt32LE(offset, entry + 12);
    offset += bytes.length;
  });
  return Buffer.concat([head, ...images.map(({ bytes }) => bytes)]);
}

/** An ICNS file of PNG images, by Apple's names for the sizes. */
function icns(images) {
  const entries = images.map(({ name, bytes }) => {
    const head = Buffer.alloc(8);
    head.write(name, 'latin1');
    head.writeUInt32BE(bytes.length + 8, 4);
    return Buffer.concat([head, bytes]);
  });
  const body = Buffer.concat(entries);
  const head = Buffer.alloc(8);
  head.write('icns', 'latin1');
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}

async function full(sizes) {
  const images = [];
  for (const size of sizes) images.push({ size, bytes: await png(size, views.full) });
  return images;
}

for (const { size, bytes } of await full([16, 32, 48, 64, 128, 256, 512])) {
  await writeFile(join(here, 'icons', `${size}x${size}.png`), bytes);
}
await writeFile(join(here, 'icon.png'), await png(1024, views.full));
await writeFile(join(here, 'icon.ico'), ico(await full([16, 24, 32, 48, 64, 128, 256])));
const apple = [];
for (const [name, size] of [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
]) {
  apple.push({ name, bytes: await png(size, views.mac) });
}
await writeFile(join(here, 'icon.icns'), icns(apple));
await browser.close();
