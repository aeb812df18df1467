import { expect, test } from 'vitest';
import { search } from '../../../src-renderer/frame/palette-search.ts';

const run = () => {};
const choices = [
  { id: '1', group: 'Go to', title: 'Rotate · Acme production', run },
  { id: '2', group: 'Environments', title: 'Switch to Staging', words: 'production', run },
  { id: '3', group: 'Commands', title: 'Practise on a sample database', words: 'demo', run },
];
const found = (typed: string) => search(choices, typed).map(({ id }) => id);

test('every typed word has to be found, in title, group or further words', () => {
  expect(found('acme rot')).toEqual(['1']);
  expect(found('DEMO')).toEqual(['3']);
  expect(found('acme staging')).toEqual([]);
});

test('nothing typed finds everything, in order', () => {
  expect(found('  ')).toEqual(['1', '2', '3']);
});

test('titles that begin with the first word come first', () => {
  expect(found('s')).toEqual(['2', '3']);
  expect(found('pr')).toEqual(['3', '1', '2']);
});

test('a slip of the fingers finds what was meant, where nothing is called what was typed', () => {
  expect(found('rotaet')).toEqual(['1']);
  expect(found('stagign')).toEqual(['2']);
  expect(found('databse sample')).toEqual(['3']);
  expect(found('practce')).toEqual([]);
  expect(found('no such thing')).toEqual([]);
  expect(found('xyz')).toEqual([]);
});
