import { readdir, readFile } from 'node:fs/promises';
import { Command } from '@commander-js/extra-typings';
import { expect, test } from 'vitest';
import type { CommandEntry, Commands } from '#commands/command-entry';
import { commandList } from '#commands/command-list';

const guides = (await readdir('docs/guide')).map((name) => `docs/guide/${name}`);

test.for(['README.md', ...guides])(
  'every command and option in %s is one that Keel has',
  async (document) => {
    const text = await readFile(document, 'utf8');
    const unknown: string[] = [];
    for (const line of commandsIn(text)) {
      const words = line.split(/\s+/).slice(1);
      const found = entryOf(words, commandList);
      const options = found && (await optionsOf(found));
      const given = words.filter((word) => word.startsWith('--')).map((word) => word.replace(/=.*/, ''));
      if (!options || given.some((one) => !options.has(one))) unknown.push(line);
    }
    expect(unknown).toEqual([]);
  },
);

test('a command that Keel does not have is noticed, and so is an option', async () => {
  expect(commandsIn('```\nnpx keel frob --x  # why\n```\nand `keel rotate --env acme`')).toEqual([
    'keel frob --x',
    'keel rotate --env acme',
  ]);
  expect(entryOf(['frob'], commandList)).toBeUndefined();
  const rotate = entryOf(['rotate'], commandList) as CommandEntry;
  expect([...(await optionsOf(rotate))]).toEqual(expect.arrayContaining(['--env', '--rehearse', '--help']));
  expect((await optionsOf(rotate)).has('--frob')).toBe(false);
});

/** Commands in blocks of code and in code within a line. */
function commandsIn(text: string): string[] {
  const lines = text
    .split('\n')
    .map((line) => /(?:^|\| )(?:npx )?(keel [a-z].*)$/.exec(line.trim())?.[1]?.replace(/\s+#.*$/, ''));
  const inline = [...text.matchAll(/`(?:npx )?(keel [a-z][^`]*)`/g)].map(([, command]) => command);
  return [...lines, ...inline].filter((command) => command !== undefined);
}

function entryOf(words: readonly string[], commands: Commands): CommandEntry | undefined {
  const entry = commands[words[0] ?? ''];
  return entry && 'commands' in entry ? entryOf(words.slice(1), entry.commands) : entry;
}

async function optionsOf(entry: CommandEntry): Promise<Set<string>> {
  const command = new Command();
  (await entry.load()).define(command);
  return new Set([...command.options.map(({ long }) => long ?? ''), '--help']);
}
