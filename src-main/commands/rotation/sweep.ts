import { counted } from '#shared/counted';
import type { Command } from '@commander-js/extra-typings';
import { rewriteStragglers, sweep } from '#rotation/use-cases/sweep';
import { isComplete } from '#census/census-result';
import { censusJson, readScope, sayCensus, withoutListed } from '#commands/proof/census-report';
import { sayBeyondReach } from './beyond-reach-report.ts';
import { runs } from '#commands/command-context';
import { commandWorkspace, useCaseContext } from '#commands/command-workspace';
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
    .option('--rewrite', 're-encrypt them under the new key')
    .addOption(acceptOption)
    .addOption(lockTimeoutOption)
    .addOption(keepKeysOption)
    .addOption(passphraseOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await commandWorkspace(options, context);
    const found = await sweep(workspace, useCaseContext(context));
    const { stragglers, ambiguous, from } = found;
    if (ambiguous > 0) {
      terminal.say(`${counted(ambiguous, 'value')} open under both keys and were left for you to look at:`);
      for (const { table, column, row } of found.problemRows) terminal.say(`  ${table}.${column} ${row}`);
    }
    const { census } = found;
    const { beyondReach } = found;
    const json = { stragglers, ambiguous, census: censusJson(census), beyondReach };
    if (found.allClear) {
      terminal.say(
        terminal.paint('good', `No value under the old key ${from} was found: ${readScope(census)}.`),
      );
      terminal.say(census.scope);
      sayBeyondReach(beyondReach, terminal);
      terminal.result({ ok: true, ...json });
      return 0;
    }
    if (!isComplete(census)) sayCensus(withoutListed(census), true, terminal);
    if (stragglers === 0) {
      terminal.say(
        `No row of the inventory was found under the old key ${from}. Keep that key until the rest is settled.`,
      );
      terminal.result({ ok: false, ...json });
      return 3;
    }
    terminal.say(
      terminal.paint('warning', `${counted(stragglers, 'row')} hold values under the old key ${from}.`),
    );
    if (!options.rewrite) {
      terminal.say('Give Ballast the new key first, then run `keel sweep --rewrite`.');
      terminal.result({ ok: false, ...json });
      return 3;
    }
    const reporting = reportRewrite(await workspace.database(), options.yes ?? false, context);
    const result = await rewriteStragglers(
      workspace,
      { accepted: options.accept, lockTimeoutMs: options.lockTimeout, onPreflight: reporting.onPreflight },
      reporting.context,
    );
    sayRotation(result, terminal);
    terminal.result({ ok: true, ...json, rotation: rotationJson(result) });
    return 0;
  });
}
