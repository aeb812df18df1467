import { expect, test } from 'vitest';
import { knownKeysIn } from '#crypto/known-keys-in';
import { EncryptionKey } from '#crypto/encryption-key';

// A key with each letter of base64 that is escaped somewhere.
const bytes = Buffer.from('fb+/7/4AESIzRFVmd4iZqrvM3e7/ABEiM0RVZneImaq=', 'base64');
using key = new EncryptionKey(Buffer.from(bytes));
const [text, hex, url] = [bytes.toString('base64'), bytes.toString('hex'), bytes.toString('base64url')];
const known = new Set([key.fingerprint]);
const pairs = hex.match(/../g) ?? [];
const base64 = (inner: string) => Buffer.from(inner).toString('base64');
const quoted = (inner: string) => inner.replaceAll('=', '=3D');

test.each([
  ['plain', text],
  ['escaped for a URL', `?key=${encodeURIComponent(text)}&a=b`],
  ['escaped for a URL twice', `?u=${encodeURIComponent(`?k=${encodeURIComponent(text)}`)}`],
  ['escaped for a URL in small letters', text.replaceAll('/', '%2f').replaceAll('+', '%2b')],
  [
    'JSON with escapes',
    `{"k":"${text.replaceAll('/', '\\/').replaceAll('+', '\\u002B').replaceAll('=', '\\u003d')}"}`,
  ],
  ['JSON in JSON', JSON.stringify({ a: JSON.stringify({ k: text }).replaceAll('/', '\\/') })],
  ['HTML', text.replaceAll('+', '&#43;').replaceAll('/', '&#x2F;')],
  ['quoted-printable', `key=3D${quoted(text.slice(0, 20))}=\n${quoted(text.slice(20))}`],
  ['0x', `0x${hex}`],
  ['0X in capitals', `0x${hex.toUpperCase()}`],
  ['hex with colons', pairs.join(':')],
  ['hex with spaces', pairs.join(' ')],
  ['hex with dashes', pairs.join('-')],
  ['a list of bytes', pairs.map((pair) => `0x${pair}`).join(', ')],
  ['a string of bytes', pairs.map((pair) => `\\x${pair}`).join('')],
  ['hex in groups', hex.match(/.{8}/g)?.join(' ') ?? ''],
  ['hex after hex', `${'ab'.repeat(20)}${hex}`],
  ['a path', `https://x/keys/${url}/edit`],
  ['a name before it', `KEY_${text}`],
  ['a name after it', `${url}_KEY`],
  ['letters before it', `key${text}`],
  ['a long path', `/${'a/'.repeat(200)}${url}/edit`],
  ['UTF-16 without a mark', Buffer.from(`é ${text}`, 'utf16le').toString('latin1')],
  [
    'base64 in lines',
    base64(`A=b\nENCRYPTION_KEY=${text}\nMORE=${'x'.repeat(60)}\n`).replace(/.{76}/g, '$&\n'),
  ],
  ['base64 after a prefix', `data:${base64(`{"k":"${text}"}`)}`],
  ['base64 glued to a word', `xyz${base64(`{"k":"${text}"}`)}`],
  ['base64 of hex', base64(`k: ${hex}`)],
])('a known key is found in %s', (_, written) => {
  expect([...knownKeysIn(written, known).keys]).toEqual([key.fingerprint]);
});

test('a text of other words has none of it, and one with too much that could be a key is said not to be compared as a whole', () => {
  expect(knownKeysIn('lorem ipsum '.repeat(1_000), known)).toEqual({ keys: new Set(), complete: true });
  const minified = `${'aZ09'.repeat(60)}/`.repeat(100);
  expect(knownKeysIn(minified, known)).toEqual({ keys: new Set(), complete: true });
  const short = `${'aw'.repeat(99)} `.repeat(3_000);
  expect(knownKeysIn(short, known).complete).toBe(false);
});
