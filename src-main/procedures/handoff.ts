import { activeKeyOf } from '#shared/active-key';
import type { HandoffChange, HandoffTarget, RememberedTarget } from '#contract/handoff';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { expectedKey } from '#handoff/expected-key';
import type { PlannedChange } from '#handoff/key-change';
import { applyHandoff, describeTarget, planHandoff, takeBackHandoff } from '#handoff/target';
import { sessionsAround } from '#rotation/running-sessions';
import { committedForWindow, lastCommitted } from './committed-rotation.ts';
import {
  afterHandoff,
  findTarget,
  mayTakeBack,
  withoutTarget,
  withTarget,
} from '#environments/remembered-targets';
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

type Names = 'state' | 'preview' | 'apply' | 'takeBack' | 'forgetTarget' | 'running' | 'confirm';

/** Brings the active key to where Ballast reads it. What the window sees of a target is masked. */
export function handoffProcedures(ports: HandoffPorts): Pick<Implementations, `handoff.${Names}`> {
  const { workspaces, note, changed, assertChosen } = ports;

  const openFor = async (environment: string, target: HandoffTarget) => {
    const workspace = await workspaces.open(environment);
    if (!findTarget(workspace.settings.targets, target)) {
      if ('path' in target && target.kind !== 'vault') assertChosen(target.path);
      if ('caFile' in target && target.caFile !== undefined) assertChosen(target.caFile);
    }
    return workspace;
  };

  /** What stands at the target stays known even where the settings cannot be written. */
  const remember = async (
    workspace: Workspace,
    named: RememberedTarget,
    more: { handedOff?: string } = {},
  ) => {
    await workspace
      .change(({ targets }) => ({ targets: withTarget(targets, named), ...more }))
      .catch(() => undefined);
  };

  return {
    async 'handoff.state'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { settings } = workspace;
      const { keys } = await workspace.readRing();
      const active = activeKeyOf(keys);
      const last = lastCommitted(await workspace.records.list());
      return {
        ...(active && { active: active.fingerprint }),
        targets: settings.targets.map((one) => ({ ...one, where: describeTarget(one.target) })),
        ...(last && last.to === active?.fingerprint && { last: committedForWindow(last, settings) }),
        retired: keys
          .filter(({ state }) => state === 'retired')
          .map(({ fingerprint, retiredAt }) => ({ fingerprint, ...(retiredAt && { retiredAt }) })),
      };
    },

    async 'handoff.preview'({ environment, target, token: typed }) {
      using workspace = await openFor(environment, target);
      using key = await activeKey(workspace);
      using token = typedToken(typed);
      return described(target, await planHandoff(target, key, { token }), key.fingerprint);
    },

    async 'handoff.apply'({ environment, target, token: typed }) {
      using workspace = await openFor(environment, target);
      using key = await activeKey(workspace);
      using token = typedToken(typed);
      const { keys } = await workspace.readRing();
      const { holds } = await planHandoff(target, key, { token });
      const { where, diffMasked } = await applyHandoff(
        target,
        expectedKey(keys, holds, key.fingerprint),
        key,
        { token },
      );
      await remember(
        workspace,
        afterHandoff(target, key.fingerprint, holds),
        await handedOff(workspace).catch(() => ({})),
      );
      await noteEffect(note, {
        environment,
        action: 'key handed off',
        detail: where,
        outcome: 'done',
        fingerprint: key.fingerprint,
      });
      changed();
      return described(target, { holds: key.fingerprint, diffMasked }, key.fingerprint);
    },

    async 'handoff.takeBack'({ environment, target, token: typed }) {
      using workspace = await openFor(environment, target);
      const known = findTarget(workspace.settings.targets, target);
      const given = known && mayTakeBack(known) ? known.given : undefined;
      if (!given) throw nothingGiven(target);
      using active = await activeKey(workspace);
      using token = typedToken(typed);
      using before = await (await workspace.environment()).keyRing.load(given.before ?? given.fingerprint);
      await takeBackHandoff(target, { given: given.fingerprint, before }, { token });
      await workspace
        .change(({ targets }) => ({ targets: [...withoutTarget(targets, target), { target }] }))
        .catch(() => undefined);
      await noteEffect(note, {
        environment,
        action: 'hand-off taken back',
        detail: describeTarget(target),
        outcome: 'done',
        fingerprint: given.fingerprint,
      });
      changed();
      return described(target, await planHandoff(target, active, { token }), active.fingerprint);
    },

    async 'handoff.forgetTarget'({ environment, target }) {
      using workspace = await workspaces.open(environment);
      await workspace.change(({ targets }) => ({ targets: withoutTarget(targets, target) }));
      changed();
      return {};
    },

    async 'handoff.running'({ environment }) {
      using workspace = await workspaces.open(environment);
      const last = lastCommitted(await workspace.records.list());
      if (!last) throw neverRotated();
      const committedAt = last.history.find(({ state }) => state === 'committed')?.at ?? last.history[0]?.at;
      const client = await (await workspace.database()).open('keel hand-off');
      try {
        const { names, ...counts } = await sessionsAround(client, {
          id: last.id,
          committedAt: committedAt ?? new Date().toISOString(),
        });
        return { ...counts, names: [...names] };
      } finally {
        await client.end();
      }
    },

    async 'handoff.confirm'({ environment }) {
      using workspace = await workspaces.open(environment);
      await workspace.change(await handedOff(workspace));
      await noteEffect(note, {
        environment,
        action: 'key handed off',
        detail: 'as the admin says',
        outcome: 'done',
      });
      changed();
      return {};
    },
  };
}

async function activeKey(workspace: Workspace) {
  const active = activeKeyOf((await workspace.readRing()).keys);
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

function typedToken(typed: string | undefined): Secret | undefined {
  return typed === undefined ? undefined : new Secret(Buffer.from(typed, 'utf8'));
}

function described(
  target: HandoffTarget,
  { holds, diffMasked }: PlannedChange,
  wanted: string,
): HandoffChange {
  return {
    target,
    where: describeTarget(target),
    ...(holds && { holds }),
    diffMasked,
    upToDate: holds === wanted,
  };
}

function nothingGiven(target: HandoffTarget): KeelError {
  return new KeelError(
    'nothing-to-undo',
    `no earlier key that Keel replaced at ${describeTarget(target)} is known; nothing was changed`,
    'set the key there yourself, if it has to be another one',
  );
}

function neverRotated(): KeelError {
  return new KeelError(
    'nothing-to-undo',
    'no rotation of this environment is known, so there is no time to compare with',
    'rotate first',
  );
}
