import { expect, test } from 'vitest';
import { textsOf } from './user-facing-texts.ts';

/** What `docs/voice.md` has other words for. */
const unwanted =
  /nobody knows|in earnest|gives? (?:the|it|no) ?(?:key)? back|\bput(?:s|ting)? (?:it )?away\b|broke off|breaks off|broken off|\bgoes? over\b|\bgone over\b|went over|of before\b|looked at\b|looks at\b|opens? under|\bmere(?:ly)?\b|successful|\bplease\b|under (?:the|a|no|another|which|this|that|its|one|other) (?:\w+ )?keys?\b|\btake on\b|\banew\b|\blies\b|\bsimply\b|\bsealed (?:key )?file\b|\bleft byte for byte\b|nothing was connected/i;

/** They name an entry of the log and are stored with it: older entries have them. */
const stored = (file: string, text: string) =>
  file.startsWith('src-main/audit/') || /^(?:[\w -]+ )?broke off$/.test(text);

test('no text of window or command line has the words that the voice of Keel has better ones for', () => {
  const texts = textsOf(['src-main', 'src-renderer']);
  expect(texts.length).toBeGreaterThan(3000);
  const bad = texts.filter(({ file, text }) => unwanted.test(text) && !stored(file, text));
  expect(bad).toEqual([]);
});

test.each([
  'it went over',
  'values under the old key',
  'the backup gives the key back',
  'nobody knows why',
  'in a sealed file',
  'the value was left byte for byte',
])('a text like “%s” is found', (text) => expect(text).toMatch(unwanted));
