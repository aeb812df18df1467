import { describe, expect, test } from 'vitest';
import type { HandoffChange, HandoffState } from '#contract/handoff';
import { diffLines } from '../../../src-renderer/screens/handoff/masked-diff.ts';
import { stageOf } from '../../../src-renderer/screens/handoff/stage.ts';

const [old, active] = ['7f3a-91c2-0000-0001', 'd04e-5b88-0000-0002'];
const last = {
  id: 'r',
  at: '2026-11-24T12:00:00.000Z',
  purpose: 'rotate' as const,
  from: old,
  to: active,
  handedOff: false,
  confirmed: false,
};
const state = (rotated?: Partial<typeof last>): HandoffState => ({
  active,
  targets: [],
  retired: [],
  ...(rotated && { last: { ...last, ...rotated } }),
});
const file = (upToDate: boolean): HandoffChange => ({
  target: { kind: 'env-file', path: '/srv/ballast/.env', variable: 'ENCRYPTION_KEY' },
  where: '/srv/ballast/.env',
  diffMasked: '',
  upToDate,
});

describe('the hand-off asks', () => {
  test.for<[string, HandoffState, HandoffChange | undefined, string]>([
    ['to give Ballast the key after a rotation', state({}), undefined, 'give'],
    ['to give it while the file holds the old one', state({}), file(false), 'give'],
    ['only to say so where the file holds it already', state({}), file(true), 'note'],
    ['to sweep once it was handed off', state({ handedOff: true }), file(true), 'sweep'],
    [
      'for nothing once a sweep found nothing',
      state({ handedOff: true, confirmed: true }),
      file(true),
      'done',
    ],
    [
      'to write another file that is behind',
      state({ handedOff: true, confirmed: true }),
      file(false),
      'write',
    ],
    ['for nothing without a rotation', state(), file(true), 'idle'],
    ['to write a file that is behind without a rotation', state(), file(false), 'write'],
  ])('%s', ([, status, preview, stage]) => {
    expect(stageOf(status, preview)).toBe(stage);
  });
});

test('a masked diff is shown line by line, without the headers of its file', () => {
  expect(diffLines('--- a\n+++ b\n@@ -1 +1 @@\n A=1\n-KEY=[key x]\n+KEY=[key y]\n')).toEqual([
    { sign: ' ', text: 'A=1' },
    { sign: '-', text: 'KEY=[key x]' },
    { sign: '+', text: 'KEY=[key y]' },
  ]);
});
