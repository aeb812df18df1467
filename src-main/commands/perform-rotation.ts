import type { Inventory } from '#contract/inventory';
import type { Database, Environment } from '../compose.ts';
import { environmentNameOf } from '#environments/environment-name';
import { carryIvProofs, readIvProofs, rememberIvProofs } from '#environments/iv-proofs';
import { environmentPath, keelHome } from '#environments/keel-home';
import { assertNamesKnown } from '#rotation/exclusion';
import { type AcceptableStop, assertNoStops } from '#rewrite/finding';
import type { ArtefactProof } from '#rotation/key-keeper';
import { type KnownValue, proveByKnownValue } from '#rotation/known-value';
import { runPreflight } from '#rotation/preflight';
import type { OnProgress } from '#rotation/progress';
import { rotate } from '#rotation/rotate';
import type { RotationRecord } from '#rotation/rotation-record';
import type { KeyPair } from '#rotation/ruling';
import { type RunRequest, type RunResult, runRotation } from '#rotation/run';
import { openSession } from '#rewrite/session';
import { KeelError } from '#errors/keel-error';
import { noteEffect } from './activity.ts';
import { resultJson, resultTable, sayFindings } from './column-report.ts';
import type { CommandContext } from './command-context.ts';
import { confirm } from './confirm.ts';
import { sayIvProof } from './known-value.ts';
import type { Terminal } from './terminal.ts';
import { undroppedInWords } from './undropped-words.ts';
import { count, counted, duration, printable } from './wording.ts';

export interface RotationSettings {
  readonly database: Database;
  readonly inventory: Inventory;
  readonly keys: KeyPair;
  readonly purpose: RotationRecord['purpose'];
  readonly excluded: readonly string[];
  readonly accepted: readonly AcceptableStop[];
  /** See `PreflightRequest`. */
  readonly left?: readonly string[];
  readonly sampled?: boolean;
  /** Proves where the IV of its column is, before anything else. */
  readonly knownValue?: KnownValue | undefined;
  readonly lockTimeoutMs: number;
  readonly rehearsal: boolean;
  readonly yes: boolean;
  /** See `RunRequest.known`. */
  readonly known?: RunRequest['known'];
  /** Not called for a rehearsal, which keeps nothing. */
  readonly openEnvironment: () => Promise<Environment>;
  /** Keel has just made the new key. */
  readonly madeHere?: boolean;
  /** Makes sure that the new key can be restored; absent where it has been proven before. */
  readonly proveArtefact?: (environment: Environment) => Promise<ArtefactProof>;
}

/** `to` and `from` as fingerprints, with what the run did: the `rotation` object of `--json`. */
export interface PerformedRotation {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly rehearsal: boolean;
  readonly result: RunResult;
}

/** As the activity log calls it. */
const runInWords = {
  rotate: { run: 'rotation', done: 'key rotated' },
  undo: { run: 'undo', done: 'rotation undone' },
  sweep: { run: 'rewriting of stragglers', done: 'stragglers rewritten' },
} as const;

