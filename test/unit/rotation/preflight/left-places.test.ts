import { expect, test } from 'vitest';
import { about, stop, warn } from '#rewrite/finding';
import { placesLeft } from '#rotation/preflight/left-places';

const findings = [
  about([{ name: 'public.notes.body' }], warn('left-under-old-key', 'left', 'keep the key')),
  about([{ name: 'pg_temp.t' }], warn('left-unread', 'not read', 'keep the key')),
  about([{ name: 'public.other.place' }], stop('unlisted-columns', 'found', 'include it')),
];

test.for([
  [['public.notes.body', 'pg_temp.t']],
  [['notes', 'pg_temp.t']],
  [['notes.body', 'public.notes']],
] as const)('what is left is named as preflight found it, however it was named: %o', ([left]) => {
  expect(placesLeft(findings, left)).toEqual(['public.notes.body', 'pg_temp.t']);
});

test('without a name nothing is left', () => {
  expect(placesLeft([], [])).toEqual([]);
});

test.for([
  [['nothing. All values of this database are rotated']],
  [['notes', 'public.other.place']],
  [['public.note']],
  [['public']],
  [['body']],
  [['t']],
] as const)('a name that means no place which preflight left is refused: %o', ([left]) => {
  expect(() => placesLeft(findings, left)).toThrow(/nothing was changed/);
});
