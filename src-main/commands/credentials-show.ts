import { Command, Option } from 'commander';
import { openCredential, secretOf } from '#credentials/one-credential';
import { formOf, revealed } from '#credentials/secret-form';
import { KeelError } from '#errors/keel-error';
import { inventoryFor } from './archive-options.ts';
import { columnName } from './column-report.ts';
import { environmentFolderOf, requireDatabase, runs } from './command-context.ts';
import type { KeySource } from './key-source.ts';
import type { Named } from './named-environment.ts';
import { noteActivity } from './activity.ts';
import {
  collect,
  databaseOption,
  inventoryOption,
  jsonOption,
  keyOptions,
  passphraseOption,
} from './options.ts';
import { givenKey } from './ring-key.ts';

interface Options extends KeySource, Named {
  readonly database?: string;
  readonly inventory?: string;
  readonly passphraseFile?: string;
  readonly column?: string;
  readonly leaf?: string;
  readonly row: readonly string[];
  readonly reveal?: boolean;
  readonly json?: boolean;
}

export function credentialsShowCommand(): Command {
  const command = new Command('show')
    .description('what is known of one credential; with --reveal the credential itself, on stdout')
    .addOption(databaseOption)
    .addOption(inventoryOption);
  for (const option of [...keyOptions, passphraseOption]) command.addOption(option);
  command
    .option('--column <[schema.]table.column[ path]>', 'the column, as `keel credentials list` writes it')
    .option('--leaf <path>', 'where a path with `*` leads to, like $.list[1].secret')
    .addOption(
      new Option('--row <name=value>', 'the row’s key, as the list writes it (repeatable)')
        .default([] as string[], 'none')
        .argParser(collect),
    )
    .option('--reveal', 'print it in clear; written to the activity log first')
    .addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal, signal }) => {
    if (options.reveal && options.json) {
      throw new KeelError(
        'usage',
        'a credential is not put into JSON, which programs keep; nothing was shown',
        'leave out --json, or export an archive',
      );
    }
    const database = requireDatabase(options);
    using key = await givenKey(options);
    const client = await database.open('keel credentials show');
    try {
      const inventory = await inventoryFor(options, client, key, signal);
      const named = options.column ?? '';
      const entry = inventory.columns.find(
        (column) => columnName(column) === named || columnName(column) === `public.${named}`,
      );
      if (!entry) {
        throw new KeelError(
          'usage',
          options.column === undefined ? 'no column was named' : 'no column of the inventory has that name',
          `give --column as one of ${inventory.columns.map(columnName).join(', ')}`,
        );
      }
      const address = {
        ...entry,
        ...(options.leaf !== undefined && { leaf: options.leaf }),
        key: readKeyOf(options.row),
      };
      using credential = await openCredential(client, key, inventory, address);
      const { identity, opened } = credential;
      if (options.reveal) {
        const secret = secretOf(credential);
        const detail = `${columnName(entry)} ${identity.row}, to the terminal`;
        await noteActivity({
          folder: environmentFolderOf(options),
          action: 'credential revealed',
          detail,
          fingerprint: key.fingerprint,
          outcome: 'done',
        });
        terminal.say(revealed(secret));
        return 0;
      }
      const form = opened.secret ? formOf(opened.secret) : undefined;
      terminal.say(`${columnName(entry)} ${identity.row}`);
      terminal.say(
        `  ${entry.kind}, ${identity.shortName ?? 'source unknown'}${identity.name ? ` “${identity.name}”` : ''}`,
      );
      terminal.say(opened.secret ? `  opens under ${key.fingerprint}` : '  does not open under this key');
      if (form?.form === 'fields') terminal.say(`  fields: ${form.fields.join(', ')}`);
      terminal.result({ ok: opened.secret !== undefined, ...identity, state: opened.state, ...form });
      return opened.secret ? 0 : 3;
    } finally {
      await client.end();
    }
  });
}

function readKeyOf(given: readonly string[]): Record<string, string> {
  if (given.length === 0)
    throw new KeelError('usage', 'no row was named', 'give --row NAME=VALUE for each column of its key');
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      throw new KeelError(
        'usage',
        'a row is named by its key’s columns',
        'give --row NAME=VALUE, like --row id=42',
      );
    }),
  );
}
