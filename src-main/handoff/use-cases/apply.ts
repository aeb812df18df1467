import type { HandoffTarget, RestartAdvice } from '#contract/handoff';
import type { Audit, AuditEntry } from '#audit/audit';
import type { EncryptionKey } from '#crypto/encryption-key';
import { afterHandoff, findTarget, withTarget } from '#environments/remembered-targets';
import { lastKeyChange } from '#records/key-change';
import { writeDurably } from '#storage/durable-file';
import type { UseCaseContext } from '#workspace/use-case';
import { entryOf } from '#keyring/key-states';
import { historyOf } from '#workspace/replace-active-key';
import { loadActiveKey } from '#workspace/ring-keys';
import type { KnownWorkspace, Workspace } from '#workspace/workspace';
import { expectedKey } from '#handoff/expected-key';
import { assertExpected, type PlannedChange } from '#handoff/key-change';
import { keepPlaces, type KnownPlaces } from '#handoff/known-places';
import { asReadBy } from '#handoff/key-text';
import { kubernetesPatch } from '#handoff/kubernetes-secret';
import { overridersOf, setsVariable } from '#handoff/overriding/overriders';
import { restartAdvice } from '#handoff/restart-advice';
import { applyHandoff, describeTarget, type HandoffAccess, planHandoff } from '#handoff/target';

/** A place, and what opens it. The caller disposes the token. */
export interface HandoffInput extends HandoffAccess {
  readonly target: HandoffTarget;
}

/** What stands at a place, or does now. */
export interface HandoffReport extends PlannedChange {
  readonly target: HandoffTarget;
  readonly where: string;
  /** Fingerprint of the active key. */
  readonly fingerprint: string;
  readonly upToDate: boolean;
  /** What makes Ballast read what stands there then. */
  readonly advice: RestartAdvice;
}

/** What became of a place. */
export interface HandedOff extends HandoffReport, KnownPlaces {
  /** Fingerprint of the key that stood there before, where it was one. */
  readonly before?: string;
  /** The key was written; it stood there already otherwise. */
  readonly written: boolean;
}

/**
 * What a hand-off of the active key would change at a place. Changes nothing. Throws what the hand-off would: `key-unproven`, `key-wrong`
 * and what the place does.
 */
export async function previewHandoff(
  workspace: Workspace,
  { target, ...access }: HandoffInput,
): Promise<HandoffReport> {
  using key = await keyToWrite(workspace);
  const plan = await planHandoff(target, key, access);
  const { keys } = await workspace.readRing();
  if (plan.holds !== key.fingerprint)
    assertExpected(describeTarget(target), plan, expectedKey(keys, plan.holds, key.fingerprint));
  return await reportOf(target, plan, key);
}

/** The place as it is, also where it holds what no hand-off would replace. Changes nothing. Throws what the place does. */
export async function lookAtPlace(
  workspace: Workspace,
  { target, ...access }: HandoffInput,
): Promise<HandoffReport> {
  using key = await keyToWrite(workspace);
  return await reportOf(target, await planHandoff(target, key, access), key);
}

/**
 * Writes the active key to a place where Ballast reads it, reads it back, and remembers the place. It is asked for before, and
 * noted before the key leaves this machine. A place that has the key is only remembered: nothing is written there, whatever a second look
 * would show. Throws `key-unproven`, what the confirmation throws and what the place does; nothing was changed there then.
 */
export async function handOff(
  workspace: KnownWorkspace,
  { target, ...access }: HandoffInput,
  context: Pick<UseCaseContext, 'audit' | 'confirm'>,
): Promise<HandedOff> {
  using key = await keyToWrite(workspace);
  const { fingerprint } = key;
  const plan = await planHandoff(target, key, access);
  const { holds: before } = plan;
  const written = before !== fingerprint;
  const change = written ? await writeKey(workspace, { key, target, access, before }, context) : plan;
  const named = afterHandoff(target, fingerprint, before);
  const known = await keepPlaces(workspace, fingerprint, (targets) => withTarget(targets, named));
  const report = await reportOf(target, { ...change, holds: fingerprint }, key);
  return { ...report, ...(before !== undefined && { before }), written, ...known };
}

