import { Command, Option } from 'commander';
import { readRootCertificate } from '#storage/root-certificate';
import { startConnectionTest } from '#connections/connection-test';
import { readCredentials } from '#credentials/read-credentials';
import { KeelError } from '#errors/keel-error';
import { discoverColumns } from '#discovery/discovery';
import { requireDatabase, runs } from './command-context.ts';
import { sayConnections } from './connections-report.ts';
import { givenInventory } from './inventory-file.ts';
import type { KeySource } from './key-source.ts';
import {
  collect,
  databaseOption,
  inventoryOption,
  jsonOption,
  keyOptions,
  passphraseOption,
} from './options.ts';
import { givenKey } from './ring-key.ts';

interface Options extends KeySource {
  readonly database?: string;
  readonly inventory?: string;
  readonly passphraseFile?: string;
  readonly allowPrivate?: boolean;
  readonly only: readonly string[];
  readonly concurrency: number;
  readonly timeout: number;
  readonly rootCertificate?: string;
}

/** `keel connections …` */
export function connectionsCommand(): Command {
  return new Command('connections')
    .description('see whether the decrypted credentials work')
    .addCommand(testCommand());
}

function testCommand(): Command {
  const command = new Command('test')
    .description('try every credential where it belongs; only reads, there and here')
    .addOption(databaseOption)
    .addOption(inventoryOption);
  for (const option of keyOptions) command.addOption(option);
  command
    .addOption(passphraseOption)
    .option('--allow-private', 'try private, loopback and link-local servers too')
    .addOption(
      new Option('--only <name>', 'try only this source or kind of server, like `slack` (repeatable)')
        .default([] as string[], 'all')
        .argParser(collect),
    )
    .addOption(numberOption('--concurrency <n>', 'how many to try at once', 8, 64))
    .addOption(numberOption('--timeout <s>', 'seconds for each', 10, 120))
    .option('--root-certificate <file>', 'authorities that servers may be signed by, beside the usual ones')
    .addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal, signal }) => {
    const database = requireDatabase(options);
    const given = await givenInventory(options);
    const { rootCertificate } = options;
    const roots = rootCertificate === undefined ? [] : [await readRootCertificate(rootCertificate)];
    using key = await givenKey(options);
    const client = await database.open('keel connections');
    const progress = terminal.progress();
    try {
      const inventory = given ?? (await discoverColumns(client, { key, signal })).inventory;
      const test = startConnectionTest({
        signal,
        allowPrivate: options.allowPrivate ?? false,
        only: options.only,
        concurrency: options.concurrency,
        timeoutMs: options.timeout * 1000,
        roots,
        onDone: (done) => progress.show('trying', done),
      });
      const { opened, unopened } = await readCredentials(
        client,
        key,
        inventory,
        async (credentials) => {
          for (const credential of credentials) await test.take(credential);
        },
        { signal },
      );
      const report = await test.finish();
      progress.end();
      if (opened === 0 && unopened > 0) throw opensNothing(unopened);
      sayConnections({ ...report, unopened }, terminal);
      const isRight = report.counts.refused === 0;
      terminal.result({ ok: isRight, fingerprint: key.fingerprint, unopened, ...report });
      return isRight ? 0 : 3;
    } finally {
      progress.end();
      await client.end();
    }
  });
}

function opensNothing(values: number): KeelError {
  return new KeelError(
    'key-wrong',
    `this key opens none of ${values} values, so nothing was tried`,
    'run `keel prove` to see which key is the right one',
  );
}

function numberOption(flags: string, description: string, usual: number, most: number): Option {
  return new Option(flags, description).default(usual).argParser((value) => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= 1 && number <= most) return number;
    throw new KeelError('usage', `\`${value}\` is not a number for ${flags}`, `give one from 1 to ${most}`);
  });
}
