import { type Command, Option } from '@commander-js/extra-typings';
import type { Inventory } from '#contract/inventory';
import type { CredentialAddress } from '#credentials/one-credential';
import { inspectCredential, revealCredential } from '#credentials/use-cases/reveal';
import { KeelError } from '#errors/keel-error';
import { columnPath } from '#shared/column-path';
import { runs, type OptionsOf } from '#commands/command-context';
import { agreedContext, commandWorkspace, useCaseContext } from '#commands/command-workspace';
import { givenInventory } from '#commands/proof/inventory-file';
import {
  collect,
  databaseOption,
  inventoryOption,
  jsonOption,
  withKey,
  passphraseOption,
} from '#commands/options';
import { givenKey } from '#commands/keys/ring-key';

function offer(command: Command) {
  return withKey(command.addOption(databaseOption).addOption(inventoryOption))
    .addOption(passphraseOption)
    .option('--column <[schema.]table.column[ path]>', 'the column, as `keel credentials list` writes it')
    .option('--leaf <path>', 'where a path with `*` leads to, like $.list[1].secret')
    .addOption(
      new Option('--row <name=value>', 'the row’s key, as the list writes it (repeatable)')
        .default([] as string[], 'none')
        .argParser(collect),
    )
    .option('--reveal', 'print it in clear; written to the activity log first')
    .addOption(jsonOption);
}
type Options = OptionsOf<typeof offer>;

/** `keel credentials show` */
export function define(command: Command): void {
  runs(offer(command), async (options, context) => {
    const { terminal } = context;
    if (options.reveal && options.json) {
      throw new KeelError(
        'usage',
        'a credential is not put into JSON, which programs keep; nothing was shown',
        'leave out --json, or export an archive',
      );
    }
    const inventory = await givenInventory(options);
    using workspace = await commandWorkspace(options, context);
    using key = await givenKey(options, workspace);
    const input = { key, inventory, addressIn: addressBy(options) };
    if (options.reveal) {
      const asked = { ...input, to: 'terminal' as const };
      terminal.hand(await revealCredential(workspace, asked, agreedContext(context)));
      return 0;
    }
    const { identity, label, state, form } = await inspectCredential(
      workspace,
      input,
      useCaseContext(context),
    );
    const { kind, shortName, name } = identity;
    terminal.say(label);
    terminal.say(`  ${kind}, ${shortName ?? 'source unknown'}${name ? ` “${name}”` : ''}`);
    terminal.say(form ? `  opens under ${key.fingerprint}` : '  does not open under this key');
    if (form?.form === 'fields') terminal.say(`  fields: ${form.fields.join(', ')}`);
    terminal.result({ ok: form !== undefined, ...identity, state, ...form });
    return form ? 0 : 3;
  });
}

/** Finds the column by the name that the list writes. */
function addressBy({ column, leaf, row }: Options) {
  return (inventory: Inventory): CredentialAddress => {
    const entry = inventory.columns.find((one) => [column, `public.${column}`].includes(columnPath(one)));
    if (entry) return { ...entry, ...(leaf !== undefined && { leaf }), key: readKeyOf(row) };
    throw new KeelError(
      'usage',
      column === undefined ? 'no column was named' : 'no column of the inventory has that name',
      `give --column as one of ${inventory.columns.map(columnPath).join(', ')}`,
    );
  };
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