/** Preflight, confirmation, artefact, and the run, as `rotate`, `undo` and `sweep` share them. */
export async function performRotation(
  settings: RotationSettings,
  { terminal, signal }: CommandContext,
): Promise<PerformedRotation> {
  const { database, keys, rehearsal } = settings;
  const { from, to } = keys;
  assertNamesKnown(settings.excluded, settings.inventory);
  await using session = await openSession(database.open);
  const progress = terminal.progress();
  const onProgress: OnProgress = ({ step, done, total }) => progress.show(step, done, total);
  const { host, port, database: name } = database.target;
  const folder = environmentPath(keelHome(), environmentNameOf(host, port, name));
  try {
    if (settings.knownValue) {
      const { inventory, knownValue } = settings;
      const proof = await proveByKnownValue(session.reader, from, inventory, knownValue, signal);
      await rememberIvProofs(folder, [proof]);
      sayIvProof(proof, terminal);
    }
    const ivProofs = await readIvProofs(folder);
    // an undo or a sweep reads the values as the rotation did
    const accepted: readonly AcceptableStop[] =
      settings.purpose === 'rotate' ? settings.accepted : [...settings.accepted, 'iv-assumed'];
    const request = { ...settings, accepted, ivProofs, onProgress, signal };
    progress.show('preflight', 0);
    const preflight = await runPreflight(session, {
      ...request,
      onCensus: (done, total) => progress.show('census', done, total),
    });
    progress.end();
    terminal.say(`Preflight for ${database.label}\n`);
    sayFindings(preflight.findings, terminal);
    terminal.say();
    assertNoStops(preflight.findings);
    if (rehearsal) {
      const result = await runRotation(session, preflight, request, { rehearsal: true });
      return { id: session.id, from: from.fingerprint, to: to.fingerprint, rehearsal, result };
    }
    const question = `Every value goes from key ${from.fingerprint} to key ${to.fingerprint}.`;
    await confirm(question, database.target.database, settings.yes);
    const environment = await settings.openEnvironment();
    if (environment.warning) terminal.note(terminal.paint('warning', environment.warning));
    if (settings.proveArtefact) {
      await environment.keyRing.hold(to, 'pending', settings.madeHere ? 'generated' : undefined);
      const proof = await settings.proveArtefact(environment);
      await environment.keyRing.recordProof(to.fingerprint, proof);
      terminal.say(describeProof(proof));
    }
    const result = await rotate(session, preflight, request, environment).catch(async (error: unknown) => {
      progress.end();
      const code = error instanceof KeelError ? error.code : 'internal';
      const ending = code === 'rotation-unsettled' ? 'not settled' : 'broke off';
      const action = `${runInWords[settings.purpose].run} ${ending}`;
      await noteEffect(terminal, { folder: environment.folder, action, detail: code, outcome: 'failed' });
      throw error;
    });
    progress.end();
    await carryIvProofs(folder, from.fingerprint, to.fingerprint);
    await noteEffect(terminal, {
      folder: environment.folder,
      action: runInWords[settings.purpose].done,
      detail: `${from.fingerprint} to ${to.fingerprint}: ${result.rows} rows, compared before commit`,
      outcome: 'done',
      fingerprint: to.fingerprint,
    });
    return { id: session.id, from: from.fingerprint, to: to.fingerprint, rehearsal, result };
  } finally {
    progress.end();
  }
}

/** The rotation in the form that `--json` promises. */
export function rotationJson({ result, ...ids }: PerformedRotation): object {
  const { columns, ...numbers } = result;
  return { ...ids, ...numbers, columns: resultJson(columns) };
}

/** What was done, for people. */
export function sayRotation({ from, to, rehearsal, result }: PerformedRotation, terminal: Terminal): void {
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
    terminal.say(`  ${counted(excluded, 'value')} under no known key left byte for byte, as you named them`);
  if (already > 0) terminal.say(`  ${count(already)} were under the new key already`);
  if (undropped) terminal.say(terminal.paint('warning', `  ${undroppedInWords(undropped)}`));
  if (!rehearsal) sayBeyondReach(from, result, terminal);
}

/** What a rotation does not reach, and what to do about it. */
function sayBeyondReach(from: string, { columns }: RunResult, terminal: Terminal): void {
  const tables = [...new Set(columns.map(({ entry: { schema, table } }) => `${schema}.${table}`))];
  terminal.say(`\nStill under the old key ${from}, out of a rotation’s reach:`);
  terminal.say(`  dead rows and statistics, until VACUUM (ANALYZE) of ${tables.map(printable).join(', ')}`);
  terminal.say(
    '  write-ahead log, replicas that lag behind, and dumps made before: keep the key for as long as you keep those',
  );
  terminal.say(
    'If the old key leaked, replace the credentials themselves too: `keel credentials list` shows them by source.',
  );
}

function describeProof({ artefact, location }: ArtefactProof): string {
  return artefact === 'own-file'
    ? `The new key is in your own file ${location}: read again and compared. It counts as the key's backup.`
    : `The new key is backed up in ${location}, and was restored from there to prove it.`;
}
