import { type Command, Option } from '@commander-js/extra-typings';
import type { DrillResult } from '#backup/drill';
import { drillBackup } from '#backup/use-cases/drill';
import type { Workspace } from '#workspace/workspace';
import type { WordMistake } from '#contract/backup';
import { inTerminalWords } from '#commands/act-text';
import { readArtefact } from './given-artefact.ts';
import { asFingerprint } from './fingerprint-option.ts';
import { runs } from '#commands/command-context';
import { useCaseContext, workspaceIfGiven } from '#commands/command-workspace';
import { sayMistakes, sayShares } from './shares/report-text.ts';
import { sayStanding, setJson } from './shares/set-text.ts';
import { databaseOption, sharesPassphraseOption, jsonOption } from '#commands/options';
import type { Terminal } from '#commands/terminal';

/** `keel backup drill` */
export function define(command: Command): void {
  const offered = command
    .requiredOption(
      '--artefact <path...>',
      'the backup file, all files of a set of shares or their folder, or `-` for words on standard input',
    )
    .addOption(
      new Option('--expect <fingerprint>', 'fingerprint of the key that it should contain')
        .makeOptionMandatory()
        .argParser(asFingerprint),
    )
    .option('--identity <file>', 'age: identity file of a recipient, as written by `age-keygen`')
    .option('--passphrase-file <file>', 'age: file with its passphrase (or set KEEL_PASSPHRASE)')
    .addOption(sharesPassphraseOption)
    .addOption(databaseOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using artefact = await readArtefact(options.artefact, options);
    const { location } = artefact;
    using workspace = await workspaceIfGiven(options, context);
    const { drill, recorded, set } = await drillBackup(
      workspace,
      { source: artefact.source, expected: options.expect, name: { location } },
      useCaseContext(context),
    );
    const whose = drill.result === 'wrong' ? await whoseKey(workspace, drill.fingerprint) : undefined;
    sayDrill(drill, whose, location, terminal);
    if (set) sayStanding(set, terminal);
    terminal.result({
      ok: drill.result === 'correct',
      drill: {
        ...withoutWords(drill),
        ...(whose && { whose }),
        location,
        recorded,
        ...(set && { set: setJson(set) }),
      },
    });
    return drill.result === 'correct' ? 0 : 3;
  });
}

async function whoseKey(workspace: Workspace | undefined, fingerprint: string): Promise<string | undefined> {
  const entry = (await workspace?.readRing())?.keys.find((key) => key.fingerprint === fingerprint);
  return entry && `the ${entry.state} key of ${workspace?.name}`;
}

function sayDrill(drill: DrillResult, whose: string | undefined, location: string, terminal: Terminal): void {
  const { paint } = terminal;
  const say = (line: string) => terminal.say(line);
  if (drill.result === 'correct') {
    say(paint('good', `CORRECT: ${location} restores key ${drill.fingerprint}`));
    sayShares(drill.shares, terminal);
  } else if (drill.result === 'wrong') {
    const other = whose ?? 'another key';
    say(paint('bad', `WRONG: ${location} is intact, but contains ${other}, ${drill.fingerprint}`));
    say(`Expected key ${drill.expected}.`);
    if (drill.mayLackPassphrase)
      say('If another tool created the shares with a passphrase, pass it with --shares-passphrase-file.');
  } else {
    say(paint('bad', `INVALID at ${drill.breaksAt}: ${drill.message}`));
    sayMistakes(drill.words, terminal);
    sayShares(drill.shares, terminal);
    say(`→ ${inTerminalWords(drill.remedy)}`);
  }
}

/** What is printed for programs ends up in logs: no word of a key is in it. */
function withoutWords(drill: DrillResult): object {
  if (drill.result === 'wrong') return drill;
  const shares = drill.shares?.map(({ words, ...report }) => ({ ...report, ...placesOf(words) }));
  const rest = { ...drill, ...(shares && { shares }) };
  return drill.result === 'correct' ? rest : { ...rest, words: undefined, ...placesOf(drill.words) };
}

function placesOf(words: readonly WordMistake[] | undefined): object {
  return words ? { wrongWords: words.map(({ position }) => position) } : {};
}
