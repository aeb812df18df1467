import { expect, test } from 'vitest';
import { textOf } from '#storage/text-encoding';

const words = 'KEY=a\r\nb\tç';
const little = Buffer.from(words, 'utf16le');
const big = Buffer.from(little).swap16();
const ascii = Buffer.from('A=B\n', 'utf16le');

test.each<[string, Buffer, string | undefined]>([
  ['UTF-8', Buffer.from(words), words],
  ['UTF-8 with its mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(words)]), words],
  ['UTF-16 with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), little]), words],
  ['UTF-16 the other way round, with its mark', Buffer.concat([Buffer.from([0xfe, 0xff]), big]), words],
  ['UTF-16 of ASCII without a mark', ascii, 'A=B\n'],
  ['UTF-16 of ASCII without a mark, the other way round', Buffer.from(ascii).swap16(), 'A=B\n'],
  ['nothing', Buffer.alloc(0), ''],
  ['too little to tell UTF-16 by its zeros', Buffer.from('A=B', 'utf16le'), undefined],
  ['UTF-16 that is cut within a letter', Buffer.from([0xfe, 0xff, 0, 0x41, 0]), undefined],
  ['bytes that are no UTF-8', Buffer.from([0x41, 0xff]), undefined],
  ['a control character', Buffer.from('a\u0000b'), undefined],
  ['an escape', Buffer.from('a\u001b[31m'), undefined],
])('%s is read as it is, or said to be no text', (_, bytes, expected) => {
  expect(textOf(bytes)).toBe(expected);
});
