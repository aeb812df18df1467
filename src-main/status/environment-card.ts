import { applicationInBriefOf } from '#applications/in-brief';
import { activeKeyOf } from '#shared/active-key';
import type { EnvironmentCard } from '#contract/environments';
import { isUnsettled } from '#records/rotation-state';
import { committedAt, lastKeyChange } from '#records/key-change';
import { drillDueAt, undrilledOf } from './drill-dates.ts';
import { nextAction } from './next-action.ts';
import { plannedKeys } from '#keyring/planned-keys';
import type { KnownWorkspace } from '#workspace/workspace';

/** What must still be typed for an environment in this session. */
export type Needs = EnvironmentCard['needs'];

/** An environment in short, with the one thing to do next. Reads files only, and no key. */
export async function environmentCard(
  workspace: KnownWorkspace & { readonly practice: boolean },
  needs: Needs,
  now: Date,
  drillEveryDays: number,
): Promise<EnvironmentCard> {
  const { id, settings, practice } = workspace;
  const { keys } = await workspace.readRing();
  const records = await workspace.records.list();
  const active = activeKeyOf(keys);
  // beside an active key only one that was made here waits for a rotation
  const { to } = plannedKeys(keys);
  const pending = active ? to : keys.findLast(({ state }) => state === 'pending');
  const proven = active?.proofs.at(-1);
  const { record: last, fleet = false } = (await lastKeyChange(workspace.folder)) ?? {};
  const { proof } = settings;
  const candidate = active ?? pending;
  const status = {
    id,
    name: settings.name,
    colour: settings.colour,
    production: settings.production,
    practice,
    address: settings.address,
    application: applicationInBriefOf(settings.application),
    keyPlace: settings.keyPlace,
    needs,
    ...(active && {
      activeKey: {
        fingerprint: active.fingerprint,
        createdAt: active.createdAt,
        ...(active.activatedAt && { activatedAt: active.activatedAt }),
        adopted: active.origin !== 'generated',
        ...(proven && {
          provenAt: proven.provenAt,
          provenArtefact: proven.artefact,
          drillDueAt: drillDueAt(proven.provenAt, drillEveryDays),
        }),
        undrilled: undrilledOf(active).length > 0,
      },
    }),
    ...(pending && { pendingKey: pending.fingerprint }),
    retiredKeys: keys.filter(({ state }) => state === 'retired').length,
    ...(proof && proof.fingerprint === candidate?.fingerprint && { proof: withoutFingerprint(proof) }),
    columns: settings.inventory.length,
    ...(settings.transport && { transport: settings.transport }),
    ...(last && {
      lastRotation: {
        id: last.id,
        at: committedAt(last),
        from: last.from,
        to: last.to,
        undone: last.purpose === 'undo',
        fleet,
        confirmed: last.state === 'confirmed',
        handedOff: settings.handedOff === last.id,
      },
    }),
  };
  const unsettled = records.some(({ state }) => isUnsettled(state));
  return { ...status, next: nextAction({ ...status, unsettled }, now) };
}

function withoutFingerprint<T extends { readonly fingerprint: string }>({ fingerprint: _, ...rest }: T) {
  return rest;
}
