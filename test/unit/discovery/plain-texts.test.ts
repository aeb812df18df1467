import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EncryptionKey } from '#crypto/encryption-key';
import { keystreamBits } from '#discovery/keystream';
import { recognise } from '#discovery/recognise';
import { findTails } from '#discovery/tails';
import { noise } from '#test/unit/evidence/noise';
import { encrypt } from '#test/unit/forms/foreign-cells';
import { groupAt, groupsOf } from './groups.ts';

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
      const { bits = 0, contradicted = 0, unrecognised = 0 } = form?.assay ?? {};
      expect(bits >= 20 || (bits >= 4 && contradicted + unrecognised === 0)).toBe(false);
    }
  });

  test('long ones that share all but their end, in their further blocks', () => {
    const texts = rows.map((i) => `${'00ab'.repeat(10)}${'11'.repeat(6)}${1000 + i}`);
    for (const key of keys(1_000)) expect(findTails(texts, key, false)).toEqual([]);
  });
});

describe('evidence from values under one IV', () => {
  const iv = noise(1, 16);
  const key = keyOf(1);
  const opened = (texts: readonly string[], segment: 'cfb128' | 'cfb8' = 'cfb128') =>
    texts.map((text) => {
      const plaintext = Buffer.from(text);
      return { ...encrypt(Buffer.from(key.bytes), segment, plaintext, iv), plaintext };
    });

  test('is that of one value, however often it is there', () => {
    for (const segment of ['cfb128', 'cfb8'] as const) {
      const one = keystreamBits(segment, opened(['correct-horse-battery'], segment));
      const many = keystreamBits(
        segment,
        opened(
          Array.from({ length: 100 }, () => 'correct-horse-battery'),
          segment,
        ),
      );
      expect(many).toBe(one);
      // 98 of 256 bytes are clean
      expect(one).toBeCloseTo(21 * Math.log2(256 / 98), 5);
    }
  });

  test('grows with what differs, and never beyond a keystream', () => {
    const alike = keystreamBits('cfb128', opened(rows.map((i) => `token-${i % 10}`)));
    const letters = 'abcdefghijklmnopqrstuvwxyz0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    const other = keystreamBits(
      'cfb128',
      opened(rows.map((i) => Array.from({ length: 7 }, (_, n) => letters[(i * 7 + n * 11) % 64]).join(''))),
    );
    expect(other).toBeGreaterThan(alike + 5);
    expect(other).toBeLessThanOrEqual(7 * 8);
  });

  test('of values whose first blocks differ is that of each in the blocks after', () => {
    const texts = rows.slice(0, 10).map((i) => `${i} is the first block, and this the rest`);
    const each = texts.reduce((sum, text) => sum + (text.length - 16) * Math.log2(256 / 98), 0);
    expect(keystreamBits('cfb128', opened(texts))).toBeGreaterThan(each);
  });

  test('is less where the texts are not all ASCII, and none where there are none', () => {
    expect(keystreamBits('cfb128', opened(['Größe 12 → Zürich']))).toBeLessThan(
      keystreamBits('cfb128', opened(['Groesse 12 to Zuerich'])),
    );
    expect(keystreamBits('cfb128', [])).toBe(0);
  });
});
