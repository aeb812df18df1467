import { describe, expect, test } from 'vitest';
import { mayBe, signsOf } from '#evidence/writing-signs';
import { noise } from './noise.ts';

const bytes = Buffer.from(noise(7, 34));
const base64 = Buffer.from(noise(3, 71)).toString('base64');
const groups = (text: string, width: number) => text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];

function signs(text: string | Uint8Array): string[] {
  const cell = Buffer.concat([Buffer.from('12'), Buffer.from(text as string), Buffer.from('34')]);
  const found = signsOf(cell, 2, cell.length - 2);
  return Object.entries(mayBe).flatMap(([name, bit]) => ((found & bit) === 0 ? [] : [name]));
}

describe('a cell that holds no other writing has no sign of one', () => {
  test.each([
    ['prose', 'They had said of it before, some 4 times out of 12; see page 2023.'],
    ['a token in base64', base64],
    ['a UUID', '0d8c0e5e-3c0f-4c0a-9f53-2f0b6f1f8a11'],
    ['a hash in hexadecimal digits', noise(5, 32).reduce((text, one) => text + one.toString(16), '')],
    [
      'JSON',
      '{"id": "evt_0a1b2c3d4e5f", "user": "0d8c0e5e-3c0f-4c0a-9f53-2f0b6f1f8a11", "at": "2026-11-01T12:00:00.000Z", "path": "/api/v1?q=x"}',
    ],
  ])('%s', (_, text) => {
    expect(signs(text)).toEqual([]);
  });
});

describe('a writing has its sign, in a text too', () => {
  test.each([
    ['numbers', [...bytes].join(', ')],
    ['numbers', JSON.stringify(Object.assign({}, [...bytes]))],
    ['hexGroups', groups(bytes.toString('hex'), 2).join(':')],
    ['hexGroups', groups(bytes.toString('hex'), 2).join(', 0x')],
    ['base64Groups', groups(base64, 4).join(' ')],
    ['base64Groups', `${base64.slice(0, 64)}\n    ${base64.slice(64, 66)}`],
    ['longDigits', BigInt(`0x${bytes.toString('hex')}`).toString(32)],
    ['base85', '87cURD]i,"Ebo80$3h7q&/A(mB9!X%kW2s;Z+d]T*'],
    ['escapes', 'a%2Fb'],
    ['wide', Buffer.from(base64, 'utf16le').toString('latin1')],
    ['characters', bytes.toString('latin1')],
  ])('%s (%#)', (name, text) => {
    expect(signs(`note of the day: ${text} and so on`)).toContain(name);
  });
});
