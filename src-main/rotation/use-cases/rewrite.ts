import type { Inventory } from '#contract/inventory';
import type { RotationResult } from '#contract/rotation';
import { carryIvProofs, type IvProof, readIvProofs } from '#environments/iv-proofs';
import type { RotationRecord } from '#records/rotation-record';
import { type AcceptableStop, assertNoStops } from '#rewrite/finding';
import { openSession, type RewriteSession, type Ways } from '#rewrite/session';
import type { OpenKeyRing } from '#workspace/key-place';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { assertNamesKnown } from '#proof/exclusion';
import { type Preflight, type PreflightRequest, runPreflight } from '#rotation/preflight/run-preflight';
import type { RotationStep } from '#rotation/run/progress';
import { placesLeft } from '#rotation/preflight/left-places';
import { recordedRun } from '#rotation/run/recorded-run';
import { proofOf, rotationResultOf } from '#rotation/run/rotation-result';
import type { KnownValue } from '#proof/known-value';
import { proveIvFirst } from '#proof/use-cases/prove-iv';
import type { KeyPair } from '#rotation/run/decision';
import { assertTarget } from './application-keys.ts';
import { type RunRequest, runRotation } from '#rotation/run/run-rotation';

/** The steps of a use case that rewrites rows, in order, as they are announced. */
export type RewriteStep = 'preflight' | 'census' | RotationStep;

/** What is rewritten: with another key, column or exclusion it is a different subject. */
export interface RewriteSubject {
  /** Fingerprints. */
  readonly from: string;
  readonly to: string;
  readonly columns: Inventory['columns'];
  readonly excluded: readonly string[];
}

/** What is accepted by nature: an undo or a sweep reads the values as the rotation did, and a sweep has told of what is within values. */
const implied: Readonly<Record<RewriteInput['purpose'], readonly AcceptableStop[]>> = {
  rotate: [],
  undo: ['iv-assumed'],
  sweep: ['iv-assumed', 'nested-values'],
};

export interface RewriteInput {
  readonly purpose: RotationRecord['purpose'];
  readonly inventory: Inventory;
  readonly keys: KeyPair;
  readonly excluded: readonly string[];
  readonly accepted: readonly AcceptableStop[];
  /** See `PreflightRequest`. */
  readonly left?: readonly string[];
  readonly sampled?: boolean;
  /**
   * Rows are rewritten in the portable way, which needs nothing specific to PostgreSQL, even if the engine is
   * PostgreSQL.
   */
  readonly portable?: boolean;
  /** An existing census of exactly this subject. */
  readonly census?: (subject: RewriteSubject) => PreflightRequest['census'];
  readonly lockTimeoutMs: number;
  /** Proves where the IV of its column is, before anything else. The caller wipes it. */
  readonly knownValue?: KnownValue | undefined;
  /** Receives what the known value showed. */
  readonly onIvProof?: (proof: IvProof) => void;
  /** Everything is done and rolled back. */
  readonly rehearsal: boolean;
  /** See `RunRequest.known`. */
  readonly known?: RunRequest['known'];
  /** Receives the subject before the database is queried; if it throws, the run ends with nothing changed. */
  readonly onSubject?: (subject: RewriteSubject) => void;
  /**
   * Receives preflight's findings before they stop anything; if it throws, the run ends with nothing changed.
   */
  readonly onPreflight: (preflight: Preflight, subject: RewriteSubject) => void;
  /**
   * What has to be in the key ring before the run, after the admin agreed. Not called for a rehearsal, which
   * stores nothing.
   */
  readonly prepareKeys?: (keys: OpenKeyRing) => Promise<void>;
}

/**
 * What rotation, undo and the rewriting of stragglers share: guards, preflight, the admin's consent, the run,
 * and what is recorded of it. Throws `same-key`, `key-publicly-known` and the like for an unacceptable
 * target, `usage` for exclusions that match no column, `preflight-stopped`, and what the run throws; nothing
 * is changed then.
 */
export async function rewriteDatabase(
  workspace: Workspace,
  input: RewriteInput,
  { signal, onProgress, confirm, audit }: UseCaseContext<RewriteStep>,
): Promise<RotationResult> {
  const { purpose, keys, rehearsal, excluded, inventory, sampled = false } = input;
  // an undo may go back to any key, whatever is wrong with it
  if (purpose === 'rotate') await assertTarget({ inventory }, keys);
  assertNamesKnown(excluded, inventory);
  const [from, to] = [keys.from.fingerprint, keys.to.fingerprint];
  const subject = { from, to, columns: inventory.columns, excluded };
  input.onSubject?.(subject);
  const database = await workspace.database();
  onProgress({ step: 'preflight', done: 0 });
  await using session = await openSession(database.open, waysOf(input));
  if (input.knownValue) {
    const given = { key: keys.from, inventory, knownValue: input.knownValue };
    input.onIvProof?.(await proveIvFirst(workspace, session.reader, given, { signal, audit }));
  }
  const accepted = [...input.accepted, ...implied[purpose]];
  const ivProofs = await readIvProofs(workspace.folder);
  const census = input.census?.(subject);
  const request = { ...input, accepted, census, ivProofs, onProgress, signal };
  const preflight = await lookFirst(session, request, onProgress);
  input.onPreflight(preflight, subject);
  assertNoStops(preflight.findings);
  const left = placesLeft(preflight.findings, input.left ?? []);
  if (rehearsal) {
    const outcome = await runRotation(session, preflight, request, { rehearsal: true });
    return { ...rotationResultOf(session.id, keys, true, outcome), ...(sampled && { sampled }) };
  }
  await confirm({
    of: purpose,
    from,
    to,
    columns: inventory.columns.length,
    kept: [...excluded, ...left],
    accepted: input.accepted,
    sampled,
  });
  const open = await workspace.openKeys();
  await input.prepareKeys?.(open);
  const services = { keyRing: open.keyRing, records: workspace.records };
  const outcome = await recordedRun(session, preflight, request, services);
  await carryIvProofs(workspace.folder, from, to);
  const result = { ...rotationResultOf(session.id, keys, false, outcome), ...(sampled && { sampled }) };
  await remember(workspace, input, result);
  return result;
}

/** The allowed ways of rewriting rows. */
export function waysOf({ portable }: Pick<RewriteInput, 'portable'>): Ways {
  return portable ? 'portable' : 'as-needed';
}

/** Preflight over a session, with the reading of the whole database announced as its own step. */
export function lookFirst(
  session: RewriteSession,
  request: PreflightRequest,
  onProgress: UseCaseContext<RewriteStep>['onProgress'],
): Promise<Preflight> {
  return runPreflight(session, {
    ...request,
    onCensus: (read, total) => onProgress({ step: 'census', done: read, total }),
    onDerivations: (derivations) => onProgress({ step: 'preflight', done: 0, derivations }),
  });
}

/**
 * Records a committed run for the screens. By now it is in the database, the key ring and the rotation's
 * record, so a full disk here must not make it look as if it had not happened.
 */
async function remember(
  workspace: Workspace,
  { purpose, excluded }: RewriteInput,
  result: RotationResult,
): Promise<void> {
  if (!workspace.settings || purpose === 'sweep') return;
  const kept = { lastResult: result, proof: proofOf(result) };
  await workspace
    .change(purpose === 'rotate' ? { ...kept, excluded: [...excluded] } : kept)
    .catch(() => undefined);
}