/** Asks, and writes the key. No key gets to a place any other way. */
async function writeKey(
  workspace: KnownWorkspace,
  {
    key,
    target,
    access,
    before,
  }: {
    readonly key: EncryptionKey;
    readonly target: HandoffTarget;
    readonly access: HandoffAccess;
    /** Fingerprint of the key that is there. */
    readonly before: string | undefined;
  },
  { audit, confirm }: Pick<UseCaseContext, 'audit' | 'confirm'>,
): Promise<PlannedChange> {
  const { fingerprint } = key;
  const ring = await workspace.readRing();
  const expected = expectedKey(ring.keys, before, fingerprint);
  const noted = { environment: workspace.id, detail: describeTarget(target), fingerprint };
  const leaves = leavesMachine(target);
  await confirm({
    of: 'hand-off',
    key: historyOf(entryOf(ring, fingerprint)),
    destination: target,
    ...(before !== undefined && { before }),
  });
  // what cannot be noted does not leave; a file of this machine stays possible on a full disk, since Ballast waits for it
  if (leaves) await audit.before({ ...noted, action: 'handing off a key begun', outcome: 'done' });
  const applied = applyHandoff(target, expected, key, access);
  const {
    where,
    changed: _,
    ...change
  } = await (leaves ? applied.catch(notedAsBroken(audit, noted)) : applied);
  await audit.after({ ...noted, detail: where, action: 'key handed off', outcome: 'done' });
  return change;
}

/**
 * Writes a new file with a patch that gives a Kubernetes Secret the active key, for whoever applies it; no place is known by it. It is noted before
 * the key is in the file. Throws `key-unproven`, `file-exists`, `file-unwritable`; there is no file then.
 */
export async function writePatch(
  workspace: KnownWorkspace,
  { field, path }: { readonly field: string; readonly path: string },
  { audit, confirm }: Pick<UseCaseContext, 'audit' | 'confirm'>,
): Promise<{ readonly fingerprint: string }> {
  using key = await keyToWrite(workspace);
  const { fingerprint } = key;
  const history = historyOf(entryOf(await workspace.readRing(), fingerprint));
  await confirm({ of: 'hand-off', key: history, destination: { kind: 'kubernetes-patch', path, field } });
  const noted = { environment: workspace.id, detail: `a patch in ${path}`, fingerprint };
  await audit.before({ ...noted, action: 'handing off a key begun', outcome: 'done' });
  await writeDurably(path, kubernetesPatch(field, key), { mustBeNew: true }).catch(
    notedAsBroken(audit, noted),
  );
  await audit.after({ ...noted, action: 'key handed off', outcome: 'done' });
  return { fingerprint };
}

/** Notes that a hand-off broke off, and throws what broke it. */
function notedAsBroken(audit: Audit, noted: Omit<AuditEntry, 'action' | 'outcome'>) {
  return async (error: unknown): Promise<never> => {
    await audit.after({ ...noted, action: 'handing off a key broke off', outcome: 'failed' });
    throw error;
  };
}

/** Notes that the admin has brought the key to Ballast in a way that Keel did not see; nothing where that is known, or no key was changed. */
export async function confirmHandoff(
  workspace: KnownWorkspace,
  { audit }: Pick<UseCaseContext, 'audit'>,
): Promise<void> {
  const last = await lastKeyChange(workspace.folder);
  if (!last) return;
  const { id } = last.record;
  let isNew = false;
  await workspace.change(({ handedOff }) => {
    isNew = handedOff !== id;
    return { handedOff: id };
  });
  if (!isNew) return;
  const detail = 'as the admin says';
  await audit.after({ environment: workspace.id, action: 'key handed off', detail, outcome: 'done' });
}

/** Whether the key goes to another program or another machine, which may keep it whatever comes back. */
export function leavesMachine(target: HandoffTarget): boolean {
  return target.kind === 'vault' || !('path' in target);
}

async function reportOf(
  target: HandoffTarget,
  change: PlannedChange,
  key: EncryptionKey,
): Promise<HandoffReport> {
  const { fingerprint } = key;
  const upToDate = change.holds === fingerprint;
  const advice = restartAdvice(target, fingerprint);
  const cautions = [...(change.cautions ?? []), ...(await overridingCautions(target, key))];
  return { ...change, cautions, target, where: describeTarget(target), fingerprint, upToDate, advice };
}

/** A sentence for each file that sets the same variable, counts more, and does not hold the key. */
async function overridingCautions(target: HandoffTarget, key: EncryptionKey): Promise<string[]> {
  if (!setsVariable(target)) return [];
  const others = (await overridersOf(target, key)).filter(({ holds }) => holds !== key.fingerprint);
  return others.map(({ where, holds, removes }) => {
    if (removes)
      return `${where} removes ${target.variable}, so that the application does not get it from here: hand off the key to where the application reads it, or change the setting that removes it.`;
    const what = holds === undefined ? 'something that is not the active key' : `key ${holds}`;
    return `${where} sets ${target.variable} to ${what} and takes precedence: hand off the key there too, or remove ${target.variable} from it.`;
  });
}

/** Whether this place was named before. */
export function isRemembered({ settings }: KnownWorkspace, target: HandoffTarget): boolean {
  return findTarget(settings.targets, target) !== undefined;
}

/** The active key as the application of the environment reads it. The caller disposes it. Throws what `loadActiveKey` throws. */
async function keyToWrite(workspace: Workspace): Promise<EncryptionKey> {
  return asReadBy(workspace.settings, await loadActiveKey(workspace));
}
