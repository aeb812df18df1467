import type { HandoffTarget } from '#contract/handoff';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { afterHandoff, findTarget, withTarget } from '#environments/remembered-targets';
import { lastCommitted } from '#records/last-rotation';
import type { UseCaseContext } from '#workspace/use-case';
import { type KnownWorkspace, loadActiveKey, type Workspace } from '#workspace/workspace';
import { expectedKey } from '#handoff/expected-key';
import type { PlannedChange } from '#handoff/key-change';
import { applyHandoff, describeTarget, planHandoff } from '#handoff/target';

/** A place, and what opens it. The caller disposes the token. */
export interface HandoffInput {
  readonly target: HandoffTarget;
  readonly token?: Secret | undefined;
}

/** What stands at a place, or does now. */
export interface HandoffReport extends PlannedChange {
  readonly target: HandoffTarget;
  readonly where: string;
  /** Fingerprint of the active key. */
  readonly fingerprint: string;
  readonly upToDate: boolean;
}

/** What became of a place. */
export interface HandedOff extends HandoffReport {
  /** Fingerprint of the key that stood there before, where it was one. */
  readonly before?: string;
  /** The key was written; it stood there already otherwise. */
  readonly written: boolean;
  /** The place was kept in the settings; a full disk may stand against that, which does not undo what was written. */
  readonly remembered: boolean;
}

/** What a hand-off of the active key would change at a place. Changes nothing. Throws `key-unproven` and what the place does. */
export async function previewHandoff(
  workspace: Workspace,
  { target, token }: HandoffInput,
): Promise<HandoffReport> {
  using key = await loadActiveKey(workspace);
  return reportOf(target, await planHandoff(target, key, { token }), key);
}

/**
 * Writes the active key to a place where Ballast reads it, reads it back, and remembers the place. It is asked for before, and
 * noted before the key leaves this machine. Throws `key-unproven`, what the confirmation throws and what the place does; nothing was changed there then.
 */
export async function handOff(
  workspace: KnownWorkspace,
  { target, token }: HandoffInput,
  { audit, confirm }: Pick<UseCaseContext, 'audit' | 'confirm'>,
): Promise<HandedOff> {
  using key = await loadActiveKey(workspace);
  const { fingerprint } = key;
  const { keys } = await workspace.readRing();
  const { holds: before } = await planHandoff(target, key, { token });
  const expected = expectedKey(keys, before, fingerprint);
  const written = before !== fingerprint;
  const noted = { environment: workspace.id, detail: describeTarget(target), fingerprint };
  if (written) {
    const place = describeTarget(target);
    await confirm({ of: 'hand-off', fingerprint, place, ...(before !== undefined && { before }) });
    // what cannot be noted does not leave; a file of this machine stays possible on a full disk, since Ballast waits for it
    if (leavesMachine(target))
      await audit.before({ ...noted, action: 'handing off a key begun', outcome: 'done' });
  }
  const { diffMasked } = await applyHandoff(target, expected, key, { token }).catch(
    async (error: unknown) => {
      if (written && leavesMachine(target))
        await audit.after({ ...noted, action: 'handing off a key broke off', outcome: 'failed' });
      throw error;
    },
  );
  if (written) await audit.after({ ...noted, action: 'key handed off', outcome: 'done' });
  const remembered = await remember(workspace, target, fingerprint, before);
  const report = reportOf(target, { holds: fingerprint, diffMasked }, key);
  return { ...report, ...(before !== undefined && { before }), written, remembered };
}

/** Notes that the admin has brought the key to Ballast in a way that Keel did not see. */
export async function confirmHandoff(
  workspace: KnownWorkspace,
  { audit }: Pick<UseCaseContext, 'audit'>,
): Promise<void> {
  await workspace.change(await handedOffRotation(workspace));
  const detail = 'as the admin says';
  await audit.after({ environment: workspace.id, action: 'key handed off', detail, outcome: 'done' });
}

/** Whether the key goes to another program or another machine, which may keep it whatever comes back. */
export function leavesMachine(target: HandoffTarget): boolean {
  return target.kind === 'vault' || !('path' in target);
}

async function remember(
  workspace: KnownWorkspace,
  target: HandoffTarget,
  fingerprint: string,
  before: string | undefined,
): Promise<boolean> {
  const named = afterHandoff(target, fingerprint, before);
  try {
    const handed = await handedOffRotation(workspace);
    await workspace.change((settings) => ({ targets: withTarget(settings.targets, named), ...handed }));
    return true;
  } catch {
    return false;
  }
}

/** The last rotation, as one that Ballast knows of now. */
async function handedOffRotation({ records }: Workspace): Promise<{ handedOff?: string }> {
  const last = lastCommitted(await records.list());
  return last ? { handedOff: last.id } : {};
}

function reportOf(
  target: HandoffTarget,
  change: PlannedChange,
  { fingerprint }: Pick<EncryptionKey, 'fingerprint'>,
): HandoffReport {
  const upToDate = change.holds === fingerprint;
  return { ...change, target, where: describeTarget(target), fingerprint, upToDate };
}

/** Whether this place was named before. */
export function isRemembered({ settings }: KnownWorkspace, target: HandoffTarget): boolean {
  return findTarget(settings.targets, target) !== undefined;
}
