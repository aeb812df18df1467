import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Commands } from '#commands/command-entry';
import { type DefinedCommand, definedCommands } from '#commands/defined-commands';
import { examples } from '#commands/examples';
import { exitCodeMeanings } from '#commands/exit-code';
import { keelVersion } from '#storage/keel-version';

export interface ManualPage {
  /** `keel-key-list`; its file is that with `.1`. */
  readonly name: string;
  /** In the language of man(7). */
  readonly text: string;
}

/** The manual page of every command, and of `keel` itself, made from their definitions. */
export async function manualPages(program: CommandUnknownOpts, commands: Commands): Promise<ManualPage[]> {
  const defined = await definedCommands(commands);
  const whole = { path: '', summary: program.description(), isGroup: true, command: program };
  const names = defined.map(({ path }) => pageName(path));
  return [whole, ...defined].map((one) => ({
    name: pageName(one.path),
    text: pageOf(one, relatedTo(pageName(one.path), names)),
  }));
}

export function pageName(path: string): string {
  return ['keel', ...path.split(' ').filter(Boolean)].join('-');
}

/** The command above it and those below it. */
function relatedTo(name: string, names: readonly string[]): string[] {
  const depth = name.split('-').length;
  const below = names.filter((one) => one.startsWith(`${name}-`) && one.split('-').length === depth + 1);
  return [...(name === 'keel' ? [] : [name.slice(0, name.lastIndexOf('-'))]), ...below];
}

function pageOf(
  {
    path,
    summary,
    command,
  }: Pick<DefinedCommand, 'path' | 'summary'> & { readonly command: CommandUnknownOpts },
  related: readonly string[],
): string {
  const help = command.createHelp();
  const typed = ['keel', path].filter(Boolean).join(' ');
  const of = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? [`.SH ${title}`, ...lines] : [];
  const named = (term: string, description: string) => ['.TP', bold(term), plain(description)];
  const commands = help.visibleCommands(command).filter((one) => one.name() !== 'help');
  return [
    `.TH ${quoted(pageName(path).toUpperCase())} 1 "" ${quoted(`keel ${keelVersion}`)} "Keel"`,
    ...of('NAME', [`${plain(pageName(path))} \\- ${plain(summary)}`]),
    ...of('SYNOPSIS', [`${bold(typed)} ${plain(command.usage())}`]),
    ...of('DESCRIPTION', [plain(sentence(summary))]),
    ...of(
      'COMMANDS',
      commands.flatMap((one) => named(one.name(), one.description())),
    ),
    ...of(
      'ARGUMENTS',
      help
        .visibleArguments(command)
        .flatMap((one) => named(help.argumentTerm(one), help.argumentDescription(one))),
    ),
    ...of(
      'OPTIONS',
      help.visibleOptions(command).flatMap((one) => named(help.optionTerm(one), help.optionDescription(one))),
    ),
    ...of(
      'EXAMPLES',
      (examples[path] ?? []).flatMap((example) => ['.PP', '.nf', plain(example), '.fi']),
    ),
    ...of(
      'EXIT STATUS',
      Object.entries(exitCodeMeanings).flatMap(([code, meaning]) => named(code, meaning)),
    ),
    ...of('SEE ALSO', [related.map((name) => `${bold(name)}(1)`).join(', ')].filter(Boolean)),
    '',
  ].join('\n');
}

function sentence(summary: string): string {
  const [first = '', ...rest] = summary;
  return `${first.toUpperCase()}${rest.join('')}${summary.endsWith('.') ? '' : '.'}`;
}

/** Text as it stands: no character of it begins a request, and its hyphens can be copied into a shell. */
function plain(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('\n', '\n.br\n');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

function bold(text: string): string {
  return `\\fB${plain(text)}\\fR`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
