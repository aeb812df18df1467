import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { recognise } from '#discovery/recognise';
import { formatLayout } from '#forms/layout';
import { encrypt } from '#test/support/forms/foreign-cells';
import { groupAt, groupsOf } from '#test/support/forms/text-groups';

/** Lengths whose padding is of no tabs or line breaks, which would read as text. */
function padded(i: number): string {
  const text = randomBytes(30)
    .toString('base64url')
    .slice(0, 25 + (i % 2));
  const length = 16 - (text.length % 16);
  return text + String.fromCharCode(length).repeat(length);
}

test.for(['base64', 'base64url', 'hex'] as const)(
  'an IV at the end of a run in %s is found behind padded plaintexts',
  async (encoding) => {
    const bytes = randomBytes(32);
    using key = new EncryptionKey(Buffer.from(bytes));
    const cells = Array.from({ length: 24 }, (_, i) => {
      const { iv, body } = encrypt(bytes, 'cfb128', Buffer.from(padded(i)));
      return Buffer.concat([body, iv]).toString(encoding);
    });
    const groups = groupsOf({ c: { cells } });
    const { form } = await recognise(groupAt(groups, 'c'), groups, key);
    expect(form && formatLayout(form.layout)).toBe(`"{body+iv ${encoding}}" pkcs7`);
    expect(form?.frame).toBe('proven');
  },
);
