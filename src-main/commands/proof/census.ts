import type { Command } from '@commander-js/extra-typings';
import { counted } from '#shared/counted';
import type { EncryptedColumn, Inventory } from '#contract/inventory';
import { type Census, isComplete } from '#census/census-result';
import { takeFileCensus } from '#census/files/census-file';
import { inventoryOf } from '#discovery/inventory';
import { canBothBeListed } from '#forms/generations';
import { meansTheSame } from '#discovery/same-place';
import { censusJson, sayCensus } from './census-report.ts';
import { type CensusInput, takeCensusOf } from '#proof/use-cases/take-census';
import { type CommandContext, noDatabase, runs } from '#commands/command-context';
import { useCaseContext, workspaceIfGiven } from '#commands/command-workspace';
import { givenInventory, writeInventory } from './inventory-file.ts';
import { databaseOption, inventoryOption, jsonOption, withKey, passphraseOption } from '#commands/options';
import { otherApplication } from '#commands/keys/application-option';
import { KeelError } from '#errors/keel-error';
import { censusKeys } from '#commands/keys/ring-key';
import type { Terminal } from '#commands/terminal';
import type { Workspace } from '#workspace/workspace';

/** `keel census` */
export function define(command: Command): void {
  const offered = withKey(
    command
      .addOption(databaseOption)
      .option(
        '--file <file>',
        'read a file instead: a dump, a CSV or a log; pg_dump’s custom format is read with pg_restore',
      )
      .addOption(inventoryOption)
      .option(
        '--out <file>',
        'write the inventory to a new file, with the places that were found and can be rewritten',
      ),
  )
    .addOption(passphraseOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await workspaceIfGiven(options, context);
    using given = await censusKeys(options, workspace);
    const { keys, alsoOpened } = given;
    if (options.file !== undefined) assertForBallast(options);
    const inventory = await givenInventory(options);
    const census = await take(options.file, workspace, { keys, alsoOpened, inventory }, context);
    sayCensus(census, inventory !== undefined, terminal);
    if (options.out !== undefined) await writeExtended(options.out, inventory, census, terminal);
    terminal.result({ ok: isComplete(census), ...censusJson(census) });
    return isComplete(census) ? 0 : 3;
  });
}

/** Throws `usage` for a file of another application: only Ballast's values are found by their plaintext alone. */
function assertForBallast(options: { readonly application?: string }): void {
  const application = otherApplication(options);
  if (!application) return;
  throw new KeelError(
    'usage',
    `files are read for Ballast’s values only, not for those of ${application.name}; nothing was read`,
    'load the dump into a database, and run the census there',
  );
}

async function take(
  file: string | undefined,
  workspace: Workspace | undefined,
  input: CensusInput,
  context: CommandContext,
): Promise<Census> {
  if (file !== undefined) {
    return takeFileCensus(file, {
      ...input,
      signal: context.signal,
      onProgress: (done, total) => context.terminal.progress.show('census', done, total),
    });
  }
  if (!workspace) throw noDatabase();
  return takeCensusOf(workspace, input, useCaseContext(context));
}

/** Writes an inventory with what the census proposes. */
async function writeExtended(
  path: string,
  inventory: Inventory | undefined,
  { places }: Census,
  terminal: Terminal,
): Promise<void> {
  const proposals = places.flatMap(({ proposal, otherForms = [] }) =>
    proposal ? [proposal, ...otherForms] : [],
  );
  const distinct = [...new Map(proposals.map((entry) => [JSON.stringify(entry), entry])).values()];
  // what a path with an open name reads in the same form, no entry has to list by its name
  const isWidened = (listed: EncryptedColumn) =>
    distinct.some((entry) => entry.layout === listed.layout && meansTheSame(entry, listed));
  const kept = (inventory?.columns ?? []).filter((listed) => !isWidened(listed));
  const added: EncryptedColumn[] = [];
  const alike: EncryptedColumn[] = [];
  for (const entry of distinct) {
    const isUnmistakable = [...kept, ...added].every((other) => canBothBeListed(entry, other));
    (isUnmistakable ? added : alike).push(entry);
  }
  await writeInventory(path, inventoryOf([...kept, ...added]));
  terminal.say(
    `\nInventory written to ${path}, with ${counted(added.length, 'place')} that the census found. Review it, then run \`keel prove\`.`,
  );
  for (const { schema, table, column, layout } of alike) {
    terminal.say(
      `Not included: ${schema}.${table}.${column} as \`${layout}\`, because its format does not distinguish its values from those of another entry for that column.`,
    );
  }
}
