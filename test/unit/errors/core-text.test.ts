import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../../src-main');
/** What is said at a terminal, to git, and to the programs that run the application. */
const terminalOnly =
  /^(?:commands|cli\.ts|posture\/look\/key-in-git|handoff\/restart-advice|handoff\/stores\/)/;
/** Arguments that no text tells of, and what other programs are given, or are given by hand without Keel. */
const ofOtherPrograms =
  /^(?:argument === |initdbFlags: |const args = \['secret'|runProgram\(program, \[|const shown = await inspect|const inNamespace = |const child = start\(|return `# kubectl |const answer = await runProgram\(|\[\{ type: 'age |\['With Keel, |'Without Keel: )/;

/** Commands, options and variables in a sentence, with or without backticks, and what only an address or a shell has. */
const ofTheTerminal =
  /\\?`keel [a-z]|(?<!(?:\\?`|type: ')age )--[a-z]|[ (]PG[A-Z]{3,}[ ,)]|~\/\.pgpass|the command again|keys (?:given|as files)|after the last|[$\w]\}?=FILE/;

test('no text outside the command line names a command or an option: what is done with Keel is an act', async () => {
  const texts: string[] = [];
  for (const name of await readdir(root, { recursive: true })) {
    if (!name.endsWith('.ts') || terminalOnly.test(name)) continue;
    for (const line of (await readFile(join(root, name), 'utf8')).split('\n')) {
      const said = line.trim();
      // comments, also those that stand in an artefact for whoever opens it
      if (/^(?:\/\*\*|\*|\/\/|'#)/.test(said) || ofOtherPrograms.test(said)) continue;
      if (ofTheTerminal.test(said)) texts.push(`${name}: ${said}`);
    }
  }
  expect(texts).toEqual([]);
});
