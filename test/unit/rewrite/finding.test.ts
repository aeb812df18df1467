import { describe, expect, test } from 'vitest';
import { inTerminalWords } from '#commands/act-text';
import { KeelError } from '#errors/keel-error';
import { inWindowWords } from '#procedures/act-text';
import { accept, acceptableStops, assertNoStops, type Finding, pass, stop, warn } from '#rewrite/finding';

const sessions = stop('other-sessions', 'Ballast is connected', 'stop it');
const wrong = stop('key-wrong', 'the key opens nothing', 'find the key');

describe('a stop', () => {
  test('that the admin accepts becomes a warning that is marked so', () => {
    expect(accept([sessions], ['other-sessions'])).toEqual([
      {
        code: 'other-sessions',
        level: 'warn',
        message: 'Ballast is connected',
        remedy: 'stop it',
        accepted: true,
      },
    ]);
  });

  test('that could be accepted says how, and stays a stop', () => {
    const [finding] = accept([sessions], ['triggers']);
    expect(finding).toMatchObject({ level: 'stop', message: sessions.message });
    expect(inTerminalWords(finding?.remedy ?? '')).toBe(
      'stop it; or accept the risk with `--accept other-sessions`',
    );
    expect(inWindowWords(finding?.remedy ?? '')).toBe('stop it');
  });

  test('that nobody may take on stays to the letter, whatever is accepted', () => {
    expect(accept([wrong], acceptableStops)).toEqual([wrong]);
    expect(accept([wrong], ['key-wrong' as never])).toEqual([wrong]);
  });
});

test('passes and warnings are left alone by what is accepted', () => {
  const findings: Finding[] = [pass('triggers', 'none'), warn('pooler', 'perhaps', 'look')];
  expect(accept(findings, ['triggers', 'pooler'])).toEqual(findings);
  expect(findings[0]).not.toHaveProperty('remedy');
});

describe('findings', () => {
  test('without a stop let the rotation go on', () => {
    expect(() => assertNoStops([])).not.toThrow();
    expect(() => assertNoStops([pass('a', 'b'), warn('c', 'd', 'e')])).not.toThrow();
  });

  test('with stops become one error that names them all, with their remedies', () => {
    const rules = stop('rules', 'a rule rewrites updates', 'disable it');
    const failure = catchError(() => assertNoStops([pass('a', 'b'), rules, warn('c', 'd', 'e'), sessions]));
    expect(failure.message).toBe(
      'a rule rewrites updates [rules]; Ballast is connected [other-sessions]; nothing was changed',
    );
    expect(failure.remedy).toBe('disable it; stop it');
    expect(failure.stops).toEqual(['rules', 'other-sessions']);
    expect(failure.code).toBe('preflight-stopped');
  });

  test.for([
    ['key-wrong', 'key-wrong'],
    ['key-mixed', 'rows-unopened'],
    ['unproven-column', 'key-unproven'],
    ['privileges', 'privilege-missing'],
    ['standby', 'server-read-only'],
    ['read-only', 'server-read-only'],
    ['row-level-security', 'preflight-stopped'],
  ] as const)('whose first stop is %s fail as %s', ([code, expected]) => {
    expect(catchError(() => assertNoStops([stop(code, 'm', 'r'), sessions])).code).toBe(expected);
  });
});

function catchError(act: () => void): KeelError {
  try {
    act();
  } catch (error) {
    if (error instanceof KeelError) return error;
  }
  throw new Error('no KeelError was thrown');
}
