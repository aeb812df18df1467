import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import type { Command, OptionValues } from '@commander-js/extra-typings';
import { type Database, openDatabase } from '#workspace/database';
import { Secret } from '#crypto/secret';
import { environmentNameOf } from '#environments/environment-name';
import { environmentPath, keelHome } from '#environments/keel-home';
import { KeelError } from '#errors/keel-error';
import { isCommitting } from '#postgres/session/commits-under-way';
import { noteTemporariesIn, sweepNoted } from '#storage/temporaries';
import type { ExitCode } from './exit-code.ts';
import { readPassphraseFile } from './keys/key-source.ts';
import {
  databaseOf,
  type Named,
  offerEnvironment,
  takeEnvironment,
} from './environments/named-environment.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { visible } from '#shared/visible-text';

/** What every command is run with. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The options that a function gives a command, with the environment of `--env`. */
export type OptionsOf<Offer extends (command: Command) => { opts(): unknown }> = ReturnType<
  ReturnType<Offer>['opts']
> &
  Named;

/** A command's work; its answer is the exit code. */
export type CommandBody<Options> = (options: Options, context: CommandContext) => Promise<ExitCode>;

/** The same for a command that takes names. */
type NamedBody<Names extends string[], Options> = (
  names: Names,
  options: Options,
  context: CommandContext,
) => Promise<ExitCode>;

/**
 * Gives a command its body; the exit code is left in `process.exitCode`. A command with `--database` takes `--env` too,
 * whose environment stands for the flags that it knows.
 */
export function runs<Options extends OptionValues>(
  command: Command<[], Options>,
  body: CommandBody<Options & Named>,
): void {
  offerEnvironment(command);
  command.action((options: Options) =>
    run(options, async (context) => {
      await takeEnvironment(options, command);
      return body(options, context);
    }),
  );
}

/** Gives a command that takes names its body. */
export function runsNamed<Names extends string[], Options extends OptionValues>(
  command: Command<Names, Options>,
  body: NamedBody<Names, Options>,
): void {
  command.action((...given) => {
    // the names, then the options, then the command
    const names = given.slice(0, -2) as Names;
    const options = given.at(-2) as Options;
    return run(options, (context) => body(names, options, context));
  });
}

/** A cancelled command ends in less, unless it has to wait for something. */
const soonMs = 2_000;

/** What a cancelled command waits for. */
function stillWaiting(): string {
  const what = isCommitting()
    ? 'a COMMIT was sent and is not interrupted'
    : 'the work is being stopped and rolled back';
  return `still waiting: ${what}. If the server does not answer, Keel ends its own session there over a new connection. Press Ctrl-C again to quit Keel at once; then run \`keel recover\`.`;
}

async function run(
  options: OptionValues,
  work: (context: CommandContext) => Promise<ExitCode>,
): Promise<void> {
  const controller = new AbortController();
  // a fleet waits for it in each of its databases at once
  setMaxListeners(0, controller.signal);
  const terminal = processTerminal(options['json'] === true);
  let waiting: NodeJS.Timeout | undefined;
  const interrupt = () => {
    terminal.note('\ncancelling and rolling back …');
    controller.abort();
    waiting = setTimeout(() => terminal.note(stillWaiting()), soonMs).unref();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const temporaries = join(keelHome(), 'temporaries');
  noteTemporariesIn(temporaries);
  try {
    for (const path of await sweepNoted(temporaries))
      terminal.note(`removed ${path}, left behind by a Keel process that was killed`);
    process.exitCode = await work({ terminal, signal: controller.signal });
  } finally {
    terminal.progress.end();
    clearTimeout(waiting);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** The database of `--env` or `--database`, where `signal` ends what is waited for. Throws `usage` without one. */
export function requireDatabase(
  { named, database }: Named & { readonly database?: string },
  signal?: AbortSignal,
): Database {
  if (named) return databaseOf(named, { signal });
  if (database) return openDatabase(database, signal);
  throw noDatabase();
}

/** Says what was made of an address that is not written as libpq writes it. Its words are the address's own, so they are shown plainly. */
export function sayNotes({ target: { notes = [] } }: Database, terminal: Pick<Terminal, 'note'>): void {
  for (const note of notes) terminal.note(visible(note));
}

/** For a command that needs one, and was given neither `--env` nor `--database`. */
export function noDatabase(): KeelError {
  return new KeelError(
    'usage',
    'no database was given',
    'pass --env NAME or --database URL, or set KEEL_DATABASE_URL',
  );
}

/** The folder of the environment of `--env` or `--database`, which need not be there yet. Throws `usage` without one. */
export function environmentFolderOf(options: Named & { readonly database?: string }): string {
  if (options.named) return options.named.folder;
  const { host, port, database } = requireDatabase(options).target;
  return environmentPath(keelHome(), environmentNameOf(host, port, database));
}

/** The passphrase of `--passphrase-file` or KEEL_PASSPHRASE; undefined without one. The caller disposes it. */
export async function readPassphrase(options: { passphraseFile?: string }): Promise<Secret | undefined> {
  if (options.passphraseFile !== undefined) return readPassphraseFile(options.passphraseFile);
  const value = process.env['KEEL_PASSPHRASE'];
  return value ? new Secret(Buffer.from(value, 'utf8')) : undefined;
}
