import type { ApplicationCipher } from './application-cipher.ts';
import { type NamedForm, refused, rotated } from './written-forms.ts';
import { shortPlaintextOf } from './written-plaintexts.ts';

const cfb = (
  padding: ApplicationCipher['padding'],
  text: ApplicationCipher['text'] = 'utf8',
): ApplicationCipher => ({ algorithm: 'aes-256-cfb', padding, text });
const cfb8 = (padding: ApplicationCipher['padding']): ApplicationCipher => ({
  algorithm: 'aes-256-cfb8',
  padding,
  text: 'utf8',
});
const joined = { secret: '«iv+body:base64»' };
const apart = { secret: '«body:base64»', secret_iv: '«iv:hex»' };
const short = shortPlaintextOf;

/** How the bytes were encrypted and padded, and what says that they are whole. */
export const formsOfCipher: readonly NamedForm[] = [
  rotated('values of no more than a block', joined, { plaintext: short }),
  rotated('values of no more than a block with the IV in another column', apart, { plaintext: short }),
  rotated(
    'values of no more than a block after a version byte',
    { secret: '«0x01+iv+body:base64»' },
    { plaintext: short },
  ),
  rotated('zero padding', joined, { cipher: cfb('zero') }),
  rotated('zero padding with the IV in another column', apart, { cipher: cfb('zero') }),
  rotated('PKCS7', joined, { cipher: cfb('pkcs7') }),
  rotated('PKCS7 with the IV in another column', apart, { cipher: cfb('pkcs7') }),
  rotated('PKCS7 on values of no more than a block', joined, { cipher: cfb('pkcs7'), plaintext: short }),
  rotated('CFB8', joined, { cipher: cfb8('none') }),
  rotated('CFB8 with the IV in another column', apart, { cipher: cfb8('none') }),
  rotated(
    'CFB8 with the IV last in a bytea',
    { secret: { type: 'bytea', text: '\\x«body+iv:hex»' } },
    { cipher: cfb8('none') },
  ),
  rotated("CFB8 with one byte of padding, .NET's own", joined, { cipher: cfb8('one') }),
  rotated("CFB8 with one byte of padding, .NET's own, on values of no more than a block", joined, {
    cipher: cfb8('one'),
    plaintext: short,
  }),
  rotated('CFB8 with PKCS7, both in hex', { secret: '«iv:hex»:«body:hex»' }, { cipher: cfb8('pkcs7') }),
  refused('text of two bytes a letter, as .NET and Windows write it', joined, {
    cipher: cfb('none', 'utf16le'),
  }),
  refused('a MAC between IV and ciphertext', { secret: '«iv+mac+body:base64»' }),
  refused('a MAC in a member of the document', {
    secret: '{"iv":"«iv:base64»","value":"«body:base64»","mac":"«mac:hex»"}',
  }),
  refused('a MAC in another column', { ...joined, secret_mac: '«mac:hex»' }),
];

const everyFifth = (template: string) => (i: number) => (i % 5 ? `not a secret, number ${i}` : template);
const mixed = (one: string, other: string) => (i: number) => (i % 2 ? one : other);
const sealed = '«iv+body:base64»';
/** Rows in front of the others, with ids below 0. */
const inFront = (count: number, value: string) =>
  `INSERT INTO % (id, secret) SELECT -g, ${value} FROM generate_series(1, ${count}) AS g`;

/** What is in the other rows of the column, so that a sample may miss the ciphertexts. */
export const formsOfRows: readonly NamedForm[] = [
  rotated(
    'four fifths plaintext, named as mixed',
    { secret: { type: 'text', text: everyFifth(sealed) } },
    { rows: 100, mixedWith: 'plaintext' },
  ),
  rotated(
    'four fifths plaintext with the IV in another column, named as mixed',
    {
      secret: { type: 'text', text: everyFifth('«body:base64»') },
      secret_iv: { type: 'text', text: (i) => (i % 5 ? null : '«iv:base64»') },
    },
    { rows: 100, mixedWith: 'plaintext' },
  ),
  rotated('60 ciphertexts after 300 empty texts', joined, { rows: 60, filler: inFront(300, `''`) }),
  rotated('60 ciphertexts after 300 NULLs', joined, { rows: 60, filler: inFront(300, 'NULL') }),
  rotated('100 ciphertexts after 250 plaintexts, named as mixed', joined, {
    rows: 100,
    mixedWith: 'plaintext',
    filler: inFront(250, `'a plain word, number ' || g`),
  }),
  rotated('100 ciphertexts after 30,000 empty texts', joined, { rows: 100, filler: inFront(30_000, `''`) }),
  // a sample may miss them: then the census does not
  refused('100 ciphertexts in the last pages of a large table', joined, {
    rows: 100,
    filler: inFront(150_000, `'a plain text that fills the pages in front, number ' || g`),
  }),
  rotated('three ciphertexts in the last page of a large table', joined, {
    rows: 3,
    filler: inFront(60_000, 'NULL'),
  }),
  refused('nothing but values of more than 8 MiB', joined, {
    rows: 2,
    plaintext: (i) => JSON.stringify({ i, certificate: 'MIIE'.repeat(1_800_000) }),
  }),
  refused('three secrets of one to three bytes', joined, {
    rows: 3,
    plaintext: (i) => 'abc'.slice(0, i + 1),
  }),
  refused('two ways of writing in one column', {
    secret: { type: 'text', text: mixed('«iv+body:base64»', '«iv:hex».«body:hex»') },
  }),
  refused('the IV in another column for old rows, and in front for new ones', {
    secret: { type: 'text', text: mixed('«iv+body:base64»', '«body:base64»') },
    secret_iv: { type: 'text', text: (i) => (i % 2 ? null : '«iv:base64»') },
  }),
];
