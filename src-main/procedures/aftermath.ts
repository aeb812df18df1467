import { readCatalog } from '#postgres/catalog';
import { resolveInventory } from '#postgres/table-target';
import { readIvProofs } from '#environments/iv-proofs';
import { assertNoStops } from '#rewrite/finding';
import { lastRotation } from '#rotation/last-rotation';
import { runPreflight } from '#rotation/preflight';
import { recover, type Recovered } from '#rotation/recover';
import { rotate } from '#rotation/rotate';
import { runRotation } from '#rotation/run';
import { openSession } from '#rewrite/session';
import { findStragglers, isAllClear } from '#rotation/sweep';
import { censusForWindow } from './census.ts';
import type { Implementations, Work } from './implementations.ts';
import { noteEffect } from './note-activity.ts';
import { lockTimeoutMs, type RotationPorts } from './rotation.ts';
import { acceptedStops, assertConfirmed, reportTo, resultForWindow } from './rotation-plan.ts';
import { endingTold, rememberCommitted } from './run-ending.ts';
import type { Basis } from './wizard-memory.ts';
import type { Workspace } from './workspaces.ts';

type Names = `rotation.${'undo' | 'sweep' | 'sweepRewrite' | 'recover'}`;

/** What comes after a rotation: going back, stragglers, and what a crash left behind. */
export function aftermathProcedures(ports: RotationPorts): Pick<Implementations, Names> {
  const { workspaces, memory, note, changed } = ports;

  /** A run over the columns of the last rotation, with both keys possibly present. */
  const rerun = async (
    workspace: Workspace,
    purpose: 'undo' | 'sweep',
    options: { readonly accepted: readonly string[]; readonly rehearsal: boolean },
    work: Work,
  ) => {
    const { rehearsal } = options;
    // what the rotation assumed of IVs, its undo and its sweep assume
    const accepted = [...acceptedStops(options.accepted), 'iv-assumed' as const];
    const environment = await workspace.environment();
    const last = await lastRotation(environment);
    const isUndo = purpose === 'undo';
    using from = await environment.keyRing.load(isUndo ? last.to : last.from);
    using to = await environment.keyRing.load(isUndo ? last.from : last.to);
    const basis: Basis = {
      purpose: 'undo',
      from: from.fingerprint,
      to: to.fingerprint,
      columns: last.inventory.columns,
      excluded: last.excluded,
      accepted,
    };
    if (isUndo && !rehearsal) memory.assertRehearsed(workspace.id, basis);
    const takeAmbiguousAsFrom = isUndo && accepted.includes('ambiguous-rows');
    const request = {
      inventory: last.inventory,
      keys: { from, to, toMayBePresent: true, takeAmbiguousAsFrom },
      excluded: last.excluded,
      // what both keys open is left by a sweep, which has told of it
      accepted: isUndo ? accepted : [...accepted, 'ambiguous-rows' as const],
      lockTimeoutMs,
      ivProofs: await readIvProofs(workspace.folder),
      known: { xid: last.cutover.xid, under: isUndo ? ('from' as const) : ('to' as const) },
      onProgress: reportTo(work, rehearsal),
      signal: work.signal,
    };
    work.progress('looking at the server', 0);
    await using session = await openSession((await workspace.database()).open);
    const preflight = await runPreflight(session, request);
    assertNoStops(preflight.findings);
    const result = rehearsal
      ? await runRotation(session, preflight, request, { rehearsal: true })
      : await rotate(session, preflight, { ...request, purpose }, environment);
    const told = resultForWindow(session.id, { from, to }, rehearsal, result);
    if (rehearsal) memory.keepRehearsal(workspace.id, basis, told);
    return told;
  };

  return {
    async 'rotation.undo'({ environment, accepted, rehearse, confirmation }, work) {
      using workspace = await workspaces.open(environment);
      if (!rehearse) assertConfirmed(workspace, confirmation);
      const options = { accepted, rehearsal: rehearse };
      if (rehearse) return await rerun(workspace, 'undo', options, work);
      return await endingTold(ports, { environment, run: 'undo' }, async () => {
        const result = await rerun(workspace, 'undo', options, work);
        memory.forget(environment);
        await rememberCommitted(workspace, note, { result }, 'rotation undone');
        return result;
      });
    },

    async 'rotation.sweep'({ environment }, work) {
      using workspace = await workspaces.open(environment);
      const { keyRing, records, name } = await workspace.environment();
      const last = await lastRotation({ records, name });
      using from = await keyRing.load(last.from);
      using to = await keyRing.load(last.to);
      const client = await (await workspace.database()).open('keel sweep');
      let done = 0;
      try {
        const sweep = await findStragglers(client, {
          tables: resolveInventory(last.inventory, await readCatalog(client)),
          inventory: last.inventory,
          keys: { from, to, toMayBePresent: true, takeAmbiguousAsFrom: false },
          excluded: last.excluded,
          xid: last.cutover.xid,
          signal: work.signal,
          onRows: (count) => work.progress('looking for rows under the old key', (done += count)),
          onBytes: (read, total) => work.progress('reading every cell of the database', read, total),
        });
        const { stragglers, ambiguous, census } = sweep;
        if (isAllClear(sweep)) await records.advance(last, 'stragglers-clear');
        await noteEffect(note, {
          environment,
          action: 'stragglers swept',
          detail: `${stragglers} rows under the old key, ${ambiguous} values that both keys open`,
          outcome: isAllClear(sweep) ? 'done' : 'failed',
          fingerprint: last.from,
        });
        changed();
        return { stragglers, ambiguous, census: censusForWindow(census) };
      } finally {
        await client.end();
      }
    },

    async 'rotation.sweepRewrite'({ environment, accepted, confirmation }, work) {
      using workspace = await workspaces.open(environment);
      assertConfirmed(workspace, confirmation);
      return await endingTold(ports, { environment, run: 'rewriting of stragglers' }, async () => {
        const result = await rerun(workspace, 'sweep', { accepted, rehearsal: false }, work);
        await noteEffect(note, {
          environment,
          action: 'stragglers rewritten',
          detail: `${result.rows} rows under ${result.to} now`,
          outcome: 'done',
          fingerprint: result.to,
        });
        return result;
      });
    },

    async 'rotation.recover'({ environment }, work) {
      using workspace = await workspaces.open(environment);
      return await endingTold(ports, { environment, run: 'recovery' }, async () => {
        const opened = await workspace.environment();
        const client = await (await workspace.database()).open('keel recover');
        work.progress('asking the database what became of it', 0);
        try {
          const { recovered, dropped, undropped, active } = await recover(client, {
            ...opened,
            signal: work.signal,
          });
          const outcomes = recovered.map(outcomeForWindow);
          const words =
            outcomes.map(({ id, outcome }) => `${id} ${outcome}`).join(', ') || 'nothing was left open';
          await noteEffect(note, { environment, action: 'recovered', detail: words, outcome: 'done' });
          return {
            outcomes,
            dropped,
            ...(undropped && { undropped: { ...undropped, tables: [...undropped.tables] } }),
            ...(active && { activeKey: active.fingerprint, verdict: active.proof.verdict }),
          };
        } finally {
          await client.end();
        }
      });
    },
  };
}

/** What became of a run, and the key that Ballast's rows are under now. */
function outcomeForWindow({ record: { id, purpose, from, to }, outcome }: Recovered) {
  // a sweep brings late rows to a key that was the right one before
  return { id, outcome, purpose, rightKey: purpose === 'sweep' || outcome === 'committed' ? to : from };
}
