import { expect, test } from 'vitest';
import {
  emptyHand,
  givenOf,
  withoutSecrets,
} from '../../../src-renderer/components/fields/given-artefact.ts';
import {
  completionsOf,
  isOffList,
  missingWords,
  noWords,
  spread,
} from '../../../src-renderer/components/fields/typed-words.ts';

const list = ['abandon', 'ability', 'able', 'zoo'];

test('what is typed is completed from the list, until it is a word', () => {
  expect(completionsOf(list, 'ab')).toEqual(['abandon', 'ability', 'able']);
  expect(completionsOf(list, ' AbI')).toEqual(['ability']);
  expect(completionsOf(list, 'able')).toEqual([]);
  expect(completionsOf(list, '')).toEqual([]);
});

test('a word is off the list as soon as none can become of it', () => {
  expect(isOffList(list, 'abx')).toBe(true);
  expect(isOffList(list, 'ab')).toBe(false);
  expect(isOffList([], 'abx')).toBe(false);
});

test('24 words are pasted at once, with or without their numbers, wherever the cursor stands', () => {
  const words = Array.from({ length: 24 }, (_, at) => `w${'abcdefghijklmnopqrstuvwxyz'.charAt(at)}`);
  const printed = words.map((word, at) => `${at + 1}. ${word}`).join('\n');
  expect(spread(noWords, 7, words.join(' '))).toEqual(words);
  expect(spread(noWords, 0, `# a comment\n${printed}`)).toEqual(words);
  expect(spread(noWords, 2, 'zoo able')?.slice(0, 5)).toEqual(['', '', 'zoo', 'able', '']);
  expect(spread(noWords, 2, ' zoo ')).toBeUndefined();
});

test('the status line counts what is missing', () => {
  expect(missingWords(noWords)).toBe('Type or paste the 24 words');
  expect(missingWords(noWords.map(() => 'zoo').with(3, ' '))).toBe('One word is missing');
  expect(missingWords(noWords.map(() => 'zoo'))).toBeUndefined();
});

test('what is in hand goes as it is filled in, and its secrets are used once', () => {
  expect(givenOf(emptyHand)).toEqual({ missing: 'Choose the file to restore from' });
  expect(givenOf({ ...emptyHand, path: '/a.age' })).toEqual({ missing: 'Enter its passphrase' });
  const shares = [
    { id: '1', path: '/one.txt' },
    { id: '2', text: 'academic acid' },
  ];
  expect(givenOf({ ...emptyHand, kind: 'shares', shares })).toEqual({
    from: { from: 'shares', paths: ['/one.txt'], typed: ['academic acid'] },
  });
  expect(withoutSecrets({ ...emptyHand, passphrase: 'secret', shares })).toEqual({
    ...emptyHand,
    shares: [shares[0]],
  });
});
