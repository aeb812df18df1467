import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applications } from '#applications/applications';
import { ciphertextReader } from '#forms/ciphertext';
import { encodings } from '#forms/encodings';
import { formatLayout, parseLayout } from '#forms/layout';

describe('a layout with a scheme', () => {
  test('is read back as the same layout, for every form of every application', () => {
    for (const { forms } of applications()) {
      for (const { layout } of forms) {
        const read = parseLayout(layout);
        expect(parseLayout(formatLayout(read))).toEqual(read);
      }
    }
  });

  test.for([
    ['"{iv12 hex}:{body hex}:{tag16 hex}" aes-gcm', 'key:'],
    ['base64 aes-cbc key:sha257', 'key:sha257'],
    ['base64 aes-cbc key:pbkdf2-sha256/salt', 'pbkdf2'],
    ['base64 aes-cbc key:hex key:text', 'key:hex'],
    ['base64 aes-cbc keys:hex', 'keys:hex'],
    ['"{iv+body+tag32 base64}" aes-cbc key:hex mac:sha256', 'mac:sha256'],
    ['"{iv12+body+tag16 base64}" aes-gcm key:hex mac:sha256/iv+body', 'mac:sha256/iv+body'],
    ['base64 aes-cbc key:hex iv:hmac-sha256', 'iv:hmac-sha256'],
    ['"{body+tag16 base64}" aes-gcm key:hex iv:hmac-sha256', 'iv:hmac-sha256'],
    ['"{iv12+body+tag16 base64}" aes-gcm key:hex iv:random', 'iv:random'],
    ['"{iv12+iv+body hex}" aes-gcm key:hex', 'appears twice'],
    ['"{iv1000+body hex}" aes-gcm key:hex', 'iv1000'],
  ] as const)('%s is refused, naming what is not understood', ([layout, named]) => {
    expect(() => parseLayout(layout)).toThrow(named);
  });

  test('does not say that its cipher fills up blocks, unless it does so in another way', () => {
    const written = (layout: string) => formatLayout(parseLayout(layout));
    expect(written('hex:hex aes-cbc key:hex')).toBe('hex:hex aes-cbc key:hex');
    expect(written('hex:hex aes-cbc key:hex zero-padding')).toBe('hex:hex aes-cbc key:hex zero-padding');
  });

  test('reads parts of the lengths that it says, and bytes that all values have', () => {
    const { read } = ciphertextReader(parseLayout('"{[01]!+salt32+tag16+body base64}" aes-gcm key:sha256'));
    const bytes = Buffer.concat([
      Buffer.from([1]),
      Buffer.alloc(32, 2),
      Buffer.alloc(16, 3),
      Buffer.from('body'),
    ]);
    const parts = read(bytes.toString('base64'), Buffer.alloc(12));
    expect(parts).toMatchObject({
      salt: Buffer.alloc(32, 2),
      tag: Buffer.alloc(16, 3),
      body: Buffer.from('body'),
    });
    bytes[0] = 2;
    expect(read(bytes.toString('base64'), Buffer.alloc(12))).toBeUndefined();
  });
});

describe('the document of Laravel', () => {
  const document = (json: string) => Buffer.from(json, 'latin1').toString('base64');
  const mac = 'ab'.repeat(32);
  const iv = Buffer.alloc(16, 0xff).toString('base64');

  test.for([
    ['of today', `{"iv":"${iv}","value":"////","mac":"${mac}","tag":""}`],
    ['of old versions, without a tag', `{"iv":"${iv}","value":"////","mac":"${mac}"}`],
    ['with slashes escaped', `{"iv":"${iv.replaceAll('/', '\\/')}","value":"\\/\\/\\/\\/","mac":"${mac}"}`],
  ] as const)('%s is written as it was read', ([, json]) => {
    const read = encodings.laravel.read(document(json));
    expect(read?.bytes.length).toBe(16 + 32 + 3);
    expect(read && encodings.laravel.write(read.bytes, read.manner)).toBe(document(json));
  });

  test.for([
    '{}',
    `{"value":"////","iv":"${iv}","mac":"${mac}"}`,
    `{"iv":"AAAA","value":"////","mac":"${mac}"}`,
  ])('is not %s', (json) => {
    expect(encodings.laravel.read(document(json))).toBeUndefined();
  });
});

test('no code names an application but Ballast: another one is its file, and one with its vectors', async () => {
  // Laravel's documents are an encoding, and Grafana's frame is one of Ballast's kin
  const isForm = (id: string) => ['ballast', 'laravel', 'grafana'].includes(id);
  const ids = applications().flatMap(({ id }) => (isForm(id) ? [] : [id]));
  const named: string[] = [];
  for (const folder of ['applications', 'schemes', 'forms', 'discovery', 'proof', 'rotation', 'commands']) {
    const names = await readdir(join('src-main', folder), { recursive: true });
    for (const name of names.filter((one) => one.endsWith('.ts'))) {
      const text = await readFile(join('src-main', folder, name), 'utf8');
      for (const id of ids) if (text.includes(`'${id}'`)) named.push(`${name}: ${id}`);
    }
  }
  expect(named).toEqual([]);
});
