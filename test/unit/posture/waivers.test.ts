import { expect, test } from 'vitest';
import type { PostureFinding, PostureStatus, PostureWaiver } from '#contract/posture';
import { countFindings } from '#posture/judge/judge-posture';
import { reportAsHtml } from '#posture/report/report-html';
import { reportAsJunit } from '#posture/report/report-junit';
import { isWaived, withWaivers } from '#posture/waivers';

// A waiver is of one finding, as it was called and judged, until a day.

const at = '2026-11-30T23:30:00.000Z';
const finding = (status: PostureStatus, title = 'Git: .env'): PostureFinding => ({
  ...{ id: 'keys.file.1.git', area: 'keys', title, status, seen: 'it is in git', why: 'because' },
});
const waiver = (status: PostureStatus, until = '2026-11-30'): PostureWaiver => ({
  ...{ finding: 'keys.file.1.git', title: 'Git: .env', status, reason: 'moved <soon>', until },
  at: '2026-11-01T00:00:00.000Z',
});
const waives = (given: PostureWaiver, found: PostureFinding) =>
  withWaivers([found], [given], at).every(isWaived);

test('a waiver holds to the end of its last day, and is named once it is over', () => {
  expect(waives(waiver('fail'), finding('fail'))).toBe(true);
  expect(waives(waiver('fail', '2026-11-29'), finding('fail'))).toBe(false);
  expect(withWaivers([finding('fail')], [waiver('fail', '2026-11-29')], at)[0]?.waiver).toEqual({
    ...{ reason: 'moved <soon>', until: '2026-11-29', expired: true },
  });
});

test('a waiver is not of a finding that got worse, of another file under the same number, or of one that passes', () => {
  expect(waives(waiver('warn'), finding('fail'))).toBe(false);
  expect(waives(waiver('unknown'), finding('warn'))).toBe(false);
  expect(waives(waiver('fail'), finding('warn'))).toBe(true);
  expect(waives(waiver('fail'), finding('fail', 'Git: other/.env'))).toBe(false);
  expect(withWaivers([finding('pass')], [waiver('fail')], at)).toEqual([finding('pass')]);
});

test('a waived finding is counted as that only, and reports say until when and why', () => {
  const findings = withWaivers([finding('fail'), finding('warn', 'other')], [waiver('fail')], at);
  expect(countFindings(findings)).toEqual({ fail: 0, warn: 1, unknown: 0, pass: 0, waived: 1 });
  const report = { at, subject: 'acme', findings };
  expect(reportAsHtml(report)).toContain('Waived until 2026-11-30 (fail): moved &lt;soon&gt;');
  const junit = reportAsJunit(report, ['fail', 'warn']);
  expect(junit).toContain('tests="2" failures="1" errors="0" skipped="1"');
  expect(junit).toContain(
    '<skipped message="It is in git. Waived until 2026-11-30 (fail): moved &lt;soon&gt;"/>',
  );
});
