import { Command } from 'commander';
import { counted, formatCount } from '#shared/counted';
import { exportArchive } from '#credentials/export-archive';
import { KeelError } from '#errors/keel-error';
import {
  archivePassphraseOption,
  databaseName,
  inventoryFor,
  readSeal,
  recipientOption,
} from './archive-options.ts';
import { columnName } from './column-report.ts';
import { environmentFolderOf, requireDatabase, runs } from './command-context.ts';
import type { KeySource } from './key-source.ts';
import type { Named } from './named-environment.ts';
import { noteEffect } from './activity.ts';
import { databaseOption, inventoryOption, jsonOption, keyOptions, passphraseOption } from './options.ts';
import { givenKey } from './ring-key.ts';
import { textTable } from './text-table.ts';

interface Options extends KeySource, Named {
  readonly database?: string;
  readonly inventory?: string;
  readonly out?: string;
  readonly passphraseFile?: string;
  readonly archivePassphraseFile?: string;
  readonly recipient: readonly string[];
}

export function credentialsExportCommand(): Command {
  const command = new Command('export')
    .description('write all decrypted credentials into a sealed age file; the database is only read')
    .addOption(databaseOption)
    .addOption(inventoryOption);
  for (const option of [...keyOptions, passphraseOption]) command.addOption(option);
  command
    .option('--out <file>', 'where the archive goes; a file that is there is not replaced')
    .addOption(archivePassphraseOption)
    .addOption(recipientOption)
    .addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal, signal }) => {
    const database = requireDatabase(options);
    const { out: path } = options;
    if (path === undefined)
      throw new KeelError('usage', 'no file was named for the archive', 'give --out FILE');
    using seal = await readSeal(options);
    using key = await givenKey(options);
    const client = await database.open('keel credentials export');
    const progress = terminal.progress();
    try {
      const inventory = await inventoryFor(options, client, key, signal);
      const exported = await exportArchive(client, {
        inventory,
        key,
        path,
        seal,
        environment: options.named?.settings.name ?? databaseName(database),
        database: databaseName(database),
        signal,
        onRows: (done, total) => progress.show('exporting', done, total),
      });
      progress.end();
      await noteEffect(terminal, {
        folder: environmentFolderOf(options),
        action: 'credentials exported',
        detail: `${counted(exported.values, 'credential')} into ${path}`,
        fingerprint: key.fingerprint,
        outcome: 'done',
      });
      terminal.say(
        textTable(
          [
            { title: 'column' },
            { title: 'archived', align: 'right' },
            { title: 'not opened', align: 'right' },
          ],
          exported.columns.map(({ entry, archived, unopened }) => [
            columnName(entry),
            formatCount(archived),
            formatCount(unopened),
          ]),
          terminal.paint,
        ),
      );
      terminal.say();
      terminal.say(terminal.paint('good', `${counted(exported.values, 'credential')} sealed in ${path}`));
      terminal.say('  whoever opens it has them all: `age --decrypt` prints a line of JSON for each');
      if (exported.unopened > 0) {
        const left = `${counted(exported.unopened, 'value')} open under another key and are not in it`;
        terminal.say(terminal.paint('warning', `  ${left}`));
      }
      const { columns, ...counts } = exported;
      terminal.result({
        ok: true,
        path,
        fingerprint: key.fingerprint,
        ...counts,
        columns: columns.map(({ entry, ...numbers }) => ({ ...entry, ...numbers })),
      });
      return 0;
    } finally {
      progress.end();
      await client.end();
    }
  });
}
