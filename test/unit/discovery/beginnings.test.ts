import { describe, expect, test } from 'vitest';
import { beginningOf, beginningsOf } from '#discovery/iv/beginnings';

const of = (text: string) => beginningOf(Buffer.from(text));
const all = (...texts: string[]) => beginningsOf(texts.map((text) => Buffer.from(text)));

describe('a value begins', () => {
  test.for([
    'postgres://user:pass@db/app',
    'https://hooks.example.com/x',
    '{"host":"db","port":5432}',
    '["a"]',
    '  {"a": 1}\n',
    '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----',
    'xoxb-123-abc',
    'ghp_abcdef',
    'sk_live_abc',
    'AKIAIOSFODNN7EXAMPLE',
    'eyJhbGciOiJIUzI1NiJ9.e30.x',
  ])('as values do: %j', (text) => {
    expect(of(text)).toBe('whole');
  });

  test.for([
    'word":"hunter2","port":5432}',
    '","scopes":["a","b"]}',
    '23,"x":{"y":1}}',
    'e"}',
    '"user":"app"}',
    'host":"db"}]',
    'MIIE\n-----END PRIVATE KEY-----',
    'er:hunter2@db.example.com:5432/app',
    'ost.example.com@db.example.com/app',
    ':hunter2@db.example.com:5432/app',
  ])('in the middle: %j', (text) => {
    expect(of(text)).toBe('cut');
  });

  test.for([
    '',
    'hunter2',
    'correct-horse-battery-staple',
    'a{b}',
    '{not json',
    'user@example.com',
    'p@ss word{1}',
    '{}{"',
  ])('in a way that tells nothing: %j', (text) => {
    expect(of(text)).toBe('unknown');
  });

  test('in the middle of a document wherever it is cut', () => {
    const document = JSON.stringify({ user: 'app', password: 'a"b{c}', hosts: ['x', 'y'], on: true });
    for (let cut = 1; cut < document.length - 6; cut++)
      expect([cut, of(document.slice(cut))]).not.toEqual([cut, 'whole']);
    expect(of(document.slice(16))).toBe('cut');
  });
});

describe('many values begin', () => {
  test('in the middle where a tenth of them do, and fewer are whole', () => {
    expect(all('hunter2', 'x":1}')).toBe('cut');
    expect(all(...Array.from({ length: 9 }, (_, i) => `token${i}`), 'x":1}')).toBe('cut');
    expect(all(...Array.from({ length: 12 }, (_, i) => `token${i}`), 'x":1}')).toBe('unknown');
    expect(all('{"a":1}', '{"b":2}', 'x":1}')).toBe('whole');
  });

  test('as values do where a quarter of them do', () => {
    expect(all('{"a":1}', 'hunter2', 'hunter3', 'hunter4')).toBe('whole');
    expect(all('{"a":1}', 'hunter2', 'hunter3', 'hunter4', 'hunter5')).toBe('unknown');
  });

  test('in a way that tells nothing where there are none', () => {
    expect(all()).toBe('unknown');
  });
});
