import { Command } from '@commander-js/extra-typings';
import { expect, test } from 'vitest';
import { commandList } from '#commands/command-list';
import { examples } from '#commands/examples';

const commands = Object.entries(commandList).flatMap(([name, entry]) =>
  'commands' in entry
    ? Object.entries(entry.commands).map(([own, { load }]) => [`${name} ${own}`, load] as const)
    : [[name, entry.load] as const],
);

test('every command has an example, and no example is of a command that is gone', () => {
  expect(Object.keys(examples)).toEqual(commands.map(([path]) => path));
});

test.for(commands)('the examples of keel %s are taken as they stand', async ([path, load]) => {
  for (const example of examples[path] ?? []) {
    const typed = words(example);
    expect(typed.slice(0, path.split(' ').length + 1)).toEqual(['keel', ...path.split(' ')]);
    const command = new Command(path).exitOverride().configureOutput({ outputError: () => undefined });
    (await load()).define(command);
    let taken = false;
    command.action(() => {
      taken = true;
    });
    await command.parseAsync(typed.slice(path.split(' ').length + 1), { from: 'user' });
    expect(taken).toBe(true);
  }
});

/** The words of the command in a line for a shell. */
function words(line: string): string[] {
  const [own = ''] = line.slice(line.indexOf('keel')).split(/[)|]/);
  return Array.from(own.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '');
}
