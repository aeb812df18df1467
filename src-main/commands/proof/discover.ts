import { Command } from 'commander';
import { counted } from '#shared/counted';
import { type Discovery, discoverColumns } from '#discovery/discovery';
import { columnName } from './column-report.ts';
import { type CommandContext, requireDatabase, runs } from '#commands/command-context';
import { commandWorkspace } from '#commands/command-workspace';
import { writeInventory } from './inventory-file.ts';
import { activeKeyOf } from '#shared/active-key';
import { loadActiveKey } from '#workspace/ring-keys';
import type { EncryptionKey } from '#crypto/encryption-key';
import { type KeySource, readKey } from '#commands/keys/key-source';
import type { Named } from '#commands/environments/named-environment';
import { databaseOption, jsonOption, keyOptions, passphraseOption } from '#commands/options';
import { hasKeySource } from '#commands/keys/ring-key';
import type { Terminal } from '#commands/terminal';
import { textTable } from '#commands/text-table';

interface Options extends KeySource, Named {
  readonly database?: string;
  readonly passphraseFile?: string;
  readonly out?: string;
}

export function discoverCommand(): Command {
  const command = new Command('discover')
    .description('find the encrypted columns of a database and propose an inventory; only reads')
    .addOption(databaseOption)
    .option('--out <file>', 'write the inventory to a new file');
  for (const option of keyOptions) command.addOption(option);
  command.addOption(passphraseOption).addOption(jsonOption);
  return runs<Options>(command, async (options, context) => {
    const { terminal, signal } = context;
    const database = requireDatabase(options);
    using key = await keyAtHand(options, context);
    const client = await database.open('keel discover');
    const progress = terminal.progress();
    try {
      const discovery = await discoverColumns(client, {
        ...(key && { key }),
        signal,
        onTable: (done, total) => progress.show('discovering', done, total),
      });
      progress.end();
      if (options.out !== undefined) await writeInventory(options.out, discovery.inventory);
      sayDiscovery(discovery, terminal);
      if (options.out !== undefined)
        terminal.say(`\nThe inventory is in ${options.out}. Review it, then run \`keel prove\`.`);
      terminal.result({
        ok: true,
        inventory: discovery.inventory,
        why: discovery.proposed.map(({ why }) => why),
        unresolved: discovery.unresolved,
        untold: discovery.untold,
        unopened: discovery.unopened,
        skipped: discovery.skipped,
      });
      return 0;
    } finally {
      progress.end();
      await client.end();
    }
  });
}

/** The key that was given, or the active one of an environment; undefined where columns are judged by their looks alone. */
async function keyAtHand(options: Options, context: CommandContext): Promise<EncryptionKey | undefined> {
  if (hasKeySource(options)) return readKey(options, { allowWeak: true });
  if (!options.named) return undefined;
  const { workspace: opened } = await commandWorkspace(options, context);
  using workspace = opened;
  return activeKeyOf((await workspace.readRing()).keys) && (await loadActiveKey(workspace));
}

/** What was found, with the reasons. */
export function sayDiscovery(
  { proposed, unresolved, untold, unopened, skipped }: Discovery,
  terminal: Terminal,
): void {
  if (proposed.length === 0) terminal.say('No encrypted column was found that this key opens.');
  else {
    terminal.say(`${counted(proposed.length, 'encrypted column')}:\n`);
    const rows = proposed.map(({ entry, why }) => [columnName(entry), entry.layout, entry.kind, why]);
    const titles = ['column', 'layout', 'kind of secret', 'why'];
    terminal.say(
      textTable(
        titles.map((title) => ({ title })),
        rows,
        terminal.paint,
      ),
    );
  }
  if (unresolved.length > 0) {
    terminal.say(
      terminal.paint(
        'bad',
        '\nUnder this key, in a form that is not known for certain; a rotation stops at these:\n',
      ),
    );
    const rows = unresolved.map(({ entry, why }) => [columnName(entry), why]);
    terminal.say(textTable([{ title: 'column' }, { title: 'why' }], rows, terminal.paint));
  }
  if (untold.length + unopened.length > 0) {
    terminal.say('\nNot proposed:\n');
    const rows = [...untold, ...unopened].map(({ entry, why }) => [columnName(entry), entry.layout, why]);
    terminal.say(
      textTable([{ title: 'column' }, { title: 'layout' }, { title: 'why' }], rows, terminal.paint),
    );
  }
  for (const reason of skipped) terminal.say(terminal.paint('warning', `\nNot looked at: ${reason}`));
}
