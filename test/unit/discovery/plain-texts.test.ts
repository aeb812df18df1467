import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { recognise } from '#discovery/recognise';
import { findTails } from '#discovery/tails';
import { groupAt, groupsOf } from '#test/support/forms/text-groups';
import { often } from '#test/support/how-often';

const rows = Array.from({ length: 40 }, (_, i) => i);
const keyOf = (seed: number) => new EncryptionKey(createHash('sha256').update(`key ${seed}`).digest());
const keys = (count: number) => Array.from({ length: count }, (_, i) => keyOf(i));

/** Plain texts that decode and begin alike: under one IV they are all decrypted by one keystream. */
const plain: readonly (readonly [string, (i: number) => string])[] = [
  ['short names', (i) => `org${i % 5}`],
  ['ids in hex', (i) => `deadbeef${1000 + i}`],
  ['numbers', (i) => `${10_000_000 + i}`],
  ['words', (i) => ['dev0', 'prod', 'test', 'beta'][i % 4] as string],
  ['long ids in hex', (i) => `${'00ab'.repeat(10)}${1000 + i}`],
];

describe('plain texts that begin alike are not under a key by chance', () => {
  test.for(plain)('%s, whatever the key', async ([, text]) => {
    const groups = groupsOf({
      c: { cells: rows.map(text) },
      tenant_nonce: { cells: rows.map((i) => `${i % 3}`.repeat(32)) },
    });
    for (const key of keys(30)) {
      const { form } = await recognise(groupAt(groups, 'c'), groups, key);
      const { bits = 0, contradicted = 0, unrecognised = 0 } = form?.statistics ?? {};
      expect(bits >= 20 || (bits >= 8 && contradicted + unrecognised === 0)).toBe(false);
    }
  });

  test('long ones that share all but their end, in their further blocks', () => {
    const texts = rows.map((i) => `${'00ab'.repeat(10)}${'11'.repeat(6)}${1000 + i}`);
    for (const key of keys(often(1_000))) expect(findTails(texts, key, false)).toEqual([]);
  });
});
