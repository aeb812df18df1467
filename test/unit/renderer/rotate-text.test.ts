import { describe, expect, test } from 'vitest';
import type { Finding, RotationResult } from '#contract/rotation';
import { acceptableStops } from '#rewrite/finding';
import {
  findingsInWords,
  groupFindings,
} from '../../../src-renderer/screens/rotate/findings/finding-groups.ts';
import {
  connectedSessions,
  serverInWords,
} from '../../../src-renderer/screens/rotate/findings/findings-said.ts';
import { phaseAt, phasesAt } from '../../../src-renderer/screens/rotate/run/phases.ts';
import { reviewSentences } from '../../../src-renderer/screens/rotate/steps/review-sentences.ts';
import {
  columnVerdict,
  figuresOf,
  type RotatedColumn,
} from '../../../src-renderer/screens/rotate/run/run-figures.ts';
import {
  stopsToAccept,
  acceptanceOf,
  acceptanceOfFinding,
} from '../../../src-renderer/screens/rotate/findings/acceptance.ts';

const finding = (code: string, level: Finding['level'], message = code): Finding => ({
  code,
  level,
  message,
  acceptable: level === 'stop',
});
const column = (counts: Partial<RotatedColumn>): RotatedColumn => ({
  entry: { schema: 'public', table: 'a', column: 'b', layout: 'base64', kind: 'unknown' },
  rewritten: 0,
  left: 0,
  excluded: 0,
  already: 0,
  bits: 0,
  ...counts,
});
const run = (...columns: RotatedColumn[]) =>
  ({ rows: 128, lockMs: 420, totalMs: 1900, rehearsal: true, columns }) as unknown as RotationResult;

describe('findings', () => {
  test('that were taken on stand apart from those that stop', () => {
    const groups = groupFindings(
      [
        finding('pooler', 'stop'),
        finding('triggers', 'stop'),
        finding('disk', 'warn'),
        finding('version', 'pass'),
      ],
      { accepted: ['triggers'], left: [] },
    );
    expect(groups.stops.map(({ code }) => code)).toEqual(['pooler']);
    expect(groups.accepted.map(({ code }) => code)).toEqual(['triggers']);
    expect(findingsInWords(groups)).toBe('1 blocker, 1 accepted, 1 warning, 1 passed');
  });

  test('without a stop say so', () => {
    expect(findingsInWords(groupFindings([finding('a', 'pass')], { accepted: [], left: [] }))).toBe(
      'No blockers, 1 passed',
    );
  });

  test('name who is connected, without the warning behind it', () => {
    const connected = {
      ...finding('other-sessions', 'stop', 'others'),
      sessions: ['3 × ballast-api', '1 × psql'],
    };
    expect(connectedSessions([connected])).toBe('other sessions are connected (3 × ballast-api, 1 × psql)');
    expect(connectedSessions([finding('other-sessions', 'pass', 'nobody')])).toBeUndefined();
  });

  test('name the server and the way to it', () => {
    const found = [finding('version', 'pass', 'PostgreSQL 16.4')];
    const way = { encrypted: true, protocol: 'TLSv1.3', verified: 'chain-and-host', local: false } as const;
    expect(serverInWords(found, way)).toBe(' on PostgreSQL 16.4, TLS 1.3');
    expect(serverInWords(found, undefined)).toBe(' on PostgreSQL 16.4');
    expect(serverInWords([], way)).toBe('');
  });
});

describe('taking a stop on', () => {
  test('is explained for every stop that the rotation lets be taken on', () => {
    expect(acceptableStops.filter((code) => !acceptanceOf(code))).toEqual([]);
    expect(acceptanceOf('standby')).toBeUndefined();
  });

  test('names the places that it leaves, and is a stop again with a further one', () => {
    const unlisted: Finding = {
      ...finding('unlisted-columns', 'stop'),
      places: [{ name: 'public.legacy.value' }, { name: 'audit.log.body' }],
    };
    expect(acceptanceOfFinding(unlisted)).toMatchObject({
      label: 'Leave 2 places encrypted with the old key',
    });
    expect(acceptanceOfFinding(unlisted)?.means).toContain('Applies to legacy.value, audit.log.body.');
    const left = ['public.legacy.value'];
    expect(groupFindings([unlisted], { accepted: ['unlisted-columns'], left }).stops).toEqual([unlisted]);
    const both = [...left, 'audit.log.body'];
    expect(groupFindings([unlisted], { accepted: [], left: both }).accepted).toEqual([unlisted]);
  });

  test.for<[string, string[], string[]]>([
    ['a stop', ['other-sessions'], ['other-sessions']],
    ['a stop beside one that cannot be taken on', ['pooler', 'standby'], []],
    ['no stop', [], []],
  ])('is offered for what stopped a run: %s', ([, stops, codes]) => {
    const failure = { code: 'preflight-stopped', message: 'others are there', remedy: '', stops };
    expect(stopsToAccept(failure).map((taking) => taking.code)).toEqual(codes);
  });
});

describe('a run', () => {
  test('is summed over its columns, bits rounded down', () => {
    const result = run(column({ rewritten: 90, left: 2, bits: 10.7 }), column({ rewritten: 38, bits: 10.7 }));
    expect(figuresOf(result)).toEqual({ opened: 128, values: 130, bits: 21, left: 2 });
  });

  test.for<[string, Partial<RotatedColumn>]>([
    ['No values', {}],
    ['Excluded by you', { left: 14, excluded: 14 }],
    ['Empty values', { left: 14 }],
    ['Already done', { left: 14, already: 14 }],
    ['Proven', { rewritten: 90, left: 2, excluded: 2, bits: 4310 }],
    ['Short values', { rewritten: 6, bits: 12 }],
  ])('says %s of a column', ([word, counts]) => {
    expect(columnVerdict(column(counts)).word).toBe(word);
  });

  test('is told in sentences before it is confirmed', () => {
    const reported = reviewSentences(run(column({ rewritten: 128, left: 1, excluded: 1 })), ['a.b']);
    expect(reported.map(({ words }) => words)).toEqual([
      '128 values of 1 column are read, re-encrypted with the new key and written to staging tables.',
      '1 table is locked against writers for about 420 ms, as rehearsed; readers are not blocked. If a lock cannot be acquired within 5 s, Keel gives up and nothing changes.',
      '128 rows are read back with the new key and compared. If one differs, everything is rolled back.',
      '1 value stays unchanged, byte for byte (excluded: a.b).',
      'It stays in the key ring as retired: older database dumps and an undo need it.',
    ]);
  });
});

describe('the phases of a run', () => {
  test('follow the words in which the main process tells of them', () => {
    const states = phasesAt(phaseAt('rows changed in the meantime')).map(({ state }) => state);
    expect(states).toEqual(['done', 'done', 'done', 'current', 'ahead']);
    expect(phaseAt('committed')).toBe(phaseAt('committing'));
    expect(phaseAt('')).toBe(-1);
    expect(phaseAt('writing and comparing the rows')).toBe(phaseAt('writing the rows'));
    expect(phaseAt('comparing the new ciphertexts')).toBe(phaseAt('preparing the new ciphertexts'));
  });
});
