import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { foreignLook } from '#discovery/foreign/foreign-look';

const some = (write: () => string) => Array.from({ length: 5 }, write);
const hex = (length: number) => randomBytes(length).toString('hex');
const base64 = (length: number) => randomBytes(length).toString('base64');

describe('texts that other applications write', () => {
  test.for<[string, () => string, string]>([
    ['Fernet tokens', () => `gAAAAAB${base64(60).replace(/[+/=]/g, '-')}`, 'Airweave'],
    ['salted values', () => `U2FsdGVkX1${base64(60)}`, 'n8n'],
    ['documents of Laravel', () => `eyJpdiI6${base64(60)}`, 'Coolify'],
    ['values of AWX', () => `$encrypted$UTF8$AESCBC$${base64(60)}`, 'AWX'],
    ['values of Twenty', () => `enc:v2:${hex(4)}:${base64(60)}`, 'Twenty'],
    ['values with a version', () => `v1:${hex(16)}:${hex(40)}:${hex(16)}`, 'Strapi'],
    ['three parts in hexadecimal', () => `${hex(12)}:${hex(33)}:${hex(16)}`, 'Langfuse'],
    ['a tag in the middle', () => `${hex(12)}:${hex(16)}:${hex(33)}`, 'LobeHub'],
  ])('are named without a key: %s', ([, write, name]) => {
    expect(foreignLook(some(write), false)?.names).toContain(name);
  });

  test.for<[string, () => string]>([
    ['base64', () => base64(60)],
    ['IV and body in hexadecimal, in whole blocks or not', () => `${hex(16)}:${hex(48)}`],
    ['words', () => `nothing secret, number ${hex(2)}`],
    ['tokens', () => `sk-${hex(20)}`],
    ['empty', () => ''],
  ])('are not seen in what may be Ballast’s, or anything: %s', ([, write]) => {
    expect(foreignLook(some(write), false)).toBeUndefined();
  });

  test('with IV and body alone are named once a key of Ballast has not opened them', () => {
    const look = foreignLook(
      some(() => `${hex(16)}:${hex(48)}`),
      true,
    );
    expect(look?.names).toContain('Hoppscotch');
    expect(look?.words).toContain('or of Ballast with another key');
    expect(
      foreignLook(
        some(() => `${hex(16)}:${hex(45)}`),
        true,
      ),
    ).toBeUndefined();
  });
});
