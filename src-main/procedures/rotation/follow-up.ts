import type { Recovered, Recovery } from '#rotation/settle-rotations';
import { recover } from '#rotation/use-cases/recover';
import { rewriteStragglers, sweep } from '#rotation/use-cases/sweep';
import { undo } from '#rotation/use-cases/undo';
import { censusForWindow } from '#procedures/proof/census';
import { inWindowWords } from '#procedures/act-text';
import { confirmWith } from '#procedures/consent/confirm-with';
import type { Implementations } from '#procedures/implementations';
import { lockTimeoutMs, type RotationPorts } from './procedures.ts';
import { acceptedStops, reportTo } from './plan.ts';
import { windowAudit, windowContext } from '#procedures/window-context';
import { rememberedRun } from './remembered-run.ts';

type Names = `rotation.${'undo' | 'sweep' | 'sweepRewrite' | 'recover'}`;

/** What comes after a rotation: going back, stragglers, and what a crash left behind. */
export function followUpProcedures({
  workspaces,
  memory,
  note,
  changed,
}: RotationPorts): Pick<Implementations, Names> {
  const audit = windowAudit(note);
  return {
    async 'rotation.undo'({ environment, accepted: codes, rehearse }, work) {
      using workspace = await workspaces.open(environment, work);
      const accepted = acceptedStops(codes);
      try {
        const { onSubject, ended, rehearsedRows } = rememberedRun(memory, environment, {
          purpose: 'undo',
          accepted,
          rehearsal: rehearse,
        });
        const result = await undo(
          workspace,
          {
            excluded: [],
            accepted,
            lockTimeoutMs,
            rehearsal: rehearse,
            onSubject,
            onPreflight: () => {},
          },
          windowContext({
            audit,
            signal: work.signal,
            onProgress: reportTo(work, rehearse),
            confirm: confirmWith(work.consent, workspace, () => ({ rows: rehearsedRows() })),
          }),
        );
        ended(result);
        return result;
      } finally {
        if (!rehearse) changed();
      }
    },

    async 'rotation.sweep'({ environment }, work) {
      using workspace = await workspaces.open(environment, work);
      const { stragglers, ambiguous, census, beyondReach } = await sweep(
        workspace,
        windowContext({
          audit,
          signal: work.signal,
          onProgress: ({ step, done, total }) => work.progress(sweepSteps[step], done, total),
        }),
      );
      changed();
      return { stragglers, ambiguous, census: censusForWindow(census), beyondReach };
    },

    async 'rotation.sweepRewrite'({ environment, accepted }, work) {
      using workspace = await workspaces.open(environment, work);
      try {
        return await rewriteStragglers(
          workspace,
          { accepted: acceptedStops(accepted), lockTimeoutMs, onPreflight: () => {} },
          windowContext({
            audit,
            signal: work.signal,
            onProgress: reportTo(work, false),
            confirm: confirmWith(work.consent, workspace),
          }),
        );
      } finally {
        changed();
      }
    },

    async 'rotation.recover'({ environment }, work) {
      using workspace = await workspaces.open(environment, work);
      try {
        const recovery = await recover(
          workspace,
          windowContext({
            audit,
            signal: work.signal,
            onProgress: ({ done }) => work.progress('checking the outcome in the database', done),
            confirm: confirmWith(work.consent, workspace),
          }),
        );
        // what could not be settled at all is a failure like others, which offers to try again
        if (recovery.failure && recovery.recovered.length === 0) throw recovery.failure;
        return recoveryForWindow(recovery);
      } finally {
        changed();
      }
    },
  };
}

const sweepSteps = {
  sweep: 'searching for rows encrypted with the old key',
  census: 'reading every cell of the database',
} as const;

function recoveryForWindow(recovery: Recovery) {
  const { recovered, dropped, undropped, active, agrees, under, corrected } = recovery;
  const problem = recovery.failure ?? recovery.untried;
  return {
    outcomes: recovered.map(outcomeForWindow),
    dropped,
    ...(undropped && { undropped: { ...undropped, tables: [...undropped.tables] } }),
    ...(active && { activeKey: active.fingerprint }),
    ...(active?.proof && { verdict: active.proof.verdict }),
    ...(agrees !== undefined && { agrees }),
    ...(under !== undefined && { under }),
    ...(corrected && { correctedFrom: corrected.from }),
    ...(problem && { problem: `${problem.message}; ${inWindowWords(problem.remedy)}` }),
  };
}

/** What became of a run, and the key that Ballast's rows are under now. */
function outcomeForWindow({ record: { id, purpose, from, to }, outcome }: Recovered) {
  // a sweep brings late rows to a key that was the right one before
  return { id, outcome, purpose, rightKey: purpose === 'sweep' || outcome === 'committed' ? to : from };
}
