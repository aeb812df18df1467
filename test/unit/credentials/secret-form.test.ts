import { expect, test } from 'vitest';
import { entryLine } from '#credentials/entry-line';
import { formOf, replaced, revealed } from '#credentials/secret-form';
import { parseLayout } from '#forms/layout';
import { innerSecret, outerBytes } from '#forms/plaintext';

const bytes = (text: string) => Buffer.from(text, 'utf8');

test('a JSON object is a set of fields by name; text and bytes are one value', () => {
  expect(formOf(bytes('{"host":"h","auth":{"token":"t"},"scopes":["a","b"]}'))).toEqual({
    form: 'fields',
    fields: ['host', 'auth.token', 'scopes[0]', 'scopes[1]'],
  });
  expect(formOf(bytes('postgres://u:p@h/db'))).toEqual({ form: 'text' });
  expect(formOf(bytes('["a"]'))).toEqual({ form: 'text' });
  expect(formOf(bytes('{}'))).toEqual({ form: 'text' });
  expect(formOf(Buffer.from([0xff, 0]))).toEqual({ form: 'binary' });
});

test('a member whose name does not look like one is not named: the name could be the secret', () => {
  expect(formOf(bytes('{"sk live 123/abc":true,"ok":1}'))).toEqual({
    form: 'fields',
    fields: ['field 1', 'ok'],
  });
});

test('one field is shown or replaced, and every other character stays', () => {
  const secret = bytes('{"user": "a\\u0041", "port": 1,\n "x": null}');
  expect(revealed(secret, 0)).toBe('aA');
  expect(revealed(secret, 1)).toBe('1');
  expect(replaced(secret, '"quoted"', 0).toString()).toBe('{"user": "\\"quoted\\"", "port": 1,\n "x": null}');
  expect(replaced(secret, 'none', 1).toString()).toBe('{"user": "a\\u0041", "port": "none",\n "x": null}');
  expect(() => revealed(secret, 3)).toThrow(/no longer has that field/);
});

test('a line of an archive is JSON whatever the secret holds', () => {
  const identity = {
    schema: 's',
    table: 't',
    column: 'c',
    key: { id: '"1"' },
    row: '',
    kind: 'unknown' as const,
  };
  for (const text of ['', 'plain', '"\\/\n\t\r\u0000\u001f\u007f', '🐍\u2028']) {
    expect(JSON.parse(entryLine(identity, bytes(text)).toString('utf8')).text).toBe(text);
  }
  const binary = Buffer.from([0xc0, 0xff, 1]);
  expect(JSON.parse(entryLine(identity, binary).toString('utf8')).base64).toBe(binary.toString('base64'));
});

test('what a layout takes off a secret is put on again', () => {
  for (const layout of ['base64', 'base64 pkcs7', 'hex inner-base64', 'base64 pkcs7 inner-base64'].map(
    parseLayout,
  )) {
    for (const length of [0, 1, 15, 16, 17, 100]) {
      const secret = Buffer.alloc(length, 'ü');
      expect(innerSecret(layout, outerBytes(layout, secret))).toEqual(secret);
    }
  }
});
