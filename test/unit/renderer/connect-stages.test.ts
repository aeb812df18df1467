import { expect, test } from 'vitest';
import type { ConnectionReport } from '#contract/environments';
import {
  linesOfProgress,
  linesOfReport,
  reportInWords,
} from '../../../src-renderer/screens/connect/stage-text.ts';

const address = { host: 'db', port: 5432, database: 'x', user: 'u', sslmode: 'verify-full' } as const;
const stage = (
  name: ConnectionReport['stages'][number]['stage'],
  outcome: 'passed' | 'warning' | 'failed',
) => ({
  stage: name,
  outcome,
  message: 'so',
  ms: 1,
});

test('a test that runs shows what is over, what is under way and what waits', () => {
  expect(linesOfProgress(2).map(({ state }) => state)).toEqual([
    'over',
    'over',
    'running',
    'waiting',
    'waiting',
    'waiting',
  ]);
});

test('stages that a report does not name were not reached', () => {
  const report = { ok: false, address, stages: [stage('dns', 'passed'), stage('tcp', 'failed')] };
  expect(linesOfReport(report).map(({ state }) => state)).toEqual([
    'passed',
    'failed',
    'skipped',
    'skipped',
    'skipped',
    'skipped',
  ]);
  expect(reportInWords(report)).toBe('The test stopped at “Network”');
});

test('warnings are not passed over in silence', () => {
  const report = {
    ok: true,
    address,
    server: '18.4',
    stages: [stage('dns', 'passed'), stage('tls', 'warning')],
  };
  expect(reportInWords(report)).toBe('PostgreSQL 18.4 responds, with one warning');
  expect(reportInWords({ ...report, stages: [stage('dns', 'passed')] })).toBe(
    'PostgreSQL 18.4 responds, and no check in this test failed',
  );
});
