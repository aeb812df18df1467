import { createCipheriv, createHash } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { CellScanner } from '#evidence/scan/cell-scanner';
import { noise } from './noise.ts';

/** Ciphertexts that no run of digits holds: each is found, wherever in a cell it stands. */

const keys = [1, 2].map((seed) => new EncryptionKey(noise(seed, 32)));
const texts = {
  token: 'ya29.a0AfH6SMBxK3mT7qLw9Zp2Vd8YcRn4Jb6Xs1',
  document: JSON.stringify({ host: 'db-7.internal.example.org', port: 5432, password: 'x7Gh-3_kQ!vB2' }),
};

function seal(text: string, seed: number): { iv: Buffer; body: Buffer; joined: Buffer } {
  const iv = Buffer.from(noise(seed, 16));
  const cipher = createCipheriv('aes-256-cfb', (keys[1] as EncryptionKey).bytes, iv);
  const body = Buffer.concat([cipher.update(text), cipher.final()]);
  return { iv, body, joined: Buffer.concat([iv, body]) };
}

type Cell = string | Buffer;

function hitsIn(cells: readonly Cell[]) {
  const scanner = new CellScanner(keys);
  for (const [column, cell] of cells.entries()) {
    const around = Buffer.concat([Buffer.from('AAAA'), Buffer.from(cell as string), Buffer.from('AAAA')]);
    scanner.add(0, column, around, 4, around.length - 4, typeof cell === 'string' ? 'text' : 'bytes');
  }
  return scanner.flush();
}

const groups = (text: string, width: number) => text.match(new RegExp(`.{1,${width}}`, 'gs')) ?? [];
const pairs = (bytes: Buffer) => groups(bytes.toString('hex'), 2);
const decimals = (bytes: Buffer) => [...bytes].map(String);
const words = (bytes: Buffer, read: (at: number) => number | bigint, width: number) => {
  const whole = bytes.subarray(0, bytes.length - (bytes.length % width));
  return Array.from({ length: whole.length / width }, (_, i) => String(read(i * width)));
};
const base64 = (bytes: Buffer | string) => Buffer.from(bytes as string).toString('base64');
const percent = (text: string) => text.replace(/[+/=]/g, (sign) => encodeURIComponent(sign));
const inBase = (bytes: Buffer, digits: string) => {
  let number = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= BigInt(digits.length))
    text = digits[Number(number % BigInt(digits.length))] + text;
  return text;
};
const base32 = (bytes: Buffer, digits: string) =>
  groups([...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join(''), 5)
    .map((five) => digits[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
const base85 = (bytes: Buffer, digits: string) => {
  const over = bytes.length % 4;
  const filled = Buffer.concat([bytes, Buffer.alloc(over === 0 ? 0 : 4 - over)]);
  let text = '';
  for (let i = 0; i < filled.length; i += 4) {
    let number = filled.readUInt32BE(i);
    let five = '';
    for (let k = 0; k < 5; k++, number = Math.floor(number / 85)) five = digits[number % 85] + five;
    text += five;
  }
  return over === 0 ? text : text.slice(0, over - 4);
};
const ascii85 = String.fromCharCode(...Array.from({ length: 85 }, (_, i) => 33 + i));
const z85 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';
const rfc1924 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';
const pythonBytes = (bytes: Buffer) =>
  `b'${[...bytes].map((byte) => (byte > 0x20 && byte < 0x7f && byte !== 0x5c && byte !== 0x27 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`)).join('')}'`;
