import { Command } from 'commander';
import { counted } from '#shared/counted';
import { differing } from '#credentials/archive-differences';
import { verifyArchive } from '#credentials/verify-archive';
import {
  archiveOption,
  archivePassphraseOption,
  identityOption,
  readOpener,
  requireArchive,
} from './archive-options.ts';
import { requireDatabase, runs } from './command-context.ts';
import { comparisonJson, sayArchive, sayComparison } from './comparison-report.ts';
import { givenInventory } from './inventory-file.ts';
import type { KeySource } from './key-source.ts';
import type { Named } from './named-environment.ts';
import { databaseOption, inventoryOption, jsonOption, keyOptions, passphraseOption } from './options.ts';
import { givenKey } from './ring-key.ts';

interface Options extends KeySource, Named {
  readonly database?: string;
  readonly archive?: string;
  readonly inventory?: string;
  readonly passphraseFile?: string;
  readonly archivePassphraseFile?: string;
  readonly identity?: string;
}

export function credentialsVerifyCommand(): Command {
  const command = new Command('verify')
    .description('compare an archive with the database, row by row; the database is only read')
    .addOption(archiveOption)
    .addOption(archivePassphraseOption)
    .addOption(identityOption)
    .addOption(databaseOption)
    .addOption(inventoryOption);
  for (const option of [...keyOptions, passphraseOption]) command.addOption(option);
  command.addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal, signal }) => {
    const database = requireDatabase(options);
    const path = requireArchive(options);
    const inventory = await givenInventory(options);
    using opener = await readOpener(options);
    using key = await givenKey(options);
    const client = await database.open('keel credentials verify');
    const progress = terminal.progress();
    try {
      const verified = await verifyArchive(client, {
        path,
        opener,
        key,
        inventory,
        signal,
        onProgress: (step, done, of) => progress.show(step, done, of),
      });
      progress.end();
      const { header, columns, unkeyed } = verified;
      const other = differing(columns);
      const same = other === 0 && unkeyed === 0;
      sayArchive(header, terminal);
      sayComparison(verified, terminal);
      terminal.say(
        same
          ? terminal.paint('good', 'EQUAL: the database holds what the archive holds')
          : terminal.paint('warning', `DIFFERENT: ${counted(other, 'value')} not the same here and there`),
      );
      if (unkeyed > 0) {
        terminal.say(`  ${counted(unkeyed, 'value')} of tables without a primary key could not be compared`);
      }
      const { environment, database: of, createdAt, fingerprint } = header;
      terminal.result({
        ok: same,
        archive: { environment, database: of, createdAt, fingerprint },
        differing: other,
        unkeyed,
        ...comparisonJson(verified),
      });
      return same ? 0 : 3;
    } finally {
      progress.end();
      await client.end();
    }
  });
}
