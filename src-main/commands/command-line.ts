import { Command, CommanderError } from '@commander-js/extra-typings';
import { KeelError } from '#errors/keel-error';
import { asOutsideFailure } from '#errors/outside-failure';
import { keelVersion } from '#storage/keel-version';
import { inTerminalWords } from './act-text.ts';
import type { Commands } from './command-entry.ts';
import { commandList } from './command-list.ts';
import { examplesInHelp } from './examples.ts';
import { exitCodeOf, exitCodesInHelp } from './exit-code.ts';
import { watchStandardStreams } from './standard-streams.ts';
import { processTerminal } from './terminal.ts';

/**
 * Runs `keel …` until all that it says is written. Every failure ends as a sentence with a remedy, or as one JSON object, and leaves its
 * exit code. A result that could not be written is a failure; people who stop reading, as with `| head`, are not.
 */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  const output = watchStandardStreams();
  await run(argv);
  const lost = await output.flushed();
  if (!lost) return;
  const json = argv.includes('--json');
  if (lost !== 'reader-gone') report(unwritten(lost.why), false);
  if (lost !== 'reader-gone' || json) process.exitCode ||= exitCodeOf['file-unwritable'];
}

async function run(argv: readonly string[]): Promise<void> {
  try {
    await buildProgram().parseAsync(withHelpAsOption(argv));
  } catch (error) {
    const failure = asKeelError(error, argv);
    if (!failure) return;
    report(failure, argv.includes('--json'));
    process.exitCode = exitCodeOf[failure.code];
  }
}

function buildProgram(): Command {
  const program = new Command('keel')
    .description('Store, back up, verify and rotate the ENCRYPTION_KEY of a self-hosted Ballast.')
    .version(`keel ${keelVersion}`, '-V, --version', 'print the version')
    .addHelpText('after', () => `\n${exitCodesInHelp()}`)
    // commander must neither print its errors nor end the process: they are reported like all others
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  offer(program, commandList);
  return program;
}

/** Makes commands known by name and summary. The one that is given is loaded before its options are read. */
function offer(parent: Command, commands: Commands, before = ''): void {
  for (const [name, entry] of Object.entries(commands)) {
    const command = parent.command(name).description(entry.summary);
    const path = `${before}${name}`;
    if ('commands' in entry) offer(command, entry.commands, `${path} `);
    else command.aliases(entry.aliases ?? []).addHelpText('after', () => examplesInHelp(path));
  }
  parent.hook('preSubcommand', async (_, command) => {
    const entry = commands[command.name()];
    // it has no options before it is defined
    if (entry && 'load' in entry) (await entry.load()).define(command as Command);
  });
}

/** `help COMMAND` as `COMMAND --help`: commander would show a command that is not loaded. */
function withHelpAsOption(argv: readonly string[]): string[] {
  const [node = '', script = '', ...words] = argv;
  const group = commandList[words[0] ?? ''];
  const at = words.indexOf('help');
  const within = at === 0 ? commandList : at === 1 && group && 'commands' in group ? group.commands : {};
  const named = words[at + 1];
  const isKnown = Object.entries(within).some(
    ([name, entry]) => name === named || ('load' in entry && entry.aliases?.includes(named ?? '')),
  );
  if (!isKnown) return [...argv];
  return [node, script, ...words.toSpliced(at, 1), '--help'];
}

/** Undefined where there is nothing to report: help was asked for and shown. */
function asKeelError(error: unknown, argv: readonly string[]): KeelError | undefined {
  if (error instanceof KeelError) return error;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return undefined;
    const [message = ''] = error.message.replace(/^error: /, '').split('\n');
    const shownHelp = error.code === 'commander.help';
    return new KeelError('usage', shownHelp ? 'no command was given' : message, remedyFor(error, argv));
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return new KeelError('cancelled', 'cancelled; nothing was changed', 'start it again when you are ready', {
      cause: error,
    });
  }
  const outside = asOutsideFailure(error);
  if (outside) return outside;
  return new KeelError(
    'internal',
    `internal error in Keel (${inFewWords(error)})`,
    'run `keel recover` if a rotation was running, and report this with the command that you ran',
    { cause: error },
  );
}

/** The command that was typed, with a space after it; nothing where there is no such command. */
function commandGiven([first = '', second = '']: readonly string[]): string {
  const entry = Object.hasOwn(commandList, first) ? commandList[first] : undefined;
  if (!entry) return '';
  return 'commands' in entry && Object.hasOwn(entry.commands, second) ? `${first} ${second} ` : `${first} `;
}

/** Commander puts its guess at a name behind the message. */
function remedyFor({ message }: CommanderError, argv: readonly string[]): string {
  const help = `see \`keel ${commandGiven(argv.slice(2))}--help\``;
  const [, meant] = /\(Did you mean (?:one of )?(.+)\?\)/.exec(message) ?? [];
  return meant ? `did you mean ${meant.replace(/[^\s,]+/g, '`$&`')}? Otherwise ${help}` : help;
}

function unwritten(why: string): KeelError {
  return new KeelError(
    'file-unwritable',
    `the output could not be written to standard output (${why}); what the command did was not undone`,
    'free some space there, then check with `keel audit show` what was done',
  );
}

function report({ code, message, remedy, done }: KeelError, json: boolean): void {
  const terminal = processTerminal(json);
  if (json) terminal.result({ ok: false, error: { code, message, remedy }, ...done });
  else {
    terminal.note(`${terminal.paint('bad', 'keel:')} ${message} [${code}]`);
    terminal.note(`→ ${inTerminalWords(remedy)}`);
  }
}

/** A parser's message quotes what it read, which may be a secret: of those the name says enough. */
function inFewWords(error: unknown): string {
  if (!(error instanceof Error)) return 'no error was given';
  return error instanceof SyntaxError ? error.name : `${error.name}: ${error.message}`;
}
