import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claim, type SourceText, textsOf } from './user-facing-texts.ts';

interface Reviewed {
  /** The file and what it looked at, or why nothing is claimed. */
  readonly evidence: string;
  /** `file: text` */
  readonly claims: readonly string[];
}

const reviewed: readonly Reviewed[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'reviewed-claims.json'), 'utf8'),
);
const known = new Set(reviewed.flatMap(({ claims }) => claims));
const nameOf = ({ file, text }: SourceText) => `${file}: ${text}`;

test('a text says that all was looked at, or that nothing remains, only where a reviewed list names what backs it', () => {
  const claims = textsOf(['src-main', 'src-renderer']).filter(({ text }) => claim.test(text));
  const unbacked = claims.map(nameOf).filter((name) => !known.has(name));
  expect(
    unbacked,
    'These texts claim to have seen all of something. Say instead what was looked at, with its scope (“41 tables, 2 not readable”, “sampled”); or, where something has seen all of it, name that in test/unit/claims/reviewed-claims.json.',
  ).toEqual([]);
});

test('the reviewed list holds no text that is gone, and each group says what backs it', () => {
  const present = new Set(textsOf(['src-main', 'src-renderer']).map(nameOf));
  expect([...known].filter((name) => !present.has(name))).toEqual([]);
  for (const { evidence } of reviewed) expect(evidence.length).toBeGreaterThan(20);
});

test.for([
  'Nothing else is under the old key.',
  'no other column holds values under it',
  'Nothing is left under the old key.',
  'All rows are under the new key',
  'Every value is under the new key',
  'The database is clean',
  'Done. You may delete the key',
])('a text like “%s” has to be backed', (text) => {
  expect(claim.test(text)).toBe(true);
});

test.for([
  '8 of 8 values read under the new key',
  'of 41 tables, 2 not readable',
  'sampled: 200 rows a table',
])('a text with its scope, like “%s”, has not', (text) => {
  expect(claim.test(text)).toBe(false);
});
