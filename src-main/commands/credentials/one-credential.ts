import { Option, type Command } from '@commander-js/extra-typings';
import type { Inventory } from '#contract/inventory';
import type { CredentialAddress } from '#credentials/one-credential';
import { KeelError } from '#errors/keel-error';
import { columnPath } from '#shared/column-path';
import { collect, databaseOption, inventoryOption, passphraseOption, withKey } from '#commands/options';

/** Gives a command the options that say which credential is meant, and with which key it is encrypted. */
export function withCredential(command: Command) {
  return withKey(command.addOption(databaseOption).addOption(inventoryOption))
    .addOption(passphraseOption)
    .option('--column <[schema.]table.column[ path]>', 'the column, as printed by `keel credentials list`')
    .option('--leaf <path>', 'the value that a path with `*` refers to, such as $.list[1].secret')
    .addOption(
      new Option('--row <name=value>', 'the row’s key, as printed by the list (repeatable)')
        .default([] as string[], 'none')
        .argParser(collect),
    );
}

export interface CredentialOptions {
  readonly column?: string | undefined;
  readonly leaf?: string | undefined;
  readonly row: readonly string[];
}

/** Finds the column by the name that the list writes. Throws `usage`. */
export function addressBy({ column, leaf, row }: CredentialOptions) {
  return (inventory: Inventory): CredentialAddress => {
    const entry = inventory.columns.find((one) => [column, `public.${column}`].includes(columnPath(one)));
    if (entry) return { ...entry, ...(leaf !== undefined && { leaf }), key: readKeyOf(row) };
    throw new KeelError(
      'usage',
      column === undefined ? 'no column was given' : 'no column of the inventory has that name',
      `pass --column with one of ${inventory.columns.map(columnPath).join(', ')}`,
    );
  };
}

function readKeyOf(given: readonly string[]): Record<string, string> {
  if (given.length === 0)
    throw new KeelError('usage', 'no row was given', 'pass --row NAME=VALUE for each column of its key');
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      throw new KeelError(
        'usage',
        'a row is identified by the columns of its key',
        'pass --row NAME=VALUE, such as --row id=42',
      );
    }),
  );
}
