import type { Command } from '@commander-js/extra-typings';
import type { EnvironmentCard } from '#contract/environments';
import { readAppSettings } from '#environments/app-settings';
import { keelHome } from '#environments/keel-home';
import { type KnownEnvironment, knownEnvironments } from '#environments/known-environments';
import { expectedFailure } from '#errors/expected-failure';
import { keychainWorks } from '#keyring/keychain';
import { environmentCard } from '#status/environment-card';
import { keelVersion } from '#storage/keel-version';
import { openWorkspace } from '#workspace/workspace';
import { inTerminalWords } from '#commands/act-text';
import { runs } from '#commands/command-context';
import { jsonOption } from '#commands/options';
import type { Terminal } from '#commands/terminal';
import { visible } from '#shared/visible-text';
import { commandFor, factsOf } from './card-report.ts';

/** `keel status`. Reads files under Keel's home and tries the keychain; connects to no server. */
export function define(command: Command): void {
  const offered = command
    .option('--env <name>', 'only this environment')
    .addOption(jsonOption)
    .addHelpText('after', '\nConnects to no server: what is shown of a database is its last known state.');
  runs(offered, async ({ named }, { terminal }) => {
    const home = keelHome();
    const { environments, damaged } = await knownEnvironments(home);
    const chosen = named ? [named] : environments;
    const { drillEveryDays } = (await readAppSettings(home)).settings;
    const keychain = await keychainWorks();
    terminal.say(`Keel ${keelVersion}, home ${home}`);
    terminal.say(`Keychain: ${keychain.works ? 'works' : `cannot be used (${visible(keychain.why)})`}`);
    const cards: (EnvironmentCard & { readonly command: string | null })[] = [];
    for (const known of chosen) {
      try {
        const { card, command } = await cardOf(known, drillEveryDays);
        cards.push({ ...card, command: command ?? null });
        sayCard(card, command, terminal);
      } catch (error) {
        damaged.push(expectedFailure(error));
      }
    }
    if (environments.length === 0 && damaged.length === 0) {
      terminal.say(
        '\nNo environments yet. Add one: `keel env add NAME --database URL`, or try Keel first: `keel demo`.',
      );
    }
    for (const { message, remedy } of damaged) {
      terminal.note(`\n${terminal.paint('warning', message)}\n→ ${inTerminalWords(remedy)}`);
    }
    terminal.result({
      ok: damaged.length === 0,
      version: keelVersion,
      home,
      keychain: keychain.works ? { works: true } : { works: false, why: keychain.why },
      environments: cards,
      damaged: damaged.map(({ code, message, remedy }) => ({ code, message, remedy })),
    });
    return damaged.length === 0 ? 0 : 1;
  });
}

async function cardOf(
  { folder, settings }: KnownEnvironment,
  drillEveryDays: number,
): Promise<{ readonly card: EnvironmentCard; readonly command: string | undefined }> {
  using workspace = openWorkspace(folder, settings, { database: closed, openKeys: closed });
  const card = await environmentCard({ ...workspace, practice: false }, [], new Date(), drillEveryDays);
  const { keys } = await workspace.readRing();
  return { card, command: commandFor(card, { keys, hasDestination: settings.targets.length > 0 }) };
}

/** What a card needs is in files. */
async function closed(): Promise<never> {
  throw new Error('a status opens neither database nor keys');
}

function sayCard(card: EnvironmentCard, command: string | undefined, terminal: Terminal): void {
  terminal.say(`\n${terminal.paint('strong', visible(card.name))}${card.production ? ' (production)' : ''}`);
  for (const [fact, value] of factsOf(card)) {
    terminal.say(`  ${terminal.paint('dim', fact.padEnd(9))} ${visible(value)}`);
  }
  terminal.say(command ? `→ ${card.next.why}: ${terminal.paint('accent', command)}` : `→ ${card.next.why}`);
}
