import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { runAt, sharedHeads, stretches } from '#discovery/runs';
import { base32 } from '#test/support/forms/foreign-cells';

const found = (text: string, encoding: Parameters<typeof stretches>[1]) =>
  stretches(text, encoding).map(({ from, to }) => text.slice(from, to));

describe('a stretch of digits', () => {
  test.for([
    ['hex', '12ab'],
    ['hex', '12AB'],
    ['hex', 'AB12'],
    ['hex', '1234'],
    ['base32', '23AB===='],
    ['base32', '23ab'],
    ['base32', 'ab23===='],
    ['base32', '2345'],
    ['base64', '+/aB12=='],
    ['base64-lines', `${'a'.repeat(64)}\n${'b'.repeat(64)}\ncc==\n`],
    ['base64-lines', `${'a'.repeat(76)}\r\nbbbb`],
    ['base64url', '_-aB12'],
  ] as const)('of %s is as long as it goes: %j', ([encoding, text]) => {
    expect(found(text, encoding)).toContain(text);
    expect(found(`(${text.trimEnd()}) ;`, encoding)).toContain(text.trimEnd());
  });

  test('of hex or base32 in one case is one stretch, whatever it begins with', () => {
    for (let i = 0; i < 500; i++) {
      const bytes = randomBytes(1 + (i % 40));
      for (const text of [bytes.toString('hex'), bytes.toString('hex').toUpperCase()]) {
        expect(found(text, 'hex')).toEqual([text]);
      }
      for (const text of [base32(bytes), base32(bytes).toLowerCase()]) {
        expect(found(text, 'base32')).toEqual([text]);
      }
    }
  });

  test('decodes or does not', () => {
    expect(runAt('x:00ff;', 2, 6, 'hex')).toEqual({
      from: 2,
      to: 6,
      encoding: 'hex',
      bytes: Buffer.from('00ff', 'hex'),
    });
    expect(runAt('x:00f;', 2, 5, 'hex')).toBeUndefined();
  });

  test('in long content is not looked for', () => {
    expect(stretches('a'.repeat((1 << 17) + 1), 'hex')).toEqual([]);
  });
});

test('heads that many stretches share may be left out, or a part of them', () => {
  expect(sharedHeads(['v1abc', 'v1xyz', 'v1123'])).toEqual([0, 2, 1]);
  expect(sharedHeads(['abc', 'xyz'])).toEqual([0]);
  expect(sharedHeads([])).toEqual([0]);
});
