import { describe, expect, test } from 'vitest';
import { actWords as terminal, inTerminalWords } from '#commands/act-text';
import { isText, joinTexts, text } from '#errors/text';
import { actWords as window, inWindowWords } from '#procedures/act-text';

describe('a text', () => {
  test('with an act is said in the words of each adapter', () => {
    const said = text`check its log, then ${{ do: 'recover' }}`;
    expect(inTerminalWords(said)).toBe('check its log, then run `keel recover`');
    expect(inWindowWords(said)).toBe('check its log, then recover');
  });

  test('holds other texts, and is joined with them', () => {
    const first = text`stop Ballast${{ do: 'or-wait-longer' }}`;
    const said = joinTexts([text`${first}, or ${'wait'}`, 'look'], '; ');
    expect(inTerminalWords(said)).toBe('stop Ballast, or wait longer with --lock-timeout, or wait; look');
    expect(inWindowWords(said)).toBe('stop Ballast, or wait; look');
  });

  test('without an act is a string', () => {
    expect(text`take ${'this'}`).toBe('take this');
    expect(joinTexts([], '; ')).toBe('');
  });

  test('is told from other values, as a file of state may hold them', () => {
    expect([text`${{ do: 'sweep' }}`, 'plain', { composed: [] }].every(isText)).toBe(true);
    for (const other of [undefined, null, 7, {}, { composed: 'a' }, { composed: [7] }, { composed: [{}] }])
      expect(isText(other)).toBe(false);
  });

  test('with an act of a later Keel leaves that out', () => {
    expect(inWindowWords({ composed: ['wait', { do: 'fly' } as never] })).toBe('wait');
  });

  test('names what a shell would take apart in quotes at a terminal, and as it is in the window', () => {
    const said = text`${{ do: 'exclude', columns: ["it's a; table.s", 'a.b'] }}`;
    expect(inTerminalWords(said)).toBe(
      String.raw`pass ${'`'}--exclude 'it'\''s a; table.s' --exclude a.b${'`'}`,
    );
    expect(inWindowWords(said)).toBe("exclude them: it's a; table.s, a.b");
  });
});

test.for([
  [text`${{ do: 'recover' }} first`, 'recover first'],
  [text`${{ do: 'exclude', columns: ['a.b'] }}`, 'exclude a.b'],
  [text`stop it${{ do: 'or-accept', code: 'other-sessions' }}`, 'stop it'],
  [text`${{ do: 'give-password' }}`, 'enter it in the password field'],
  [text`${{ do: 'check-database-name' }}`, 'check the database name'],
  [text`free some space, then ${{ do: 'try-again' }}`, 'free some space, then try again'],
  [
    text`${{ do: 'use-rotating-machine' }}`,
    'do this on the machine, and with the account, that ran the rotation',
  ],
  [
    text`use sslmode=verify-full, with ${{ do: 'root-certificate', authority: '“Acme”', another: false }}`,
    'use sslmode=verify-full, with a root certificate of the CA “Acme”',
  ],
  [text`${{ do: 'add-client-file', name: 'sslkey' }}`, 'choose it too'],
] as const)('the window says %j', ([said, words]) => {
  expect(inWindowWords(said)).toBe(words);
});

test('every act is worded by both adapters, and for the window without commands, options and variables', () => {
  expect(Object.keys(window).sort()).toEqual(Object.keys(terminal).sort());
  for (const words of Object.values(window).map(String)) expect(words).not.toMatch(ofTheTerminal);
});

/** Commands, options and variables, and what only an address or a shell has. */
const ofTheTerminal = /`keel |(?<!age )--[a-z]|PG[A-Z]{3,}|KEEL_|~\/|=FILE/;
