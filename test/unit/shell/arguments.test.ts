import { describe, expect, test } from 'vitest';
import { refusedArgument, wordsForRefused } from '#shell/policy/arguments';

describe('a packaged Keel starts', () => {
  test.for([
    [[]],
    [['--ozone-platform=wayland', '--ozone-platform-hint=auto', '--lang=de']],
    [['--force-device-scale-factor=1.5', '--disable-gpu']],
  ] as const)('with %j', ([args]) => {
    expect(refusedArgument(args)).toBeUndefined();
  });

  test.for([
    '--remote-debugging-port=9222',
    '--remote-debugging-pipe',
    '--no-sandbox',
    '--inspect',
    '--disable-web-security',
    '--user-data-dir=/tmp/x',
    '--load-extension=/tmp/x',
    '--host-rules=MAP * evil.example',
    '--js-flags=--expose-gc',
    // other spellings that Chromium takes for a switch
    '-no-sandbox',
    '/no-sandbox',
    '--No-Sandbox',
    '--lang\u0000--no-sandbox',
    '--',
    'file.txt',
  ])('but not with %j', (argument) => {
    expect(refusedArgument(['--lang=de', argument])).toBe(argument);
  });

  test('and says what to do instead', () => {
    expect(wordsForRefused('--inspect')).toContain('start Keel without it');
    expect(wordsForRefused('--inspect')).not.toContain('deb package');
    expect(wordsForRefused('--no-sandbox')).toContain('install the deb package');
    expect(wordsForRefused(`--${'x'.repeat(200)}`)).toContain(`with --${'x'.repeat(98)}, which`);
  });
});