const quotedPrintable = (bytes: Buffer) =>
  [...bytes]
    .map((byte) =>
      byte > 0x20 && byte < 0x7f && byte !== 0x3d
        ? String.fromCharCode(byte)
        : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
const latin1 = (bytes: Buffer) => bytes.toString('latin1');
const wrapped = (text: string, width: number, between: string) => groups(text, width).join(between);

const writings: Readonly<Record<string, (bytes: Buffer) => Cell>> = {
  'a Buffer in JSON': (bytes) => JSON.stringify({ secret: bytes }),
  'a Buffer in JSON, indented': (bytes) => JSON.stringify({ a: { secret: bytes } }, null, 2),
  'a Uint8Array in JSON': (bytes) => JSON.stringify({ secret: Uint8Array.from(bytes) }),
  'an array of numbers': (bytes) => `{${decimals(bytes).join(',')}}`,
  'signed numbers': (bytes) => `[${[...bytes].map((byte) => (byte << 24) >> 24).join(', ')}]`,
  'a comma list': (bytes) => decimals(bytes).join(','),
  'a list with blanks': (bytes) => decimals(bytes).join(' '),
  'a list with semicolons among words': (bytes) => `the secret is ${decimals(bytes).join('; ')} and no more`,
  'a list of three digits each': (bytes) =>
    decimals(bytes)
      .map((number) => number.padStart(3, '0'))
      .join('-'),
  'a list in YAML': (bytes) =>
    `secret:\n${decimals(bytes)
      .map((number) => `  - ${number}\n`)
      .join('')}`,
  'a list in XML': (bytes) =>
    `<a>${decimals(bytes)
      .map((number) => `<b>${number}</b>`)
      .join('')}</a>`,
  'numbers with points': (bytes) =>
    `[${decimals(bytes)
      .map((number) => `${number}.0`)
      .join(', ')}]`,
  'what PHP serializes': (bytes) =>
    `a:${bytes.length}:{${decimals(bytes)
      .map((number, i) => `i:${i};i:${number};`)
      .join('')}}`,
  'a PHP array': (bytes) =>
    `array(${decimals(bytes)
      .map((number, i) => `${i} => ${number}`)
      .join(', ')})`,
  'a constant in a node tree': (bytes) =>
    `{CONST :consttype 17 :constvalue ${bytes.length} [ ${[...bytes].map((byte) => (byte << 24) >> 24).join(' ')} ]}`,
  'words of CryptoJS': (bytes) =>
    JSON.stringify({
      words: words(bytes, (at) => bytes.readInt32BE(at), 4).map(Number),
      sigBytes: bytes.length,
    }),
  'unsigned words': (bytes) => words(bytes, (at) => bytes.readUInt32LE(at), 4).join(','),
  'words of 16 bits': (bytes) => `{${words(bytes, (at) => bytes.readInt16BE(at), 2).join(',')}}`,
  'words of 64 bits': (bytes) => `{${words(bytes, (at) => bytes.readBigInt64BE(at), 8).join(',')}}`,
  'one large number': (bytes) => BigInt(`0x${bytes.toString('hex')}`).toString(),
  'one large number, the lowest byte first': (bytes) =>
    BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`).toString(),
  'hexadecimal with colons': (bytes) => pairs(bytes).join(':'),
  'hexadecimal with blanks': (bytes) => `  ${pairs(bytes).join(' ').toUpperCase()}`,
  'hexadecimal with dashes': (bytes) => pairs(bytes).join('-'),
  'hexadecimal in words': (bytes) => wrapped(bytes.toString('hex'), 8, ' '),
  'hexadecimal in lines of a certificate': (bytes) =>
    wrapped(pairs(bytes).join(':'), 45, '\n                '),
  'hexadecimal as in C': (bytes) =>
    `{ ${pairs(bytes)
      .map((pair) => `0x${pair}`)
      .join(', ')} }`,
  'escapes of C': (bytes) =>
    `"${pairs(bytes)
      .map((pair) => `\\x${pair}`)
      .join('')}"`,
  'escapes of C, escaped': (bytes) =>
    pairs(bytes)
      .map((pair) => `\\\\x${pair}`)
      .join(''),
  'octal escapes': (bytes) => [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  'bytes as Python writes them': pythonBytes,
  'characters of JSON': (bytes) =>
    `"${[...bytes].map((byte) => `\\u${byte.toString(16).padStart(4, '0')}`).join('')}"`,
  'a binary string': latin1,
  'a binary string in JSON': (bytes) => JSON.stringify({ secret: latin1(bytes) }),
  'percent signs throughout': (bytes) =>
    pairs(bytes)
      .map((pair) => `%${pair}`)
      .join(''),
  'a binary string in a URL': (bytes) =>
    `https://a.example/?s=${[...bytes].map((byte) => (/[a-z0-9]/i.test(String.fromCharCode(byte)) && byte < 128 ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`)).join('')}`,
  'quoted-printable bytes': quotedPrintable,
  'quoted-printable base64': (bytes) =>
    wrapped(
      base64(bytes).replace(/[+/=]/g, (sign) => `=${sign.charCodeAt(0).toString(16).toUpperCase()}`),
      60,
      '=\r\n',
    ),
  'percent-encoded base64': (bytes) => `a=1&secret=${percent(base64(bytes))}&b=2`,
  'base64 percent-encoded twice': (bytes) => `secret=${encodeURIComponent(percent(base64(bytes)))}`,
  'base64 with entities': (bytes) =>
    base64(bytes).replace(/[+/=]/g, (sign) => `&#x${sign.charCodeAt(0).toString(16)};`),
  'base64 with named entities': (bytes) =>
    `<a b="${base64(bytes).replaceAll('+', '&plus;').replaceAll('/', '&sol;').replaceAll('=', '&equals;')}"/>`,
  'base64 in characters of JSON': (bytes) =>
    `{"a":"${[...Buffer.from(base64(bytes))].map((sign) => `\\u${sign.toString(16).padStart(4, '0')}`).join('')}"}`,
  'base64 in JSON in JSON in JSON': (bytes) =>
    JSON.stringify(JSON.stringify({ a: JSON.stringify({ b: base64(bytes).replaceAll('/', '\\/') }) })),
  'base64 of base64': (bytes) => base64(base64(bytes)),
  'base64 of base64 of base64 of base64': (bytes) => base64(base64(base64(base64(bytes)))),
  'base64 of base64 after a prefix': (bytes) => `enc_v1_${base64(base64(bytes))}`,
  'base64 of hexadecimal of base64': (bytes) => base64(Buffer.from(base64(bytes)).toString('hex')),
  'base64 of JSON': (bytes) => base64(JSON.stringify({ a: 1, secret: base64(bytes) })),
  'base64 of JSON with a Buffer': (bytes) => base64(JSON.stringify({ secret: bytes })),
  'base64 of bytes around base64': (bytes) =>
    base64(
      Buffer.concat([
        Buffer.from([10, 200, 1, 8, 1, 18, 150]),
        Buffer.from(base64(bytes)),
        Buffer.from([26, 2, 1, 2]),
      ]),
    ),
  'base64 of percent-encoded base64': (bytes) => base64(`s=${percent(base64(bytes))}`),
  'base64 of a gzip of JSON': (bytes) => base64(gzipSync(JSON.stringify({ secret: base64(bytes) }))),
  'hexadecimal of a zlib of bytes': (bytes) => deflateSync(bytes).toString('hex'),
  'a gzip of hexadecimal': (bytes) => gzipSync(bytes.toString('hex')),
  'lines of PEM': (bytes) =>
    `-----BEGIN SECRET-----\n${wrapped(base64(bytes), 64, '\n')}\n-----END SECRET-----\n`,
  'lines of 24': (bytes) => wrapped(base64(bytes), 24, '\n'),
  'lines of 70, indented': (bytes) => `secret: |\n    ${wrapped(base64(bytes), 30, '\n    ')}\n`,
  'lines of 32 with carriage returns, indented': (bytes) => wrapped(base64(bytes), 32, '\r\n\t'),
  'lines that are quoted': (bytes) => `> ${wrapped(base64(bytes), 30, '\n> ')}`,
  'strings that are added': (bytes) => `"${wrapped(base64(bytes), 26, '" +\n    "')}"`,
  'lines in JSON': (bytes) => JSON.stringify(groups(base64(bytes), 20)),
  'line breaks escaped in JSON, indented': (bytes) =>
    JSON.stringify({ s: `\n  ${wrapped(base64(bytes), 30, '\n  ')}\n` }),
  'lines that go on after a backslash': (bytes) => wrapped(base64(bytes), 30, '\\\n'),
  'blocks of four': (bytes) => wrapped(base64(bytes), 4, ' '),
  'blocks of five with dashes': (bytes) => wrapped(base32(bytes, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'), 5, '.'),
  'comment lines': (bytes) => `// ${wrapped(base64(bytes), 30, '\n// ')}`,
  bits: (bytes) => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join(''),
  'bits in groups': (bytes) => [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join(' '),
  base58: (bytes) => inBase(bytes, '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'),
  base32hex: (bytes) => base32(bytes, '0123456789ABCDEFGHIJKLMNOPQRSTUV'),
  'base32 of Crockford': (bytes) => base32(bytes, '0123456789ABCDEFGHJKMNPQRSTVWXYZ'),
  'z-base-32': (bytes) => base32(bytes, 'ybndrfg8ejkmcpqxot1uwisza345h769'),
  ascii85: (bytes) => `<~${base85(bytes, ascii85)}~>`,
  z85: (bytes) => base85(bytes, z85),
  'base85 of RFC 1924': (bytes) => base85(bytes, rfc1924),
  'base64 in UTF-16': (bytes) => Buffer.from(base64(bytes), 'utf16le'),
  'base64 in UTF-16, as hexadecimal digits': (bytes) => Buffer.from(base64(bytes), 'utf16le').toString('hex'),
  'JSON in UTF-16 after its mark, in base64': (bytes) =>
    base64(Buffer.from(`\ufeff${JSON.stringify({ s: base64(bytes) })}`, 'utf16le')),
  'XML in UTF-16, the high byte first, in base64': (bytes) =>
    base64(Buffer.from(`<p>${base64(bytes)}</p>`, 'utf16le').swap16()),
  'JSON in UTF-16, the high byte first': (bytes) =>
    Buffer.from(JSON.stringify({ s: base64(bytes) }), 'utf16le').swap16(),
};

describe.each(Object.entries(texts))('a %s', (_name, text) => {
  test.each(Object.entries(writings))('is found in %s', (name, write) => {
    // whatever the IV and with it the signs are
    for (let seed = 10; seed < 17; seed++) {
      const cell = write(seal(text, seed).joined);
      const hits = hitsIn([cell]).filter(({ key, bits }) => key === 1 && bits >= 48);
      expect(hits.length, `${name}, ${seed}: ${cell.toString('latin1').slice(0, 300)}`).toBeGreaterThan(0);
      expect(hits[0]?.end).toBeLessThanOrEqual(Buffer.from(cell as string).length);
    }
  });
});

test('a short value is found where its IV is another list of numbers', () => {
  const { iv, body } = seal('a short one, of few', 77);
  const hits = hitsIn([JSON.stringify({ iv, content: body })]);
  expect(hits.filter(({ key, frame, bits }) => key === 1 && frame === 'sibling' && bits > 20)).toHaveLength(
    1,
  );
});

test('no key is named in thousands of cells of noise in any of these writings', () => {
  const scanner = new CellScanner(keys);
  let strongest = 0;
  const all = Object.values(writings);
  for (let seed = 0; seed < 3_000; seed++) {
    const bytes = createHash('sha512').update(`noise ${seed}`).digest();
    const cell = Buffer.from((all[seed % all.length] as (typeof all)[number])(bytes) as string);
    scanner.add(seed, 0, cell, 0, cell.length, 'text');
    if (!scanner.full) continue;
    for (const { bits } of scanner.flush()) strongest = Math.max(strongest, bits);
  }
  expect(strongest).toBeLessThan(40);
});
