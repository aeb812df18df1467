import { describe, expect, test } from 'vitest';
import { judgeValue, provenBits } from '#evidence/plaintexts/value-evidence';
import { wideTextBits } from '#evidence/plaintexts/wide-text';
import { parseLayout } from '#forms/layout';
import { noise, noiseValues } from './noise.ts';

const texts = [
  'Paßwort für Zürich',
  '{"password":"pässwörd-€-1"}',
  'пароль от базы',
  'κωδικός πρόσβασης',
  'סיסמה סודית',
  'пароль 🔑 от базы данных',
  '数据库的密码是这个不要告诉别人好吗谢谢',
  'データベースのパスワードはこれです、秘密',
  '데이터베이스 비밀번호는 이것입니다',
  'mật khẩu cơ sở dữ liệu',
  '„ключ от базы“ – €',
  '\ufeffmit Marke: äöü',
];

test.for(texts)('`%s` in UTF-16LE is proven text', (text) => {
  const bytes = Buffer.from(text, 'utf16le');
  expect(judgeValue(parseLayout('base64'), bytes).verdict).toBe('proven');
});

describe('noise', () => {
  test('is no text in UTF-16LE, of whatever length', () => {
    for (const length of [4, 8, 16, 32, 64]) {
      const bits = noiseValues(length, 50_000, length).map(wideTextBits);
      expect(Math.max(...bits)).toBeLessThan(provenBits);
    }
  });

  test('reaches bits no oftener than they say', () => {
    const values = noiseValues(3, 200_000, 4).map(wideTextBits);
    for (const bits of [2, 4, 6, 8]) {
      const share = values.filter((value) => value >= bits).length / values.length;
      expect(share).toBeLessThanOrEqual(2 ** -bits * 1.2);
    }
  });
});

test.for([
  ['half a unit', Buffer.from('abc')],
  ['a control character', Buffer.from('ab\u0001cdefgh', 'utf16le')],
  ['half a pair', Buffer.from('abcdef\ud83d', 'utf16le')],
  ['nothing', Buffer.alloc(0)],
  [
    'noise of a block before a long text',
    Buffer.concat([noise(9, 16), Buffer.from('a long text '.repeat(20), 'utf16le')]),
  ],
  [
    'the same before another script',
    Buffer.concat([noise(9, 16), Buffer.from('длинный текст '.repeat(20), 'utf16le')]),
  ],
] as const)('%s is no text in UTF-16LE', ([, bytes]) => {
  expect(wideTextBits(bytes)).toBe(-Infinity);
});
