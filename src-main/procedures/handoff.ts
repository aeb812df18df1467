import { readFile } from 'node:fs/promises';
import type { EncryptionKey } from '#crypto/encryption-key';
import { applyEnvChange, planEnvChange } from '#handoff/env-file';
import { KeelError } from '#errors/keel-error';
import { committedForWindow, lastCommitted } from './committed-rotation.ts';
import type { Implementations } from './implementations.ts';
import { noteEffect, type NoteActivity } from './note-activity.ts';
import type { Workspace, Workspaces } from './workspaces.ts';

export interface HandoffPorts {
  readonly workspaces: Workspaces;
  readonly note: NoteActivity;
  readonly changed: () => void;
  /** Throws `file-not-chosen` for a path that no native dialog named. */
  readonly assertChosen: (path: string) => void;
}

const variable = 'ENCRYPTION_KEY';

/** Brings the active key to where Ballast reads it. What the window sees of a file is masked. */
export function handoffProcedures(
  ports: HandoffPorts,
): Pick<Implementations, `handoff.${'state' | 'preview' | 'apply' | 'confirm'}`> {
  const { workspaces, note, changed, assertChosen } = ports;

  const openFor = async (environment: string, path: string) => {
    const workspace = await workspaces.open(environment);
    if (workspace.settings.envFile !== path) assertChosen(path);
    return workspace;
  };

  return {
    async 'handoff.state'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { settings } = workspace;
      const { keys } = await workspace.readRing();
      const active = keys.find(({ state }) => state === 'active');
      const last = lastCommitted(await workspace.records.list());
      return {
        ...(active && { active: active.fingerprint }),
        ...(settings.envFile !== undefined && { envFile: settings.envFile }),
        ...(last && last.to === active?.fingerprint && { last: committedForWindow(last, settings) }),
        retired: keys
          .filter(({ state }) => state === 'retired')
          .map(({ fingerprint, retiredAt }) => ({ fingerprint, ...(retiredAt && { retiredAt }) })),
      };
    },

    async 'handoff.preview'({ environment, path }) {
      using workspace = await openFor(environment, path);
      using key = await activeKey(workspace);
      const { diffMasked, oldFingerprint } = await plan(path, key);
      return described(path, diffMasked, oldFingerprint, key.fingerprint);
    },

    async 'handoff.apply'({ environment, path }) {
      using workspace = await openFor(environment, path);
      using key = await activeKey(workspace);
      const { keys } = await workspace.readRing();
      const { oldFingerprint } = await plan(path, key);
      // a file may be behind by several rotations, but it must hold a key that this environment was under
      const wasInUse = keys.some(
        ({ fingerprint, state }) =>
          fingerprint === oldFingerprint && (state === 'active' || state === 'retired'),
      );
      const last = keys.findLast(({ state }) => state === 'retired')?.fingerprint ?? key.fingerprint;
      const expected = wasInUse ? oldFingerprint : last;
      const applied = await applyEnvChange(path, variable, expected, key);
      // the file holds the new key by now
      await handedOff(workspace)
        .then((last) => workspace.change({ envFile: path, ...last }))
        .catch(() => undefined);
      await noteEffect(note, {
        environment,
        action: 'key handed off',
        detail: applied.path,
        outcome: 'done',
        fingerprint: key.fingerprint,
      });
      changed();
      return described(path, applied.diffMasked, key.fingerprint, key.fingerprint);
    },

    async 'handoff.confirm'({ environment }) {
      using workspace = await workspaces.open(environment);
      await workspace.change(await handedOff(workspace));
      await note({ environment, action: 'key handed off', detail: 'as the admin says', outcome: 'done' });
      changed();
      return {};
    },
  };
}

async function plan(path: string, key: EncryptionKey) {
  const text = await readFile(path, 'latin1').catch((error: NodeJS.ErrnoException) => {
    throw new KeelError(
      'key-file-unreadable',
      `${path} cannot be read (${error.code}); it was not changed`,
      'check the path and its permissions',
      { cause: error },
    );
  });
  return planEnvChange(text, variable, key.toBase64(), path);
}

async function activeKey(workspace: Workspace) {
  const active = (await workspace.readRing()).keys.find(({ state }) => state === 'active');
  if (active) return (await workspace.environment()).keyRing.load(active.fingerprint);
  throw new KeelError(
    'key-unproven',
    'no key of this environment has been proven yet; nothing was changed',
    'prove the key first',
  );
}

/** The last rotation, as one that Ballast knows of now. */
async function handedOff(workspace: Workspace): Promise<{ handedOff?: string }> {
  const last = lastCommitted(await workspace.records.list());
  return last ? { handedOff: last.id } : {};
}

function described(path: string, diffMasked: string, holds: string | undefined, wanted: string) {
  return { path, variable, ...(holds && { holds }), diffMasked, upToDate: holds === wanted };
}
