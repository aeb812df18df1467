import { type Command, Option } from '@commander-js/extra-typings';
import { counted } from '#shared/counted';
import { type PaperSize, paperSizes } from '#backup/paper/paper-type';
import { writeEmergencySheet } from '#backup/use-cases/sheet';
import { runs } from '#commands/command-context';
import { commandAudit, commandWorkspace } from '#commands/command-workspace';
import { collect, databaseOption, jsonOption } from '#commands/options';

/** `keel backup sheet` */
export function define(command: Command): void {
  const offered = command
    .requiredOption('--out <file>', 'the new PDF')
    .addOption(databaseOption)
    .addOption(
      new Option('--server <text>', 'where Ballast runs and who gives access (repeatable, up to 3)')
        .default([] as string[], 'blank lines to fill in')
        .argParser(collect),
    )
    .addOption(
      new Option('--contact <text>', 'whom to ask, and how (repeatable, up to 3)')
        .default([] as string[], 'blank lines to fill in')
        .argParser(collect),
    )
    .addOption(
      new Option('--note <text>', 'anything else (repeatable, up to 2)')
        .default([] as string[], 'blank lines to fill in')
        .argParser(collect),
    )
    .addOption(
      new Option('--paper <size>', 'page size').choices(Object.keys(paperSizes) as PaperSize[]).default('a4'),
    )
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await commandWorkspace(options, context);
    const { fingerprint, backups } = await writeEmergencySheet(
      workspace,
      {
        path: options.out,
        size: options.paper,
        servers: options.server,
        contacts: options.contact,
        notes: options.note,
      },
      { audit: commandAudit(terminal) },
    );
    terminal.say(`  ${options.out}\n`);
    terminal.say(
      `It lists ${counted(backups, 'backup')} of key ${fingerprint} that ${backups === 1 ? 'is' : 'are'} on record. Print it, and fill in what is missing, but never write a passphrase on it.`,
    );
    terminal.result({ ok: true, sheet: { file: options.out, fingerprint, backups } });
    return 0;
  });
}
