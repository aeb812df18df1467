import type { Command } from '@commander-js/extra-typings';
import type { ShareSet } from '#contract/key-record';
import { setsOf } from '#keyring/share-sets';
import { runs } from '#commands/command-context';
import { commandWorkspace } from '#commands/command-workspace';
import { moment } from '#shared/moment';
import { databaseOption, jsonOption } from '#commands/options';
import type { Terminal } from '#commands/terminal';
import { textTable } from '#commands/text-table';
import { visible } from '#shared/visible-text';
import { coverInWords, setJson, standingInWords } from './set-text.ts';

/** `keel share list` */
export function define(command: Command): void {
  const offered = command.addOption(databaseOption).addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await commandWorkspace(options, context);
    const sets = setsOf(await workspace.readRing());
    for (const set of sets) saySet(set, set.fingerprint, terminal);
    if (sets.length === 0) {
      terminal.say('No set of shares is registered.');
      terminal.say(
        'A set is registered when it is created, or tested: keel backup drill --artefact FOLDER --expect FINGERPRINT',
      );
    }
    terminal.result({
      ok: true,
      sets: sets.map((set) => ({ fingerprint: set.fingerprint, ...setJson(set) })),
    });
    return 0;
  });
}

function saySet(set: ShareSet, fingerprint: string, terminal: Terminal): void {
  const { paint } = terminal;
  const line = `Set ${set.set} of key ${fingerprint}: ${visible(standingInWords(set))}.`;
  terminal.say(set.standing === 'counts' ? paint('strong', line) : line);
  terminal.say(`${coverInWords(set)}.\n`);
  terminal.say(
    textTable(
      ['share', 'holder', 'last proven', 'asked'].map((title) => ({ title })),
      set.shares.map(({ number, holder, provenAt, asked }) => [
        `${number}`,
        holder ?? 'unknown',
        provenAt === undefined ? 'never' : moment(provenAt),
        asked === undefined ? '' : moment(asked.at),
      ]),
      paint,
    ),
  );
  terminal.say();
}
