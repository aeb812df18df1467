import type { Command, OptionValues } from '@commander-js/extra-typings';
import type { IvProof } from '#environments/iv-proofs';
import { KeelError } from '#errors/keel-error';
import { columnPath } from '#shared/column-path';
import { readGivenValue } from '#commands/given-value';
import type { Terminal } from '#commands/terminal';
import type { KnownValue } from '#proof/known-value';

/** A value that the admin knows, and where it comes from. Never an argument: those are seen by every process of the machine. */
export interface KnownValueSource {
  readonly knownValue?: string;
  readonly knownValueFile?: string;
  readonly knownValueEnv?: string;
}

/** Gives a command the options that say which value is known, and where it comes from. */
export function withKnownValue<Options extends OptionValues>(command: Command<[], Options>) {
  return command
    .option(
      '--known-value <table.column>',
      'compare a known value with the decrypted values of this column, which proves where their IV is',
    )
    .option('--known-value-file <file>', 'file that contains the known value; `-` for standard input')
    .option('--known-value-env <variable>', 'environment variable that holds the known value');
}

/** A known value with its owner, who disposes it. */
export type GivenValue = KnownValue & Disposable;

/** Reads the known value, without one line break at its end; undefined where none was given. Throws `usage`. */
export async function readKnownValue({
  knownValue: name,
  knownValueFile: file,
  knownValueEnv: variable,
}: KnownValueSource): Promise<GivenValue | undefined> {
  if (name === undefined && file === undefined && variable === undefined) return undefined;
  if (name === undefined || (file === undefined) === (variable === undefined)) {
    throw new KeelError(
      'usage',
      'a known value needs its column and one source to read it from; nothing was changed',
      'pass --known-value TABLE.COLUMN with --known-value-file FILE (`-` for standard input) or --known-value-env VARIABLE',
    );
  }
  const secret = await readGivenValue(
    { file, variable },
    { name: 'known value', option: '--known-value-file' },
  );
  return { name, value: secret.bytes, [Symbol.dispose]: () => secret[Symbol.dispose]() };
}

/** What a known value showed, for people. */
export function sayIvProof({ entry, shows }: IvProof, terminal: Terminal): void {
  const name = columnPath(entry);
  if (shows === 'whole') {
    terminal.say(
      terminal.paint('good', `The whole known value is in ${name}: the IV is where the format says.`),
    );
    return;
  }
  terminal.say(
    terminal.paint(
      'bad',
      `The known value is in ${name} only from its 17th byte on: the IV is not where the format says.`,
    ),
  );
}
