import { counted } from '#shared/counted';
import type { Command } from '@commander-js/extra-typings';
import { rewriteStragglers, sweep, type SweepReport } from '#rotation/use-cases/sweep';
import { isComplete } from '#census/census-result';
import { censusJson, readScope, sayCensus, sayUndecided, withoutListed } from '#commands/proof/census-report';
import { sayBeyondReach } from './beyond-reach-report.ts';
import { runs } from '#commands/command-context';
import { commandWorkspace, useCaseContext } from '#commands/command-workspace';
import type { Terminal } from '#commands/terminal';
import {
  acceptOption,
  databaseOption,
  jsonOption,
  keepKeysOption,
  lockTimeoutOption,
  passphraseOption,
  yesOption,
} from '#commands/options';
import { reportRewrite, rotationJson, sayRotation } from './report.ts';

/** `keel sweep` */
export function define(command: Command): void {
  const offered = command
    .addOption(databaseOption)
    .option('--rewrite', 're-encrypt them with the new key')
    .addOption(acceptOption)
    .addOption(lockTimeoutOption)
    .addOption(keepKeysOption)
    .addOption(passphraseOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await commandWorkspace(options, context);
    const look = () => sweep(workspace, useCaseContext(context));
    const found = await look();
    saySweep(found, terminal);
    if (found.stragglers === 0 || !options.rewrite) {
      if (found.stragglers > 0)
        terminal.say(`Give ${found.application} the new key first, then run \`keel sweep --rewrite\`.`);
      terminal.result({ ok: found.allClear, ...sweepJson(found) });
      return found.allClear ? 0 : 3;
    }
    const reporting = reportRewrite(await workspace.database(), options.yes ?? false, context);
    const result = await rewriteStragglers(
      workspace,
      { accepted: options.accept, lockTimeoutMs: options.lockTimeout, onPreflight: reporting.onPreflight },
      reporting.context,
    );
    sayRotation(result, terminal);
    // only a sweep tells what is left: within decrypted values, beside the inventory, written meanwhile
    terminal.say('\nSecond sweep, after the rewrite:');
    const after = await look();
    saySweep(after, terminal);
    const rotation = rotationJson(result, reporting.warnings());
    const { stragglers } = found;
    const remaining = after.stragglers;
    terminal.result({ ok: after.allClear, ...sweepJson(after), stragglers, remaining, rotation });
    return after.allClear ? 0 : 3;
  });
}

function sweepJson({ stragglers, ambiguous, census, beyondReach }: SweepReport): object {
  return { stragglers, ambiguous, census: censusJson(census), beyondReach };
}

/** What a sweep found, for people. */
function saySweep(found: SweepReport, terminal: Terminal): void {
  const { stragglers, ambiguous, from, census, beyondReach } = found;
  if (ambiguous > 0) {
    terminal.say(
      `${counted(ambiguous, 'value')} too short to tell which key encrypted ${ambiguous === 1 ? 'it' : 'them'}, left for you to check:`,
    );
    for (const { table, column, row } of found.problemRows) terminal.say(`  ${table}.${column} ${row}`);
  }
  if (found.allClear) {
    terminal.say(
      terminal.paint('good', `No value encrypted with the old key ${from} was found: ${readScope(census)}.`),
    );
    terminal.say(census.scope);
    sayUndecided(census, terminal);
    sayBeyondReach(beyondReach, terminal);
    return;
  }
  if (!isComplete(census)) sayCensus(withoutListed(census), true, terminal);
  terminal.say(
    stragglers > 0
      ? terminal.paint(
          'warning',
          `Found ${counted(stragglers, 'row')} with values still encrypted with the old key ${from}.`,
        )
      : `No row of the inventory was found with values encrypted with the old key ${from}. Keep that key until the rest is resolved.`,
  );
}
