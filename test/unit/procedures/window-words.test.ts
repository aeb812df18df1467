import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inWindowWords } from '#procedures/window-words';

const root = join(import.meta.dirname, '../../../src-main');
const terminalOnly = /^(?:commands|cli\.ts)/;
/** A warning of the command line alone, and parts of texts that stand whole elsewhere. */
const notWhole = /^(?:const (?:warning|names) =|return `--exclude )/;

/** Every text in the core that names a command or an option, with its placeholders as they are. */
async function textsForTheTerminal(): Promise<string[]> {
  const texts: string[] = [];
  for (const name of await readdir(root, { recursive: true })) {
    if (!name.endsWith('.ts') || terminalOnly.test(name) || name.includes('window-words')) continue;
    const source = await readFile(join(root, name), 'utf8');
    for (const line of source.split('\n')) {
      if (/^\s*(?:\/\*\*|\*|\/\/)/.test(line)) continue;
      if (/\\?`(?:keel [a-z]|--[a-z])| --[a-z]/.test(line)) {
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
      .filter((text) => !notWhole.test(text))
      .map(inWindowWords)
      .filter((text) => /`keel [a-z]+[^$`]*`|(?<!`age )--[a-z]/.test(text));
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
    ['check the path and its permissions', 'check the path and its permissions'],
  ] as const)('%s', ([text, words]) => {
    expect(inWindowWords(text)).toBe(words);
  });
});
