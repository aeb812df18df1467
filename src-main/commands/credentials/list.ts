import { type Command, Option } from '@commander-js/extra-typings';
import { counted, formatCount } from '#shared/counted';
import { secretKinds } from '#contract/inventory';
import { summariseArchive } from '#credentials/archive/archive-reader';
import { listPage } from '#credentials/use-cases/list';
import { KeelError } from '#errors/keel-error';
import { archiveOption, archivePassphraseOption, identityOption, readOpener } from './archive-options.ts';
import { columnPath } from '#shared/column-path';
import { type CommandContext, runs, type OptionsOf } from '#commands/command-context';
import { commandWorkspace, useCaseContext } from '#commands/command-workspace';
import { archiveJson, sayArchive } from './comparison-report.ts';
import { givenInventory } from '#commands/proof/inventory-file';
import { databaseOption, inventoryOption, jsonOption, withKey, passphraseOption } from '#commands/options';
import { givenKey } from '#commands/keys/ring-key';
import { textTable } from '#commands/text-table';

function offer(command: Command) {
  return withKey(command.addOption(databaseOption).addOption(inventoryOption))
    .addOption(passphraseOption)
    .option('--search <text>', 'match part of a table, column, source or key')
    .addOption(new Option('--kind <kind>', 'only this kind').choices(secretKinds))
    .option('--unopened', 'only those that the key does not decrypt')
    .addOption(new Option('--limit <n>', 'how many to list').default(100).argParser(Number))
    .option('--after <place>', 'continue from where the previous list ended')
    .addOption(archiveOption)
    .addOption(archivePassphraseOption)
    .addOption(identityOption)
    .addOption(jsonOption);
}
type Options = OptionsOf<typeof offer>;

/** `keel credentials list` */
export function define(command: Command): void {
  runs(offer(command), async (options, context) => {
    await (options.archive === undefined
      ? listDatabase(options, context)
      : listArchive(options.archive, options, context));
    return 0;
  });
}

async function listDatabase(options: Options, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const { limit, search, kind, after } = options;
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
    throw new KeelError(
      'usage',
      'the value of --limit is not a whole number from 1 to 10,000',
      'use a number in this range',
    );
  }
  const inventory = await givenInventory(options);
  using workspace = await commandWorkspace(options, context);
  using key = await givenKey(options, workspace);
  const { credentials, next } = await listPage(
    workspace,
    {
      key,
      inventory,
      query: { limit, search, kind, after, ...(options.unopened && { opens: false }) },
    },
    useCaseContext(context),
  );
  const states = { opens: 'decrypts', unopened: 'another key', foreign: 'another format' };
  terminal.say(
    textTable(
      ['source', 'name', 'kind', 'column', 'row', ''].map((title) => ({ title })),
      credentials.map(({ shortName = '–', name = '–', kind, row, state, leaf, path, ...entry }) => [
        shortName,
        name,
        kind,
        columnPath({ ...entry, path: leaf ?? path }),
        row,
        states[state],
      ]),
      terminal.paint,
    ),
  );
  terminal.say();
  terminal.say(counted(credentials.length, 'credential'));
  if (next !== undefined)
    terminal.say(`  to see more, add --after '${next.replaceAll("'", String.raw`'\''`)}'`);
  terminal.result({ ok: true, credentials, ...(next !== undefined && { next }) });
}

async function listArchive(
  path: string,
  options: Options,
  { terminal, signal }: CommandContext,
): Promise<void> {
  using opener = await readOpener(options);
  const { header, trailer, counts } = await summariseArchive(path, opener, {
    signal,
    onValues: (done) => terminal.progress.show('reading', done),
  });
  const columns = header.tables.flatMap((table, i) =>
    table.columns.map((entry, j) => ({ ...entry, key: table.key, credentials: counts[i]?.[j] ?? 0 })),
  );
  sayArchive(header, terminal);
  terminal.say(
    textTable(
      [
        { title: 'column' },
        { title: 'kind' },
        { title: 'row key' },
        { title: 'credentials', align: 'right' },
      ],
      columns.map(({ key, credentials, ...entry }) => [
        columnPath(entry),
        entry.kind,
        key.join(', ') || 'no key',
        formatCount(credentials),
      ]),
      terminal.paint,
    ),
  );
  terminal.say();
  terminal.say(
    terminal.paint(
      'good',
      `Complete: ${counted(trailer.values, 'credential')} in ${counted(trailer.rows, 'row')}.`,
    ),
  );
  if (trailer.unopened > 0) {
    terminal.say(
      `  ${counted(trailer.unopened, 'value')} not decrypted when it was created, so not in the archive`,
    );
  }
  const { end: _, ...numbers } = trailer;
  terminal.result({
    ok: true,
    archive: archiveJson(header),
    ...numbers,
    columns,
  });
}
