import { expect, test } from 'vitest';
import type { KeyEntry } from '#contract/keys';
import {
  artefactsOf,
  keysToBackUp,
  mostInNeed,
  suggestedFile,
} from '../../../src-renderer/screens/backup/artefacts.ts';
import { drillInWords, fileName } from '../../../src-renderer/screens/backup/drill-words.ts';
import { keyStanding } from '../../../src-renderer/screens/key/key-next.ts';

const key = (fingerprint: string, state: KeyEntry['state'], proofs: KeyEntry['proofs'] = []): KeyEntry => ({
  fingerprint,
  state,
  createdAt: '2026-01-01T00:00:00Z',
  proofs,
});
const proof = (location: string, day: string, artefact: 'age-file' | 'own-file' = 'age-file') => ({
  artefact,
  location,
  provenAt: `2026-${day}T00:00:00Z`,
});

test('a file is one artefact, however often it was drilled; a key file in clear is none', () => {
  const artefacts = artefactsOf([
    key('aaaa', 'retired', [proof('/a.age', '01-01')]),
    key('bbbb', 'active', [
      proof('/b.age', '02-01'),
      proof('/own.key', '02-02', 'own-file'),
      proof('/b.age', '03-01'),
    ]),
  ]);
  expect(artefacts.map(({ location, drills }) => [location, drills])).toEqual([
    ['/b.age', 2],
    ['/a.age', 1],
  ]);
  expect(artefacts[0]).toMatchObject({
    firstProven: '2026-02-01T00:00:00Z',
    lastProven: '2026-03-01T00:00:00Z',
    state: 'active',
  });
});

test('the active key without a proven backup needs one most', () => {
  const bare = [key('old', 'retired'), key('act', 'active'), key('new', 'pending')];
  expect(keysToBackUp(bare, 'new').map(({ fingerprint }) => fingerprint)).toEqual(['new', 'act']);
  expect(mostInNeed(keysToBackUp(bare, 'new'))?.fingerprint).toBe('act');
  const proven = [key('act', 'active', [proof('/a.age', '01-01')]), key('new', 'pending')];
  expect(mostInNeed(keysToBackUp(proven, 'new'))?.fingerprint).toBe('new');
  // adopted beside the active key, and not its successor
  expect(keysToBackUp(bare, undefined).map(({ fingerprint }) => fingerprint)).toEqual(['act']);
  expect(mostInNeed([])).toBeUndefined();
});

test('a file is suggested that says whose key it holds and from when', () => {
  const day = new Date('2026-11-24T12:00:00Z');
  expect(suggestedFile('Acme (production)', '7f3a-91c2-0000-0000', day)).toBe(
    'keel-acme-production-7f3a-2026-11-24.age',
  );
  expect(suggestedFile('Ünï', '7f3a-91c2-0000-0000', day)).toMatch(/^keel-n-7f3a-|^keel-ballast-7f3a-/);
});

test('a drill says what it gave, and from where it broke off', () => {
  expect(drillInWords({ result: 'correct', fingerprint: '7f3a' }, 'a.age').says).toContain(
    'from nothing else',
  );
  expect(drillInWords({ result: 'wrong', fingerprint: '7f3a', expected: '1b90' }, 'a.age')).toMatchObject({
    tone: 'stop',
    says: 'a.age gave 7f3a back, and 1b90 was expected.',
  });
  const broken = drillInWords(
    {
      result: 'invalid',
      breaksAt: 'payload',
      message: 'the content is cut off',
      remedy: 'drill another copy',
    },
    'a.age',
  );
  expect(broken.says).toBe('Restoring from a.age broke off in its content: the content is cut off.');
  expect(broken.remedy).toBe('Drill another copy.');
});

test('a path is named by its last part on every platform', () => {
  expect(fileName('/a/b/c.age')).toBe('c.age');
  expect(fileName('C:\\keys\\c.age')).toBe('c.age');
});

test.each<[KeyEntry[], string]>([
  [[], 'adopt'],
  [[key('a', 'pending')], 'prove'],
  [[key('a', 'active')], 'back-up'],
  [[key('a', 'active', [proof('/a.age', '01-01')])], 'generate'],
  [[key('a', 'active', [proof('/a.age', '01-01')]), key('b', 'pending')], 'rotate'],
  [[key('a', 'active'), key('b', 'pending')], 'back-up'],
])('the keys lead to one next step', (keys, next) => {
  expect(keyStanding(keys, 'b').next).toBe(next);
});
