import { describe, expect, test } from 'vitest';
import { parseLayout } from '#forms/layout';
import { anyText, cleanText } from '#evidence/plaintexts/clean-text';
import { structureBits } from '#evidence/plaintexts/structure';
import { falseAcceptChance, judgeValue, provenBits } from '#evidence/plaintexts/value-evidence';
import { noiseValues } from './noise.ts';
import { often } from '#test/support/how-often';

const judge = (text: string | Uint8Array, layout = 'base64') =>
  judgeValue(parseLayout(layout), Buffer.from(text));

describe('one value', () => {
  test.for([
    ['a password of 24 letters', 'correct-horse-battery-01', 'proven'],
    ['a password of 16 letters', 'correct-horse-01', 'inconclusive'],
    ['a document', '{"host":"db","password":"päss"}', 'proven'],
    ['text beyond ASCII', 'Größe 12 → Zürich 🔑', 'proven'],
    ['a short document', '{"a":1}', 'proven'],
    ['a short URL', 'db://x', 'proven'],
    ['the head of a known kind of token', 'xoxb-1', 'proven'],
    ['five letters', 'hello', 'inconclusive'],
    ['one letter', 'a', 'inconclusive'],
    ['nothing', '', 'inconclusive'],
    ['one control character', '\u0000', 'contradicted'],
    ['short text with a control character', 'pass\u0007word', 'contradicted'],
    [
      'long text with a control character',
      `-----BEGIN KEY-----\u0007${'MIIEvQIBADANBgkqh'.repeat(4)}`,
      'proven',
    ],
    ['half a character', Buffer.from('Größe').subarray(0, 3), 'contradicted'],
    [
      'long text with one byte that is not UTF-8',
      Buffer.from(`${'a'.repeat(200)}\u00ff`, 'latin1'),
      'contradicted',
    ],
    ['a surrogate', Buffer.from('eda080', 'hex'), 'contradicted'],
  ] as const)('of %s is %3$s', ([, text, verdict]) => {
    expect(judge(text).verdict).toBe(verdict);
  });

  test('counts exactly the bits of its length', () => {
    expect(judge('hello').bits).toBe(cleanText.bits(5));
    expect(judge('correct-horse-01').bits).toBe(cleanText.bits(16));
    expect(judge('').bits).toBe(0);
    expect(judge(Buffer.from([0])).bits).toBe(0);
  });

  test('is proven from twenty bits on, with structure counted where the length does not do', () => {
    const enough = Array.from({ length: 40 }, (_, n) => n).find(
      (n) => cleanText.bits(n) >= provenBits,
    ) as number;
    expect(judge('a'.repeat(enough - 1)).verdict).toBe('inconclusive');
    expect(judge('a'.repeat(enough)).verdict).toBe('proven');
    expect(judge('{"a":1}').bits).toBe(cleanText.bits(7) + structureBits('{"a":1}'));
  });

  test('with a control character pays one bit for the second test, and needs twenty of what is left', () => {
    const text = `\u0001${'a'.repeat(60)}`;
    expect(judge(text)).toEqual({ verdict: 'proven', bits: anyText.bits(61) - 1 });
    const least = Array.from({ length: 80 }, (_, n) => n).find(
      (n) => anyText.bits(n) - 1 >= provenBits,
    ) as number;
    expect(judge(text.slice(0, least)).verdict).toBe('proven');
    expect(judge(text.slice(0, least - 1)).verdict).toBe('contradicted');
  });
});

describe('the form inside the cipher', () => {
  test('PKCS#7 padding adds its bits, less the choice of sixteen lengths', () => {
    const padded = Buffer.concat([Buffer.from('hello'), Buffer.alloc(11, 11)]);
    expect(judge(padded, 'base64 pkcs7')).toEqual({
      verdict: 'proven',
      bits: 8 * 11 - 4 + cleanText.bits(5),
    });
    const one = Buffer.concat([Buffer.from('fifteen-letters'), Buffer.from([1])]);
    expect(judge(one, 'base64 pkcs7').bits).toBe(4 + cleanText.bits(15));
    expect(judge(Buffer.alloc(16, 16), 'base64 pkcs7').verdict).toBe('proven');
  });

  test.for([
    ['no padding', 'sixteen-letters!'],
    ['not whole blocks', `hello${'\u000b'.repeat(10)}`],
    ['padding of several minds', `hello${'\u000b'.repeat(9)}\u000a\u000b`],
    ['padding of zero', `fifteen-letters\u0000`],
    ['padding of seventeen', `fifteen-letters\u0011`],
    ['nothing at all', ''],
  ] as const)('PKCS#7 with %s speaks against the key', ([, text]) => {
    expect(judge(text, 'base64 pkcs7').verdict).toBe('contradicted');
  });

  test('base64 inside adds two bits a character', () => {
    expect(judge('aGVsbG8=', 'base64 inner-base64').bits).toBe(16 + cleanText.bits(5));
  });

  test.for(['hello!!!', 'aGVsbG8', 'aGVsbG9=', 'aGVs\nbG8='])('%j is not base64 to the letter', (text) => {
    expect(judge(text, 'base64 inner-base64').verdict).toBe('contradicted');
  });
});

describe('noise', () => {
  test.for([1, 2, 4, 8, 12])('of %i bytes passes as often as the false-accept chance says', (length) => {
    const samples = 200_000;
    const passed = noiseValues(40 + length, samples, length).filter(
      (b) => judge(b).verdict !== 'contradicted',
    );
    const expected = samples * falseAcceptChance(parseLayout('base64'), length);
    expect(Math.abs(passed.length - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  test.for(['base64 pkcs7', 'base64 inner-base64', 'base64 cfb8 pkcs7'])(
    'under `%s` passes no more often',
    (layout) => {
      for (const length of [4, 16]) {
        const samples = 100_000;
        const passed = noiseValues(60 + length, samples, length).filter(
          (bytes) => judge(bytes, layout).verdict !== 'contradicted',
        );
        const expected = samples * falseAcceptChance(parseLayout(layout), length);
        expect(passed.length).toBeLessThan(expected + 5 * Math.sqrt(expected) + 1);
      }
    },
  );

  test('is never proven: not one in very many values of any length', () => {
    for (const length of [3, 6, 10, 20]) {
      const proven = noiseValues(80 + length, often(250_000), length).filter(
        (b) => judge(b).verdict === 'proven',
      );
      expect(proven).toEqual([]);
    }
  });
});
