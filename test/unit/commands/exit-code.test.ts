import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '#commands/exit-code';
import { errorCodes } from '#errors/keel-error';

describe('a failure', () => {
  test('has an exit code, whichever it is, and never that of success', () => {
    expect(Object.keys(exitCodeOf).sort()).toEqual([...errorCodes].sort());
    for (const code of errorCodes) expect([1, 2, 3, 4, 5, 6]).toContain(exitCodeOf[code]);
  });

  test.for([
    ['usage', 2],
    ['key-malformed', 2],
    ['url-malformed', 2],
    ['inventory-malformed', 2],
    ['drill-failed', 3],
    ['stragglers-found', 3],
    ['key-wrong', 4],
    ['rows-unopened', 4],
    ['preflight-stopped', 4],
    ['lock-timeout', 4],
    ['verification-failed', 4],
    ['artefact-missing', 4],
    ['server-unreachable', 1],
    ['connection-lost', 1],
    ['rotation-unsettled', 1],
    ['internal', 1],
    ['cancelled', 5],
  ] as const)('of code %s ends with %d', ([code, exit]) => {
    expect(exitCodeOf[code]).toBe(exit);
  });

  test('is cancelled with an exit code of its own', () => {
    expect(errorCodes.filter((code) => exitCodeOf[code] === 5)).toEqual(['cancelled']);
  });

  test('of what is so already has an exit code of its own', () => {
    const already = errorCodes.filter((code) => exitCodeOf[code] === 6);
    expect(already).toEqual(errorCodes.filter((code) => code.startsWith('already-')));
    expect(already.length).toBeGreaterThan(0);
  });
});
