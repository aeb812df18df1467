import { expect, test } from 'vitest';
import type { KeyEntry } from '#contract/keys';
import {
  artefactInUse,
  artefactsOf,
  handFor,
  keysToBackUp,
  mostInNeed,
  suggestedFile,
} from '../../../src-renderer/screens/backup/artefacts.ts';
import { fileName } from '../../../src-renderer/components/format.ts';
import { whoseInWords } from '../../../src-renderer/components/known-key-text.ts';
import { drillInWords } from '../../../src-renderer/screens/backup/drill/drill-text.ts';
import {
  emptyBackup,
  type MakeDraft,
  newArtefactOf,
} from '../../../src-renderer/screens/backup/make/new-artefact.ts';
import { keyStatus } from '../../../src-renderer/screens/key/key-next.ts';

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

test('a backup is listed once, from when it was made; one that no drill has proven comes first, a key file in clear never', () => {
  const made = {
    artefact: 'shares',
    location: '/set',
    madeAt: '2026-04-01T00:00:00Z',
    opensBy: 'shares',
    threshold: 2,
    holders: ['Anna', 'Ben', 'Chiara'],
  } as const;
  const artefacts = artefactsOf([
    key('aaaa', 'retired', [proof('/a.age', '01-01')]),
    {
      ...key('bbbb', 'active', [proof('/b.age', '03-01'), proof('/own.key', '02-02', 'own-file')]),
      made: [
        { ...made, holders: [...made.holders] },
        { artefact: 'age-file', location: '/b.age', madeAt: made.madeAt, opensBy: 'identity' },
      ],
    },
  ]);
  expect(artefacts.map(({ location, lastProven }) => [location, lastProven?.slice(0, 10)])).toEqual([
    ['/set', undefined],
    ['/b.age', '2026-03-01'],
    ['/a.age', '2026-01-01'],
  ]);
  expect(artefacts.map((artefact) => handFor(artefact).kind)).toEqual(['shares', 'identity', 'file']);
});

test('what Ballast’s key is restored from without Keel is never the artefact of a retired key', () => {
  const retired = key('old', 'retired', [proof('/old.age', '11-01')]);
  const location = (...keys: KeyEntry[]) => artefactInUse(artefactsOf(keys))?.location;
  expect(location(retired, key('act', 'active', [proof('/act.age', '02-01')]))).toBe('/act.age');
  expect(
    location(
      key('act', 'active', [proof('/a.age', '01-01')]),
      key('new', 'pending', [proof('/n.age', '11-01')]),
    ),
  ).toBe('/a.age');
  expect(location(key('new', 'pending', [proof('/n.age', '11-01')]))).toBe('/n.age');
  expect(location(retired, key('act', 'active'))).toBeUndefined();
});

test('the active key without a proven backup needs one most', () => {
  const bare = [key('old', 'retired'), key('act', 'active'), key('new', 'pending')];
  expect(keysToBackUp(bare, 'new').map(({ fingerprint }) => fingerprint)).toEqual(['new', 'act', 'old']);
  expect(mostInNeed(keysToBackUp(bare, 'new'))?.fingerprint).toBe('act');
  const proven = [key('act', 'active', [proof('/a.age', '01-01')]), key('new', 'pending')];
  expect(mostInNeed(keysToBackUp(proven, 'new'))?.fingerprint).toBe('new');
  // adopted beside the active key, and not its successor
  expect(keysToBackUp(bare, undefined).map(({ fingerprint }) => fingerprint)).toEqual(['act', 'old']);
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
    'from a.age alone',
  );
  // the screen was left meanwhile
  expect(drillInWords({ result: 'correct', fingerprint: '7f3a' }, undefined).says).toBe(
    'It was restored from the backup alone. Its fingerprint is 7f3a.',
  );
  expect(drillInWords({ result: 'wrong', fingerprint: '7f3a', expected: '1b90' }, 'a.age')).toMatchObject({
    tone: 'stop',
    says: 'A.age restored key 7f3a; key 1b90 was expected. No key ring on this machine contains it.',
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
  expect(broken.says).toBe('Could not restore the key from a.age (content): the content is cut off.');
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
  expect(keyStatus(keys, 'b').next).toBe(next);
});

test('a key of another environment is named with its state', () => {
  const known = { environment: 'Acme', state: 'retired', since: '2026-03-12T10:00:00Z' } as const;
  expect(whoseInWords(known)).toBe('It is the retired key of Acme, since 12 Mar 2026.');
});

test('a new backup says what it still lacks, and goes as it was filled in', () => {
  const empty = emptyBackup('7f3a');
  const filled = { ...empty, path: '/k.age', typed: 'a passphrase of five words' };
  const missing = (draft: MakeDraft) => {
    const made = newArtefactOf(draft);
    return 'missing' in made ? made.missing : made.artefact;
  };
  expect(missing(empty)).toBe('Choose where to save it');
  expect(missing({ ...filled, typed: 'short' })).toContain('at least 12');
  expect(missing(filled)).toBe('Confirm the passphrase');
  expect(missing({ ...filled, weak: true, again: filled.typed })).toContain('easy to guess');
  expect(missing({ ...filled, again: filled.typed })).toMatchObject({ passphrase: { typed: filled.typed } });
  const suggested = { suggestion: 'id', words: 7, bits: 90 };
  expect(missing({ ...empty, path: '/k.age', suggested })).toMatchObject({
    passphrase: { suggestion: 'id' },
  });
  expect(missing({ ...empty, form: 'words' })).toContain('where you will keep the paper');
  const shares = { ...empty, form: 'shares', path: '/set', holders: ['Anna', 'anna '] } as const;
  expect(missing(shares)).toContain('same name');
  expect(missing({ ...shares, holders: ['Anna', ''] })).toContain('Enter a name');
  expect(missing({ ...shares, holders: ['Anna', 'Ben '] })).toEqual({
    form: 'shares',
    folder: '/set',
    threshold: 2,
    holders: ['Anna', 'Ben'],
  });
});
