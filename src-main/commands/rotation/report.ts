import { counted, formatCount } from '#shared/counted';
import type { Finding } from '#rewrite/finding';
import { inTerminalWords } from '#commands/act-text';
import type { RotationResult } from '#contract/rotation';
import type { RewriteStep } from '#rotation/use-cases/rewrite';
import type { Preflight } from '#rotation/preflight/run-preflight';
import type { ArtefactProof } from '#rotation/run/key-port';
import type { Database } from '#workspace/database';
import type { Confirmation, UseCaseContext } from '#workspace/use-case';
import { resultJson, resultTable, sayPreflight } from '#commands/proof/column-report';
import { sayBeyondReach } from './beyond-reach-report.ts';
import type { CommandContext } from '#commands/command-context';
import { askingContext } from '#commands/command-workspace';
import type { Terminal } from '#commands/terminal';
import { undroppedInWords } from './undropped-text.ts';
import type { Named } from '#commands/environments/named-environment';
import { shellWord } from '#shared/shell-word';
import { duration } from '#commands/wording';

/** What the three commands that rewrite rows tell while they do. */
export interface RewriteReporting {
  readonly context: UseCaseContext<RewriteStep>;
  readonly onPreflight: (preflight: Preflight) => void;
  /** Preflight's warnings, for `rotationJson`. */
  readonly warnings: () => readonly Finding[];
}

/** How they tell it. `yes` answers the confirmation. */
export function reportRewrite(database: Database, yes: boolean, command: CommandContext): RewriteReporting {
  let warnings: readonly Finding[] = [];
  return {
    context: askingContext<RewriteStep>(command, {
      yes,
      ask: (confirmation) => ({
        question: questionOf(confirmation),
        name: database.target.database,
      }),
    }),
    onPreflight({ findings }) {
      warnings = findings.filter(({ level }) => level === 'warn');
      sayPreflight(database.label, findings, command.terminal);
    },
    warnings: () => warnings,
  };
}

function questionOf(confirmation: Confirmation): string {
  const { of } = confirmation;
  if (of !== 'rotate' && of !== 'undo' && of !== 'sweep') return '';
  const { from, to, columns, kept } = confirmation;
  const where = counted(columns, 'column');
  const what =
    of === 'sweep'
      ? `Values of ${where} that are still encrypted with key ${from} will be re-encrypted with key ${to}.`
      : `The values of ${where} will be re-encrypted, from key ${from} to key ${to}.`;
  return kept.length > 0 ? `${what} Values left unchanged by your choice, in: ${kept.join(', ')}.` : what;
}

/** The rotation in the form that `--json` promises, with what preflight warned of: it stays so after the rotation. */
export function rotationJson(
  { columns, at: _, ...numbers }: RotationResult,
  warnings: readonly Finding[] = [],
): object {
  return { ...numbers, columns: resultJson(columns), warnings: warnings.map(warningJson) };
}

function warningJson({ code, message, remedy, accepted, places = [] }: Finding): object {
  const advice = remedy === undefined ? {} : { remedy: inTerminalWords(remedy) };
  return { code, message, ...advice, accepted: accepted === true, places: places.map(({ name }) => name) };
}

/** What was done, for people. */
export function sayRotation(result: RotationResult, terminal: Terminal): void {
  const { from, to, rehearsal } = result;
  terminal.say(`${resultTable(result.columns, terminal)}\n`);
  const { rows, excluded, already, lockMs, totalMs, undropped } = result;
  const done = rehearsal
    ? 'Rehearsed and rolled back: nothing was changed.'
    : 'Rotated, read back, compared, committed.';
  terminal.say(terminal.paint('good', done));
  terminal.say(`  ${from} → ${terminal.paint('accent', to)}`);
  const lock = `writers ${rehearsal ? 'would wait' : 'waited'} ${duration(lockMs)}`;
  terminal.say(`  ${counted(rows, 'row')} in ${duration(totalMs)}; ${lock}`);
  if (excluded > 0)
    terminal.say(
      `  ${counted(excluded, 'value')} excluded and left unchanged: no known key decrypts them in their column’s format, or they are too short to tell`,
    );
  if (already > 0) terminal.say(`  ${formatCount(already)} already encrypted with the new key`);
  if (undropped) terminal.say(terminal.paint('warning', `  ${undroppedInWords(undropped)}`));
  if (result.beyondReach) sayBeyondReach(result.beyondReach, terminal);
}

/** What follows a rotation of Ballast's database in either direction, for people. */
export function sayNextForBallast(options: Named, which: 'new' | 'old', terminal: Terminal): void {
  const { named } = options;
  const env = envIn(options);
  const isKnown = (named?.settings.targets.length ?? 0) > 0;
  const handoff = named ? ` (\`keel handoff apply${env}${isKnown ? '' : ' --env-file FILE'}\`)` : '';
  terminal.say(`\nNext: give Ballast the ${which} key${handoff}, start it, then run \`keel sweep${env}\`.`);
}

/** The environment of `--env` as the next command is given it; nothing where there is none. */
export function envIn({ named }: Named): string {
  return named ? ` --env ${shellWord(named.settings.name)}` : '';
}

/** How the new key can be restored, for people. */
export function describeProof({ artefact, location }: ArtefactProof): string {
  return artefact === 'own-file'
    ? `The new key is in your own file ${location}: it was read again and compared, and counts as the key's backup.`
    : `The new key is backed up in ${location}, and was restored from it as a test.`;
}
