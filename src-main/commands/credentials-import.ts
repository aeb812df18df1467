import { Command, Option } from 'commander';
import { counted } from '#shared/counted';
import { importArchive } from '#credentials/import-archive';
import { type AcceptableImportStop, acceptableImportStops } from '#credentials/import-findings';
import { openSession } from '#rewrite/session';
import {
  archiveOption,
  archivePassphraseOption,
  databaseName,
  identityOption,
  readOpener,
  requireArchive,
} from './archive-options.ts';
import { sayFindings } from './column-report.ts';
import { environmentFolderOf, requireDatabase, runs } from './command-context.ts';
import { comparisonJson, sayArchive, sayComparison, sayRemaining } from './comparison-report.ts';
import { confirm } from './confirm.ts';
import { givenInventory } from './inventory-file.ts';
import type { KeySource } from './key-source.ts';
import type { Named } from './named-environment.ts';
import { noteEffect } from './activity.ts';
import {
  collectKnown,
  databaseOption,
  inventoryOption,
  jsonOption,
  keyOptions,
  passphraseOption,
  lockTimeoutOption,
  yesOption,
} from './options.ts';
import { givenKey } from './ring-key.ts';
import { duration } from './wording.ts';

interface Options extends KeySource, Named {
  readonly database?: string;
  readonly archive?: string;
  readonly inventory?: string;
  readonly passphraseFile?: string;
  readonly archivePassphraseFile?: string;
  readonly identity?: string;
  readonly accept: readonly AcceptableImportStop[];
  readonly lockTimeout: number;
  readonly rehearse?: boolean;
  readonly yes?: boolean;
}

const acceptOption = new Option(
  '--accept <code>',
  `accept a risk, or have a kind of value written (repeatable): ${acceptableImportStops.join(', ')}`,
)
  .choices(acceptableImportStops)
  .default([] as string[], 'none')
  .argParser(collectKnown(acceptableImportStops));

export function credentialsImportCommand(): Command {
  const command = new Command('import')
    .description('write the credentials of an archive back into their rows, under the database’s key')
    .addOption(archiveOption)
    .addOption(archivePassphraseOption)
    .addOption(identityOption)
    .addOption(databaseOption)
    .addOption(inventoryOption);
  for (const option of [...keyOptions, passphraseOption]) command.addOption(option);
  command
    .option('--rehearse', 'do everything, then roll back')
    .addOption(acceptOption)
    .addOption(lockTimeoutOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal, signal }) => {
    const database = requireDatabase(options);
    const path = requireArchive(options);
    const inventory = await givenInventory(options);
    using opener = await readOpener(options);
    using key = await givenKey(options);
    const rehearsal = options.rehearse ?? false;
    const progress = terminal.progress();
    await using session = await openSession(database.open);
    try {
      const request = {
        path,
        opener,
        key,
        inventory,
        database: databaseName(database),
        accepted: options.accept,
        lockTimeoutMs: options.lockTimeout,
        signal,
        onProgress: (step: string, done: number, of?: number) => progress.show(step, done, of),
        onFindings: (findings: Parameters<typeof sayFindings>[0]) => {
          progress.end();
          terminal.say(`Preflight for ${database.label}\n`);
          sayFindings(findings, terminal);
          terminal.say();
        },
      };
      const imported = await importArchive(
        session,
        request,
        rehearsal
          ? { rehearsal }
          : {
              rehearsal,
              confirm: ({ values, rows }) => {
                progress.end();
                const what = `${counted(values, 'credential')} in ${counted(rows, 'row')} are replaced or filled in with those of the archive.`;
                return confirm(what, database.target.database, options.yes ?? false);
              },
            },
      );
      progress.end();
      const { header, values, rows, remaining, lockMs, totalMs } = imported;
      if (!rehearsal) {
        await noteEffect(terminal, {
          folder: environmentFolderOf(options),
          action: 'credentials imported',
          detail: `${counted(values, 'credential')} from ${path}`,
          fingerprint: key.fingerprint,
          outcome: 'done',
        });
      }
      sayArchive(header, terminal);
      sayComparison(imported, terminal);
      const words = rehearsal
        ? 'Rehearsed and rolled back: nothing was changed.'
        : 'Written back, read back, compared, committed.';
      terminal.say(terminal.paint('good', words));
      const lock = `writers ${rehearsal ? 'would wait' : 'waited'} ${duration(lockMs)}`;
      terminal.say(`  ${counted(values, 'value')} in ${counted(rows, 'row')}, ${duration(totalMs)}; ${lock}`);
      sayRemaining(imported, options.accept, terminal);
      const { environment, database: of, createdAt, fingerprint } = header;
      terminal.result({
        ok: true,
        archive: { environment, database: of, createdAt, fingerprint },
        rehearsal,
        values,
        rows,
        remaining,
        lockMs,
        totalMs,
        ...comparisonJson(imported),
      });
      return 0;
    } finally {
      progress.end();
    }
  });
}
