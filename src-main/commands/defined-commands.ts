import { Command } from '@commander-js/extra-typings';
import type { Commands } from './command-entry.ts';

/** A command with all its options, or a group with the commands in it. */
export interface DefinedCommand {
  /** As one types it after `keel`: `key list`. */
  readonly path: string;
  readonly summary: string;
  readonly isGroup: boolean;
  readonly command: Command;
}

/** Loads and defines every command, in the order of the list; a group comes before its commands. */
export async function definedCommands(commands: Commands, parent = ''): Promise<DefinedCommand[]> {
  const all = await Promise.all(
    Object.entries(commands).map(async ([name, entry]): Promise<DefinedCommand[]> => {
      const path = `${parent}${name}`;
      const { summary } = entry;
      const command = new Command(`keel ${path}`).description(summary);
      if ('load' in entry) {
        command.aliases(entry.aliases ?? []);
        (await entry.load()).define(command);
        return [{ path, summary, isGroup: false, command }];
      }
      for (const [own, { summary }] of Object.entries(entry.commands))
        command.command(own).description(summary);
      return [
        { path, summary, isGroup: true, command },
        ...(await definedCommands(entry.commands, `${path} `)),
      ];
    }),
  );
  return all.flat();
}
