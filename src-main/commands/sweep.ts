import { Command } from 'commander';
import { type KeyPlace, openEnvironment } from '../compose.ts';
import { readCatalog } from '#postgres/catalog';
import { resolveInventory } from '#postgres/table-target';
import type { AcceptableStop } from '#rewrite/finding';
import { lastRotation } from '#rotation/last-rotation';
import { findStragglers, isAllClear } from '#rotation/sweep';
import { isComplete } from '#census/census-result';
import { noteEffect } from './activity.ts';
import { censusJson, readScope, sayCensus, withoutListed } from './census-report.ts';
import { readPassphrase, requireDatabase, runs } from './command-context.ts';
import {
  acceptOption,
  databaseOption,
  jsonOption,
  keepKeysOption,
  lockTimeoutOption,
  passphraseOption,
  yesOption,
} from './options.ts';
import { performRotation, rotationJson, sayRotation } from './perform-rotation.ts';
import { counted } from './wording.ts';

interface Options {
  readonly database?: string;
  readonly passphraseFile?: string;
  readonly keepKeysIn?: KeyPlace;
  readonly rewrite?: boolean;
  readonly yes?: boolean;
  readonly accept: readonly AcceptableStop[];
  readonly lockTimeout: number;
}

export function sweepCommand(): Command {
  const command = new Command('sweep')
    .description(
      'look for values that were written under the old key after the rotation; only reads, but for --rewrite',
    )
    .addOption(databaseOption)
    .option('--rewrite', 're-encrypt them under the new key')
    .addOption(acceptOption)
    .addOption(lockTimeoutOption)
    .addOption(keepKeysOption)
    .addOption(passphraseOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  return runs<Options>(command, async (options, context) => {
    const { terminal, signal } = context;
    const database = requireDatabase(options);
    using passphrase = await readPassphrase(options);
    const environment = await openEnvironment(database, {
      ...(options.keepKeysIn && { place: options.keepKeysIn }),
      ...(passphrase && { passphrase }),
      ownFiles: new Map(),
    });
    const last = await lastRotation(environment);
    using from = await environment.keyRing.load(last.from);
    using to = await environment.keyRing.load(last.to);
    const keys = { from, to, toMayBePresent: true, takeAmbiguousAsFrom: false };
    const known = { xid: last.cutover.xid, under: 'to' } as const;
    const client = await database.open('keel sweep');
    const progress = terminal.progress();
    let done = 0;
    const sweep = await findStragglers(client, {
      tables: resolveInventory(last.inventory, await readCatalog(client)),
      inventory: last.inventory,
      keys,
      excluded: last.excluded,
      xid: known.xid,
      signal,
      onRows: (count) => progress.show('sweeping', (done += count)),
      onBytes: (read, total) => progress.show('census', read, total),
    }).finally(async () => {
      progress.end();
      await client.end();
    });
    const { stragglers, ambiguous } = sweep;
    await noteEffect(terminal, {
      folder: environment.folder,
      action: 'stragglers swept',
      detail: `${stragglers} rows under the old key, ${ambiguous} values that both keys open`,
      outcome: isAllClear(sweep) ? 'done' : 'failed',
      fingerprint: last.from,
    });
    if (ambiguous > 0) {
      terminal.say(`${counted(ambiguous, 'value')} open under both keys and were left for you to look at:`);
      for (const { table, column, row } of sweep.offenders) terminal.say(`  ${table}.${column} ${row}`);
    }
    const { census } = sweep;
    const json = { stragglers, ambiguous, census: censusJson(census) };
    if (isAllClear(sweep)) {
      terminal.say(
        terminal.paint('good', `No value is under the old key ${last.from} any more: ${readScope(census)}.`),
      );
      terminal.say(census.scope);
      await environment.records.advance(last, 'stragglers-clear');
      terminal.result({ ok: true, ...json });
      return 0;
    }
    if (!isComplete(census)) sayCensus(withoutListed(census), true, terminal);
    if (stragglers === 0) {
      terminal.say(
        `No row of the inventory is under the old key ${last.from} any more. Keep that key until the rest is settled.`,
      );
      terminal.result({ ok: false, ...json });
      return 3;
    }
    terminal.say(
      terminal.paint('warning', `${counted(stragglers, 'row')} hold values under the old key ${last.from}.`),
    );
    if (!options.rewrite) {
      terminal.say('Give Ballast the new key first, then run `keel sweep --rewrite`.');
      terminal.result({ ok: false, ...json });
      return 3;
    }
    const performed = await performRotation(
      {
        database,
        inventory: last.inventory,
        keys,
        purpose: 'sweep',
        excluded: last.excluded,
        // what both keys open is left, and was listed above
        accepted: [...options.accept, 'ambiguous-rows'],
        lockTimeoutMs: options.lockTimeout,
        rehearsal: false,
        yes: options.yes ?? false,
        known,
        // what the sweep found beside the inventory is told above, and is no reason to leave the stragglers
        sampled: true,
        openEnvironment: async () => environment,
      },
      context,
    );
    sayRotation(performed, terminal);
    terminal.result({ ok: true, ...json, rotation: rotationJson(performed) });
    return 0;
  });
}
