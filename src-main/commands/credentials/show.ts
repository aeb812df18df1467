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
    .option('--column <[schema.]table.column[ path]>', 'the column, as printed by `keel credentials list`')
    .option('--leaf <path>', 'the value that a path with `*` refers to, such as $.list[1].secret')
    .addOption(
      new Option('--row <name=value>', 'the row’s key, as printed by the list (repeatable)')
        .default([] as string[], 'none')
        .argParser(collect),
    )
    .option('--reveal', 'print it in plain text; recorded in the activity log first')
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
        'a credential is never printed as JSON, which programs tend to store; nothing was shown',
        'omit --json, or export an archive',
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
    terminal.say(form ? `  decrypts with ${key.fingerprint}` : '  does not decrypt with this key');
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
