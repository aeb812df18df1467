import type { Command, OptionValues } from 'commander';
import { type Database, openDatabase } from '../compose.ts';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { readPassphraseFile } from './key-source.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** What every command is run with. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A command's work; its answer is the exit code. */
export type CommandBody<Options> = (options: Options, context: CommandContext) => Promise<0 | 3>;

/** Gives a command its body; the exit code is left in `process.exitCode`. */
export function runs<Options extends OptionValues>(command: Command, body: CommandBody<Options>): Command {
  return command.action(async (options: Options) => {
    const controller = new AbortController();
    const terminal = processTerminal(options['json'] === true);
    const interrupt = () => {
      terminal.note('\ncancelling: what was begun is rolled back …');
      controller.abort();
    };
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    try {
      process.exitCode = await body(options, { terminal, signal: controller.signal });
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    }
  });
}

/** The database of `--database`. Throws `usage` without one. */
export function requireDatabase({ database }: { database?: string }): Database {
  if (database) return openDatabase(database);
  throw new KeelError('usage', 'no database was given', 'give --database URL, or set KEEL_DATABASE_URL');
}

/** The passphrase of `--passphrase-file` or KEEL_PASSPHRASE; undefined without one. The caller disposes it. */
export async function readPassphrase(options: { passphraseFile?: string }): Promise<Secret | undefined> {
  if (options.passphraseFile !== undefined) return readPassphraseFile(options.passphraseFile);
  const value = process.env['KEEL_PASSPHRASE'];
  return value ? new Secret(Buffer.from(value, 'utf8')) : undefined;
}
