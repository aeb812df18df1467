import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { readKeyText } from '#backup/key-text';

const bytes = Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37 + 200) % 256));
const key = new EncryptionKey(Buffer.from(bytes));
const text = key.toBase64();
const other = Buffer.alloc(32, 'Zq8').toString('base64');
const read = (plain: Buffer | string) => {
  const opened = readKeyText(Buffer.from(plain as string));
  return 'key' in opened ? opened.key.fingerprint : opened.broken.message;
};
const utf16 = (s: string, mark = '\uFEFF') => Buffer.from(`${mark}${s}`, 'utf16le');

describe('what a person sealed is read as the key,', () => {
  test.for<[string, Buffer | string]>([
    ['the key alone', `${text}\n`],
    ['the key without a line end', text],
    ['Windows line ends around it', `\r\n${text}\r\n`],
    ['quotes around it', `"${text}"\n`],
    ['base64url', bytes.toString('base64url')],
    ['hex', `${bytes.toString('hex')}\n`],
    ['hex in capitals', bytes.toString('hex').toUpperCase()],
    ['its 32 bytes', bytes],
    ['a line of a .env', `ENCRYPTION_KEY=${text}\n`],
    ['a whole .env', `POSTGRES_URL=postgres://u:p@h/d\nENCRYPTION_KEY="${text}" # prod\nPORT=1\n`],
    ['an export', `export ENCRYPTION_KEY=${text}\n`],
    ['an indented line', `   ENCRYPTION_KEY = '${text}'\n`],
    ['YAML', `ballast:\n  ENCRYPTION_KEY: ${text}\n`],
    ['a list of a compose file', `    environment:\n      - ENCRYPTION_KEY=${text}\n`],
    ['JSON', `{"name": "prod", "ENCRYPTION_KEY": "${text}"}`],
    ['PowerShell', `$env:ENCRYPTION_KEY = "${text}"`],
    ['hex behind the name', `ENCRYPTION_KEY=${bytes.toString('hex')}\n`],
    ['a comment above the key alone', `# production, 2026\n${text}\n`],
    ['the same key twice', `ENCRYPTION_KEY=${text}\nexport ENCRYPTION_KEY=${text}\n`],
    ['an old one in a comment', `# ENCRYPTION_KEY=${other}\nENCRYPTION_KEY=${text}\n`],
    ['a byte order mark', `\uFEFFENCRYPTION_KEY=${text}\r\n`],
    ['UTF-16 with its mark', utf16(`ENCRYPTION_KEY=${text}\r\n`)],
    ['UTF-16 without a mark', utf16(`${text}\r\n`, '')],
    ['UTF-16, the other end first', Buffer.from(utf16(`${text}\r\n`)).swap16()],
  ])('as %s', ([, plain]) => {
    expect(read(plain)).toBe(key.fingerprint);
  });
});

test('what is no key, or may be one of several, is none', () => {
  expect(read(`ENCRYPTION_KEY=${text}\nENCRYPTION_KEY=${other}\n`)).toMatch(/more than one ENCRYPTION_KEY/);
  expect(read(`ENCRYPTION_KEY=${text}\nENCRYPTION_KEY=garbage\n`)).toMatch(/more than one/);
  expect(read(`${text}\n${other}\n`)).not.toBe(key.fingerprint);
  expect(read('hello')).toMatch(/it decrypts, but/);
  expect(read('')).toMatch(/it decrypts, but/);
  expect(read(bytes.subarray(0, 31))).toMatch(/31 bytes that are not text/);
  for (const plain of [
    text.slice(0, -2),
    `OTHER_KEY=${text}`,
    `ENCRYPTION_KEY_OLD=${text}`,
    `${text} ${text}`,
  ])
    expect(read(plain)).toMatch(/it decrypts, but/);
});
