import type { Argument, CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import type { Commands } from '#commands/command-entry';
import { definedCommands } from '#commands/defined-commands';

/** What may follow an option, or be an argument: one of a few words, a path, the name of an environment, something else, or nothing. */
export type Value = readonly string[] | 'path' | 'environment' | 'text' | 'none';

export interface OptionSyntax {
  /** `--json`, `-h` */
  readonly names: readonly string[];
  readonly description: string;
  readonly value: Value;
}

/** A command as one types it, `keel key list`, with what may come after it. */
export interface CommandSyntax {
  readonly path: string;
  readonly summary: string;
  /** The same command by its other names: `keel key adopt`. */
  readonly aliases: readonly string[];
  /** What its arguments are; `none` where it takes none. */
  readonly argument: Value;
  readonly options: readonly OptionSyntax[];
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
}

/** Every command of `keel` and every option that its help shows, read from the definitions themselves. */
export async function commandSyntax(
  program: CommandUnknownOpts,
  commands: Commands,
): Promise<CommandSyntax[]> {
  const all = await definedCommands(commands);
  return [
    syntaxOf(program, 'keel', ''),
    ...all.map(({ command, path, summary }) => syntaxOf(command, `keel ${path}`, summary)),
  ];
}

function syntaxOf(command: CommandUnknownOpts, path: string, summary: string): CommandSyntax {
  const help = command.createHelp();
  return {
    path,
    summary,
    aliases: command.aliases().map((alias) => path.replace(/\S+$/, alias)),
    argument: argumentOf(command.registeredArguments[0]),
    options: help.visibleOptions(command).map((option) => ({
      names: [option.long, option.short].filter((name) => typeof name === 'string'),
      description: help.optionDescription(option),
      value: valueOf(option),
    })),
    commands: command.commands.map((one) => ({ name: one.name(), summary: one.description() })),
  };
}

function argumentOf(argument: Argument | undefined): Value {
  if (!argument) return 'none';
  if (argument.argChoices) return argument.argChoices;
  return argument.name() === 'environment' ? 'environment' : 'text';
}

function valueOf({ flags, argChoices, required, optional }: Option): Value {
  if (!required && !optional) return 'none';
  if (argChoices) return argChoices;
  if (/[<[](?:file|path)\b/.test(flags)) return 'path';
  return flags.startsWith('--env ') ? 'environment' : 'text';
}
