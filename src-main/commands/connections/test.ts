import { type Command, Option } from '@commander-js/extra-typings';
import { testConnections } from '#connections/use-cases/test';
import { KeelError } from '#errors/keel-error';
import { runs } from '#commands/command-context';
import { commandWorkspace, agreedContext } from '#commands/command-workspace';
import { sayConnections } from './report.ts';
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

/** `keel connections test` */
export function define(command: Command): void {
  const offered = withKey(command.addOption(databaseOption).addOption(inventoryOption))
    .addOption(passphraseOption)
    .option('--allow-private', 'include private, loopback and link-local servers')
    .addOption(
      new Option('--only <name>', 'try only this source or kind of server, like `slack` (repeatable)')
        .default([] as string[], 'all')
        .argParser(collect),
    )
    .addOption(numberOption('--concurrency <n>', 'credentials to try at once', 8, 64))
    .addOption(numberOption('--timeout <s>', 'seconds per credential', 10, 120))
    .option(
      '--root-certificate <file>',
      'CA certificates to trust in addition to the usual ones (default for an environment: that of its posture)',
    )
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    const inventory = await givenInventory(options);
    using workspace = await commandWorkspace(options, context);
    using key = await givenKey(options, workspace);
    const { allowPrivate = false, only, concurrency, timeout, rootCertificate } = options;
    const report = await testConnections(
      workspace,
      { key, inventory, allowPrivate, only, concurrency, timeoutMs: timeout * 1000, rootCertificate },
      agreedContext(context),
    );
    sayConnections(report, terminal);
    const isRight = report.counts.refused === 0;
    terminal.result({ ok: isRight, ...report });
    return isRight ? 0 : 3;
  });
}

function numberOption<Flags extends string>(flags: Flags, description: string, usual: number, max: number) {
  return new Option(flags, description).default(usual).argParser((value): number => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= 1 && number <= max) return number;
    throw new KeelError('usage', `\`${value}\` is not a number for ${flags}`, `use one from 1 to ${max}`);
  });
}
