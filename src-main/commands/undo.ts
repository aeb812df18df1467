import { Command } from 'commander';
import { type KeyPlace, openEnvironment } from '../compose.ts';
import type { AcceptableStop } from '#rewrite/finding';
import { lastRotation } from '#rotation/last-rotation';
import { readPassphrase, requireDatabase, runs } from './command-context.ts';
import {
  acceptOption,
  databaseOption,
  excludeOption,
  jsonOption,
  keepKeysOption,
  lockTimeoutOption,
  passphraseOption,
  yesOption,
} from './options.ts';
import { performRotation, rotationJson, sayRotation } from './perform-rotation.ts';

interface Options {
  readonly database?: string;
  readonly passphraseFile?: string;
  readonly keepKeysIn?: KeyPlace;
  readonly rehearse?: boolean;
  readonly yes?: boolean;
  readonly exclude: readonly string[];
  readonly accept: readonly AcceptableStop[];
  readonly lockTimeout: number;
}

export function undoCommand(): Command {
  const command = new Command('undo')
    .description(
      'rotate back to the key that was retired last: each value that it rewrites is read back and compared, and others are left',
    )
    .addOption(databaseOption)
    .option('--rehearse', 'do everything, then roll back')
    .addOption(excludeOption)
    .addOption(acceptOption)
    .addOption(lockTimeoutOption)
    .addOption(keepKeysOption)
    .addOption(passphraseOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  return runs<Options>(command, async (options, context) => {
    const database = requireDatabase(options);
    using passphrase = await readPassphrase(options);
    const environment = await openEnvironment(database, {
      ...(options.keepKeysIn && { place: options.keepKeysIn }),
      ...(passphrase && { passphrase }),
      ownFiles: new Map(),
    });
    const last = await lastRotation(environment);
    using from = await environment.keyRing.load(last.to);
    using to = await environment.keyRing.load(last.from);
    const performed = await performRotation(
      {
        database,
        inventory: last.inventory,
        // Ballast may have gone on writing under the old key, so every value is judged against both
        keys: {
          from,
          to,
          toMayBePresent: true,
          takeAmbiguousAsFrom: options.accept.includes('ambiguous-rows'),
        },
        purpose: 'undo',
        excluded: [...last.excluded, ...options.exclude],
        accepted: options.accept,
        lockTimeoutMs: options.lockTimeout,
        rehearsal: options.rehearse ?? false,
        yes: options.yes ?? false,
        known: { xid: last.cutover.xid, under: 'from' },
        openEnvironment: async () => environment,
      },
      context,
    );
    sayRotation(performed, context.terminal);
    context.terminal.result({ ok: true, rotation: rotationJson(performed) });
    return 0;
  });
}
