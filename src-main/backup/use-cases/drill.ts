import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import type { KeyProof } from '#contract/key-record';
import type { ArtefactSource } from '#backup/artefact';
import type { Broken } from '#backup/artefact-break';
import { drillArtefact, type DrillResult } from '#backup/drill';
import type { Waiting } from '#backup/pictures/qr-image';

export interface DrillInput {
  readonly source: ArtefactSource | Broken;
  /** Fingerprint of the key that has to come back. */
  readonly expected: string;
  /** What the key ring calls the artefact. */
  readonly name: Pick<KeyProof, 'location'> & { readonly artefact?: KeyProof['artefact'] };
}

export interface DrillReport {
  readonly drill: DrillResult;
  /** The proof was written down in the key ring, which has the key. */
  readonly recorded: boolean;
}

const outcomes: Readonly<Record<DrillResult['result'], string>> = {
  correct: 'restored the key',
  wrong: 'restored another key',
  invalid: 'restored no key',
};

/** Restores the key from an artefact, and from nothing else. A proof is written down where the key ring has the key. */
export async function drillBackup(
  workspace: Workspace | undefined,
  { source, expected, name }: DrillInput,
  { audit, ...waiting }: Pick<UseCaseContext, 'audit'> & Waiting,
): Promise<DrillReport> {
  const drill: DrillResult =
    'broken' in source
      ? { result: 'invalid', ...source.broken }
      : await drillArtefact(source, expected, waiting);
  const { location } = name;
  const artefact = name.artefact ?? ('broken' in source ? undefined : source.form);
  const isHeld = (await workspace?.readRing())?.keys.some((key) => key.fingerprint === expected);
  const recorded = drill.result === 'correct' && isHeld === true && artefact !== undefined;
  if (recorded) await workspace?.ringNotes.recordProof(expected, { artefact, location });
  await audit.after({
    ...(workspace && { environment: workspace.id }),
    action: 'backup drilled',
    detail: `${location} ${outcomes[drill.result]}`,
    outcome: drill.result === 'correct' ? 'done' : 'failed',
    fingerprint: expected,
  });
  return { drill, recorded };
}

/** Takes an artefact off the list of a key, because it is lost or was destroyed. Its file, if there is one, stays as it is. */
export async function forgetBackup(
  workspace: Workspace,
  fingerprint: string,
  artefact: Pick<KeyProof, 'artefact' | 'location'>,
  { audit }: Pick<UseCaseContext, 'audit'>,
): Promise<void> {
  await workspace.ringNotes.forgetArtefact(fingerprint, artefact);
  await audit.after({
    environment: workspace.id,
    action: 'backup taken off the list',
    detail: artefact.location,
    outcome: 'done',
    fingerprint,
  });
}
