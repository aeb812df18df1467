import { counted, formatCount } from '#shared/counted';
import type { Command } from '@commander-js/extra-typings';
import { applicationInWords } from '#applications/of-inventory';
import { recover } from '#rotation/use-cases/recover';
import type { Recovered, Recovery } from '#rotation/settle-rotations';
import { inTerminalWords } from '#commands/act-text';
import { type CommandContext, runs } from '#commands/command-context';
import { askingContext, commandWorkspace } from '#commands/command-workspace';
import { type ExitCode, exitCodeOf } from '#commands/exit-code';
import { replacementInWords } from '#commands/keys/replacement-text';
import { databaseOption, jsonOption, keepKeysOption, passphraseOption, yesOption } from '#commands/options';
import type { Terminal } from '#commands/terminal';
import { undroppedInWords } from './undropped-text.ts';

/** `keel recover` */
export function define(command: Command): void {
  const offered = command
    .addOption(databaseOption)
    .addOption(keepKeysOption)
    .addOption(passphraseOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    using workspace = await commandWorkspace(options, context);
    const { database } = (await workspace.database()).target;
    const asking = askingContext<'recovery'>(context, {
      yes: options.yes,
      ask: (confirmation) => ({ question: replacementInWords(confirmation), name: database }),
    });
    return report(await recover(workspace, asking), context);
  });
}

/** Says what was found, also where something failed; the answer is the exit code. */
function report(recovery: Recovery, { terminal }: CommandContext): ExitCode {
  const { recovered, dropped, undropped, active, agrees, under, corrected, untried, failure } = recovery;
  if (recovered.length === 0 && !failure) terminal.say('No rotation was left unfinished.');
  for (const one of recovered) terminal.say(outcomeInWords(one));
  if (dropped > 0) terminal.say(`${counted(dropped, 'staging table')} dropped.`);
  if (undropped) terminal.say(terminal.paint('warning', undroppedInWords(undropped)));
  if (failure) {
    terminal.note(`${terminal.paint('bad', 'keel:')} ${failure.message} [${failure.code}]`);
    terminal.note(`→ ${inTerminalWords(failure.remedy)}`);
  }
  sayStatus(recovery, terminal);
  const ok = !failure && agrees !== false;
  terminal.result({
    ok,
    recovered: recovered.map(({ record, outcome }) => ({
      id: record.id,
      outcome,
      from: record.from,
      to: record.to,
    })),
    dropped,
    ...(undropped && { undropped }),
    active: active
      ? {
          fingerprint: active.fingerprint,
          verdict: active.proof?.verdict ?? null,
          bits: active.proof?.bits ?? null,
        }
      : null,
    database: agrees === true ? (active?.fingerprint ?? null) : (under ?? null),
    ballast: keyForBallast(recovery) ?? null,
    ...(recovery.alsoUnder !== undefined && { alsoUnder: recovery.alsoUnder }),
    ...(corrected && { corrected }),
    ...(untried && { untried: failureJson(untried) }),
    ...(failure && { error: failureJson(failure) }),
  });
  if (failure) return exitCodeOf[failure.code];
  return agrees === false ? 3 : 0;
}

function failureJson({ code, message, remedy }: NonNullable<Recovery['failure']>): object {
  return { code, message, remedy };
}

function outcomeInWords({ record: { id, purpose, from, to }, outcome }: Recovered): string {
  if (purpose === 'sweep') {
    return `The straggler rewrite ${id} ${becameOfSweep[outcome]}.`;
  }
  return outcome === 'committed'
    ? `Rotation ${id} was committed: it rotated the database from key ${from} to key ${to}. Both keys are kept.`
    : `Rotation ${id} was not committed: it changed nothing in the database, which was encrypted with key ${from}.`;
}

const becameOfSweep: Readonly<Record<Recovered['outcome'], string>> = {
  committed: 'was committed',
  'rolled-back': 'was not committed: it changed nothing in the database',
  untold: 'may or may not have been committed: its temporary staging kept no journal. Run `keel sweep` again',
};

/** The key that the database is under, by what was found, else by what is on record; undefined where neither is certain. */
function keyForBallast(recovery: Recovery): string | undefined {
  const { active, agrees, under, failure } = recovery;
  if (agrees === false) return isDivided(recovery) ? undefined : under;
  return agrees === true || !failure ? active?.fingerprint : undefined;
}

/** Whether the active key decrypts some of the sample, and another key most of it. */
function isDivided({ agrees, under, active }: Recovery): boolean {
  return agrees === false && under !== undefined && active?.proof?.verdict === 'mixed';
}

function howToCorrect(under: string): string {
  return `To make key ${under} the active one, run \`keel prove --fingerprint ${under}\`, or this command again, and confirm it or pass \`--yes\`.`;
}

function sayStatus(recovery: Recovery, terminal: Terminal): void {
  const { active, agrees, under, alsoUnder, corrected, untried } = recovery;
  if (!active) return;
  const { fingerprint, proof } = active;
  const application = applicationInWords({ columns: proof?.columns.map(({ entry }) => entry) ?? [] });
  const name = terminal.paint('accent', fingerprint);
  const found = proof ? `${proof.verdict} on a sample, ${formatCount(proof.bits)} bits` : 'not checked';
  if (corrected) {
    const older = `The key ring had key ${corrected.from} as the active one, but the database is encrypted with key ${corrected.to}, as after a restore or a failover to a state from before the rotation. The key ring was corrected.`;
    terminal.say(terminal.paint('warning', older));
  }
  if (agrees) {
    terminal.say(`The database is encrypted with the active key ${name}: ${found}.`);
    if (alsoUnder !== undefined) {
      const late = `Most of the sample is encrypted with key ${alsoUnder}: rows written since by ${application}, which still has that key.`;
      terminal.say(terminal.paint('warning', `${late} Give it the active key, then run \`keel sweep\`.`));
    }
  } else if (agrees === false) {
    const other = isDivided(recovery)
      ? `Most of the sample is encrypted with key ${under}, and the rest with the active key ${name}`
      : under
        ? `The database is encrypted with key ${under}, not with the active key ${name}`
        : `The active key ${name} does not decrypt the database, and neither does any other key of the key ring`;
    terminal.say(terminal.paint('bad', `${other} (the active one: ${found}).`));
    if (under && !isDivided(recovery)) terminal.note(`The key ring was not changed. ${howToCorrect(under)}`);
  } else if (untried) {
    terminal.say(
      `The active key is ${name}. It could not be checked against the database: ${untried.message}.`,
    );
    terminal.say(`→ ${inTerminalWords(untried.remedy)}`);
  } else terminal.say(`The active key is ${name}.`);
  const right = keyForBallast(recovery);
  if (right !== undefined) terminal.say(`${application} needs key ${terminal.paint('accent', right)}.`);
  else if (agrees === false && !isDivided(recovery))
    terminal.say(
      `Restore the key that the database is encrypted with from a backup, and give that key to ${application}.`,
    );
  else
    terminal.say(
      `It is not certain yet which key ${application} needs: keep both, and run \`keel recover\` again.`,
    );
}
