import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inWindowWords } from '#procedures/window-words';

const root = join(import.meta.dirname, '../../../src-main');
/** What is said at a terminal, and to git. */
const terminalOnly = /^(?:commands|cli\.ts|posture\/key-in-git)/;
/** A warning of the command line alone, parts of texts that stand whole elsewhere, the text within artefacts, and arguments that no text tells of. */
const notWhole = /^(?:'#|const (?:warning|names|root) =|return `--exclude |argument === |initdbFlags: )/;
/** What other programs are given, or are given by hand without Keel. */
const ofOtherPrograms =
  /^(?:const args = \['secret'|'--format',|return `# kubectl |const answer = await runProgram\(|\[\{ type: 'age )/;

/** Commands, options and variables in a sentence, with or without backticks, and what only an address or a shell has. */
const ofTheTerminal =
  /\\?`keel [a-z]|(?<!(?:\\?`|type: ')age )--[a-z]|[ (]PG[A-Z]{3,}[ ,)]|~\/\.pgpass|the command again|keys (?:given|as files)|after the last|[$\w]\}?=FILE/;

/** Every text in the core that names a command or an option, with its placeholders as they are. */
async function textsForTheTerminal(): Promise<string[]> {
  const texts: string[] = [];
  for (const name of await readdir(root, { recursive: true })) {
    if (!name.endsWith('.ts') || terminalOnly.test(name) || name.includes('window-words')) continue;
    const source = await readFile(join(root, name), 'utf8');
    for (const line of source.split('\n')) {
      // comments, also those that stand in an artefact for whoever opens it
      if (/^\s*(?:\/\*\*|\*|\/\/|'#)/.test(line)) continue;
      if (ofTheTerminal.test(line)) {
        texts.push(
          line
            .replaceAll('\\`', '`')
            .replaceAll(/\$\{[^}]*\}/g, 'name')
            .trim(),
        );
      }
    }
  }
  return texts;
}

describe('the core’s words in the window', () => {
  test('no remedy names a command or an option of the command line', async () => {
    const texts = await textsForTheTerminal();
    expect(texts.length).toBeGreaterThan(15);
    const left = texts
      .filter((text) => !notWhole.test(text) && !ofOtherPrograms.test(text))
      .map(inWindowWords)
      .filter((text) => ofTheTerminal.test(text));
    expect(left).toEqual([]);
  });

  test.for([
    ['run `keel recover` first', 'recover first'],
    ['look at its log, then run `keel recover`', 'look at its log, then recover'],
    [
      'find their key, or leave them as they are, byte for byte, with `--exclude a.b --exclude c.d`',
      'find their key, or leave them as they are, byte for byte, by excluding them by name: a.b, c.d',
    ],
    [
      'stop Ballast and everything else that uses the database; or take it on with `--accept other-sessions`',
      'stop Ballast and everything else that uses the database',
    ],
    ['stop Ballast, or give more time with --lock-timeout', 'stop Ballast'],
    ['put it into the URL, PGPASSWORD or ~/.pgpass', 'type it into its field'],
    ['check the name after the last `/`', 'check the name of the database'],
    ['free some space, then run the command again', 'free some space, then try again'],
    [
      'run it on the machine and account that rotated, or rotate with both keys given',
      'do this on the machine and account that rotated',
    ],
    [
      'use sslmode=verify-full, with sslrootcert=FILE naming the authority “Acme”',
      'use sslmode=verify-full, with a root certificate of the authority “Acme”',
    ],
    ['add sslkey=FILE', 'choose it too'],
    ['check the path and its permissions', 'check the path and its permissions'],
  ] as const)('%s', ([text, words]) => {
    expect(inWindowWords(text)).toBe(words);
  });
});
