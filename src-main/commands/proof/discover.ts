import type { Command } from '@commander-js/extra-typings';
import { discoverColumns } from '#discovery/discovery';
import {
  type CommandContext,
  requireDatabase,
  runs,
  sayNotes,
  type OptionsOf,
} from '#commands/command-context';
import { commandWorkspace, sayDerivations } from '#commands/command-workspace';
import { sayDiscovery } from './discovery-report.ts';
import { writeInventory } from './inventory-file.ts';
import { shellWord } from '#shared/shell-word';
import { loadKeyToProve } from '#workspace/ring-keys';
import type { EncryptionKey } from '#crypto/encryption-key';
import { readKey } from '#commands/keys/key-source';
import { databaseOption, jsonOption, withKey, passphraseOption } from '#commands/options';
import { otherForms } from '#commands/keys/application-option';
import { hasKeySource } from '#commands/keys/ring-key';

function offer(command: Command) {
  return withKey(
    command.addOption(databaseOption).option('--out <file>', 'write the inventory to a new file'),
  )
    .addOption(passphraseOption)
    .addOption(jsonOption);
}
type Options = OptionsOf<typeof offer>;

/** `keel discover` */
export function define(command: Command): void {
  runs(offer(command), async (options, context) => {
    const { terminal, signal } = context;
    const database = requireDatabase(options, signal);
    sayNotes(database, terminal);
    using key = await keyAtHand(options, context);
    await using client = await database.open('keel discover');
    const discovery = await discoverColumns(client, {
      ...(key && { key }),
      forms: otherForms(options),
      signal,
      onTable: (done, total) => terminal.progress.show('discovering', done, total),
      onDerivations: (derivations) => sayDerivations(derivations, terminal),
    });
    const isEmpty = discovery.inventory.columns.length === 0;
    if (options.out !== undefined && !isEmpty) await writeInventory(options.out, discovery.inventory);
    sayDiscovery(discovery, terminal, key !== undefined);
    if (options.out !== undefined)
      terminal.say(
        isEmpty
          ? `\nNo inventory was written to ${options.out}: it would list no columns.`
          : `\nInventory written to ${options.out}. Review it, then run \`${nextAfter(options, options.out)}\`.`,
      );
    terminal.result({
      ok: true,
      inventory: discovery.inventory,
      why: discovery.proposed.map(({ why }) => why),
      unresolved: discovery.unresolved,
      inconclusive: discovery.inconclusive,
      unopened: discovery.unopened,
      skipped: discovery.skipped,
    });
    return 0;
  });
}

/** The command that takes the inventory up. */
function nextAfter({ named }: Options, file: string): string {
  return named
    ? `keel env update ${shellWord(named.settings.name)} --inventory ${shellWord(file)}`
    : `keel prove --inventory ${shellWord(file)}`;
}

/**
 * The key that was given, or the environment’s: the active one, else the one imported last. Undefined if there is none, and columns are judged
 * by how their values look.
 */
async function keyAtHand(options: Options, context: CommandContext): Promise<EncryptionKey | undefined> {
  if (hasKeySource(options)) return readKey(options, { allowWeak: true });
  if (!options.named) return undefined;
  using workspace = await commandWorkspace(options, context);
  const { keys } = await workspace.readRing();
  const isKnown = keys.some(
    ({ state, origin }) => state === 'active' || (state === 'pending' && origin === 'adopted'),
  );
  return isKnown ? loadKeyToProve(workspace) : undefined;
}
