import { activeKeyOf } from '#shared/active-key';
import type { HandoffChange, HandoffTarget, NamedTarget } from '#contract/handoff';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import type { EnvironmentSettings } from '#environments/environment-settings';
import { withoutTarget } from '#environments/remembered-targets';
import { readTargets } from '#handoff/read-targets';
import { describeTarget } from '#handoff/target';
import {
  confirmHandoff,
  handOff,
  type HandoffReport,
  isRemembered,
  lookAtPlace,
} from '#handoff/use-cases/apply';
import { takeBack } from '#handoff/use-cases/take-back';
import { lastKeyChange } from '#records/key-change';
import { sessionsSinceCutover } from '#rotation/use-cases/running';
import type { Ports } from '#procedures/ports';
import { createConfirmedPlaces } from './confirmed-places.ts';
import { committedForWindow } from '#procedures/rotation/committed-rotation';
import { confirmWith } from '#procedures/consent/confirm-with';
import type { Implementations } from '#procedures/implementations';
import { windowAudit } from '#procedures/window-context';

export type HandoffPorts = Pick<Ports, 'workspaces' | 'note' | 'changed' | 'assertChosen'>;

type Names = 'state' | 'preview' | 'apply' | 'takeBack' | 'forgetTarget' | 'running' | 'confirm';

/** Brings the active key to where Ballast reads it. What the window sees of a target is masked. */
export function handoffProcedures(ports: HandoffPorts): Pick<Implementations, `handoff.${Names}`> {
  const { workspaces, changed, assertChosen } = ports;
  const audit = windowAudit(ports.note);

  const openFor = async (environment: string, target: HandoffTarget) => {
    const workspace = await workspaces.open(environment);
    if (!isRemembered(workspace, target)) {
      if ('path' in target && target.kind !== 'vault')
        assertChosen(target.path, ...(target.kind === 'systemd-credential' ? newPlaces : oldPlaces));
      if ('caFile' in target && target.caFile !== undefined) assertChosen(target.caFile, 'open-certificate');
    }
    return workspace;
  };
  const places = createConfirmedPlaces();

  return {
    async 'handoff.state'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { settings } = workspace;
      const { keys } = await workspace.readRing();
      const active = activeKeyOf(keys);
      const { record: last, fleet = false } = (await lastKeyChange(workspace.folder)) ?? {};
      return {
        ...(active && { active: active.fingerprint }),
        targets: await namedTargets(settings),
        fleet,
        ...(last && last.to === active?.fingerprint && { last: committedForWindow(last, settings) }),
        retired: keys
          .filter(({ state }) => state === 'retired')
          .map(({ fingerprint, retiredAt }) => ({ fingerprint, ...(retiredAt && { retiredAt }) })),
      };
    },

    async 'handoff.preview'({ environment, target, token: typed }, { consent }) {
      using workspace = await openFor(environment, target);
      await places.assertConfirmed(workspace, target, consent);
      using token = typedToken(typed);
      return described(await lookAtPlace(workspace, { target, token }));
    },

    async 'handoff.apply'({ environment, target, token: typed }, { consent }) {
      using workspace = await openFor(environment, target);
      await places.assertConfirmed(workspace, target, consent);
      using token = typedToken(typed);
      try {
        const confirm = confirmWith(consent, workspace);
        const report = await handOff(workspace, { target, token }, { audit, confirm });
        return { ...described(report), remembered: report.remembered };
      } finally {
        changed();
      }
    },

    async 'handoff.takeBack'({ environment, target, token: typed }, { consent }) {
      using workspace = await openFor(environment, target);
      await places.assertConfirmed(workspace, target, consent);
      using token = typedToken(typed);
      try {
        const confirm = confirmWith(consent, workspace);
        const { remembered } = await takeBack(workspace, { target, token }, { audit, confirm });
        return { ...described(await lookAtPlace(workspace, { target, token })), remembered };
      } finally {
        changed();
      }
    },

    async 'handoff.forgetTarget'({ environment, target }) {
      using workspace = await workspaces.open(environment);
      if (!isRemembered(workspace, target))
        throw new KeelError(
          'usage',
          'this destination is not listed, so there is nothing to forget; nothing was changed',
          'open the Hand-off screen again to reload the list',
        );
      await workspace.change(({ targets }) => ({ targets: withoutTarget(targets, target) }));
      // the list no longer says that an old key may be there: the log does
      await audit.after({
        environment,
        action: 'hand-off destination forgotten',
        detail: describeTarget(target),
        outcome: 'done',
      });
      changed();
      return {};
    },

    async 'handoff.running'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { names, ...counts } = await sessionsSinceCutover(workspace);
      return { ...counts, names: [...names] };
    },

    async 'handoff.confirm'({ environment }) {
      using workspace = await workspaces.open(environment);
      await confirmHandoff(workspace, { audit });
      changed();
      return {};
    },
  };
}

/** Files that hold a key, of which the admin said that Ballast reads it there, and a file that may be new. */
const oldPlaces = ['open-handoff', 'open-env'] as const;
const newPlaces = ['save-credential'] as const;

/** The places with what stands there now, as far as that can be seen without asking anybody. */
async function namedTargets(settings: EnvironmentSettings): Promise<NamedTarget[]> {
  const { targets } = settings;
  const read = await readTargets(targets, settings);
  return targets.map(({ holds: _, ...one }, at) => {
    const { where = '', holds } = read[at] ?? {};
    return { ...one, where, ...(holds !== undefined && { holds }) };
  });
}

function typedToken(typed: string | undefined): Secret | undefined {
  return typed === undefined ? undefined : new Secret(Buffer.from(typed, 'utf8'));
}

function described({ cautions = [], ...report }: HandoffReport): HandoffChange {
  const { target, where, holds, diffMasked, upToDate, advice } = report;
  return {
    target,
    where,
    ...(holds && { holds }),
    diffMasked,
    upToDate,
    cautions: [...cautions],
    advice,
  };
}
