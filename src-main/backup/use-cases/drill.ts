import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import type { KeyProof, ShareSet } from '#contract/key-record';
import { readerOfChosen } from '#applications/applications';
import type { ArtefactSource } from '#backup/artefact';
import type { Broken } from '#backup/artefact-break';
import { type DrillResult, testArtefact } from '#backup/drill';
import {
  changeShareSets,
  isSameSet,
  markSet,
  recordTestedSet,
  setOf,
  type SetOfShares,
  setsOf,
} from '#keyring/share-sets';
import { artefactInWords, copiesOf } from '#keyring/key-copies';
import type { Waiting } from '#backup/pictures/qr-image';

export interface DrillInput {
  readonly source: ArtefactSource | Broken;
  /** Fingerprint of the key that has to come back. */
  readonly expected: string;
  /** What the key ring calls the artefact; where that depends on what was in it, on the set that the shares are of. */
  readonly name: DrilledName | ((tested: SetOfShares | undefined) => DrilledName);
}

type DrilledName = Pick<KeyProof, 'location'> & { readonly artefact?: KeyProof['artefact'] };

export interface DrillReport {
  readonly drill: DrillResult;
  /** The proof was written down in the key ring, which has the key. */
  readonly recorded: boolean;
  /** The set that the shares are of, as the register has it now. */
  readonly set?: ShareSet;
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
  const { drill, set }: Awaited<ReturnType<typeof testArtefact>> =
    'broken' in source
      ? { drill: { result: 'invalid', ...source.broken } }
      : await testArtefact(source, expected, {
          ...waiting,
          ...(workspace?.settings && { reader: readerOfChosen(workspace.settings.application) }),
        });
  const named = typeof name === 'function' ? name(set) : name;
  const { location } = named;
  const artefact = named.artefact ?? ('broken' in source ? undefined : source.form);
  const isHeld = (await workspace?.readRing())?.keys.some((key) => key.fingerprint === expected);
  const recorded = drill.result === 'correct' && isHeld === true && artefact !== undefined;
  if (recorded) await workspace?.ringNotes.recordProof(expected, { artefact, location });
  const known = set && isHeld && workspace ? await registerTested(workspace, expected, set) : undefined;
  await audit.after({
    ...(workspace && { environment: workspace.id }),
    action: 'backup drilled',
    detail: `${location} ${outcomes[drill.result]}`,
    outcome: drill.result === 'correct' ? 'done' : 'failed',
    fingerprint: expected,
  });
  return { drill, recorded, ...(known && { set: known }) };
}

/** Dates the shares in the register; undefined where a set of the same name has other shares. */
async function registerTested(
  workspace: Workspace,
  fingerprint: string,
  tested: SetOfShares,
): Promise<ShareSet | undefined> {
  const ring = await changeShareSets(workspace, (state, at) =>
    recordTestedSet(state, fingerprint, tested, at),
  );
  const known = setOf(ring, tested.set);
  return isSameSet(known, tested) ? known : undefined;
}

/** Takes an artefact off the list of a key, because it is lost or was destroyed; the sets of shares made there are void. Its file, if there is one, stays as it is. Throws what the confirmation throws. */
export async function forgetBackup(
  workspace: Workspace,
  fingerprint: string,
  artefact: Pick<KeyProof, 'artefact' | 'location'>,
  { confirm, audit }: Pick<UseCaseContext, 'confirm' | 'audit'>,
): Promise<void> {
  const what = artefactInWords(artefact);
  const key = (await workspace.readRing()).keys.find((one) => one.fingerprint === fingerprint);
  const tested = key !== undefined && copiesOf(key).some((copy) => copy.what === what && copy.tested);
  await confirm({ of: 'forget-backup', fingerprint, what, tested });
  await workspace.ringNotes.forgetArtefact(fingerprint, artefact);
  const gone = setsOf(await workspace.readRing()).filter(
    (set) => set.fingerprint === fingerprint && set.location === artefact.location && set.standing !== 'void',
  );
  const mark = { standing: 'void', reason: 'taken off the list of backups' } as const;
  for (const { set } of gone)
    await changeShareSets(workspace, (ring, at) => markSet(ring, fingerprint, set, mark, at));
  await audit.after({
    environment: workspace.id,
    action: 'backup taken off the list',
    detail: artefact.location,
    outcome: 'done',
    fingerprint,
  });
}
