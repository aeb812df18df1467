import { describe, expect, test } from 'vitest';
import { cleanText } from '#evidence/plaintexts/clean-text';
import { structureBits } from '#evidence/plaintexts/structure';

describe('the shape of a text', () => {
  test.for([
    '{"user":"a"}',
    ' \n[1, 2]',
    'postgres://u@h/d',
    'https://example.org',
    'a+b.c-1://x',
    'ghp_0123',
    'xoxb-1-2',
    'AKIAIOSFODNN7',
    '-----BEGIN PRIVATE KEY-----',
  ])('of %j counts', (text) => {
    expect(structureBits(text)).toBeGreaterThan(12);
  });

  test.for([
    '',
    'plain password',
    '{not json}',
    '"a JSON string"',
    '12345',
    'true',
    '{"cut": ',
    ' https://indented',
    '://no-scheme',
    '1abc://starts-with-a-digit',
    'abcdefghijklmnopq://a-scheme-of-17-letters',
    'GHP_0123',
    'not xoxb-1-2',
  ])('of %j does not', (text) => {
    expect(structureBits(text)).toBe(0);
  });

  test('counts the more the longer a prefix is', () => {
    expect(structureBits('github_pat_1')).toBeGreaterThan(structureBits('ghp_1'));
    expect(structureBits('sk_live_1')).toBeGreaterThan(structureBits('sk-1'));
  });
});

/** Clean ASCII: what random clean text is mostly made of. Text with longer characters has none of these shapes. */
const ascii = ['\t', '\n', '\r', ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i))];

describe('a shape is never counted for more than it is worth', () => {
  test.for([1, 2, 3])('among all clean text of %i bytes', (length) => {
    const found = new Map<number, number>();
    for (const text of texts(length)) {
      const bits = structureBits(text);
      if (bits > 0) found.set(bits, (found.get(bits) ?? 0) + 1);
    }
    const all = 2 ** (8 * length - cleanText.bits(length));
    for (const [bits, count] of found) expect(bits).toBeLessThanOrEqual(-Math.log2(count / all));
  });
});

function texts(length: number): string[] {
  if (length === 0) return [''];
  return texts(length - 1).flatMap((text) => ascii.map((character) => text + character));
}
