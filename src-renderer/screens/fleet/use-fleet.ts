import { useState } from 'react';
import { inNaturalOrder } from '#shared/natural-order';
import { useCall } from '../../use-call.ts';
import { useClient } from '../../use-client.ts';
import { useOperation } from '../../use-operation.ts';
import type { Failure } from '#contract/shapes';
import { type FleetResult, leftOf, resultOfProof, resultOfRecorded, resultOfRun } from './fleet-text.ts';

/** The fleet of an environment: which databases there are, which are chosen, and what the last job came to. */
export function useFleet(environment: string) {
  const client = useClient();
  const state = useCall('fleet.state', { environment });
  const [like, setLike] = useState<string>();
  const found = useCall(
    'fleet.list',
    { environment, like: like ?? '%' },
    { enabled: like !== undefined, reloadOn: [] },
  );
  const proof = useOperation('fleet.prove', environment);
  const rotation = useOperation('fleet.rotate', environment);
  const undo = useOperation('fleet.undo', environment);
  const sweep = useOperation('fleet.sweep', environment);
  const recovery = useOperation('fleet.recover', environment);
  /** Those that were left out. */
  const [without, setWithout] = useState<ReadonlySet<string>>(new Set());

  /** When a database was given up or taken back last; the record tells more than an earlier run then. */
  const [changedAt, setChangedAt] = useState(0);
  /** Why it was not. */
  const [refused, setRefused] = useState<Failure>();

  const left = state.value ? leftOf(state.value) : [];
  const record = state.value?.record;
  const jobs = [proof, rotation, undo, sweep, recovery] as const;
  const latest = jobs.toSorted((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0))[0];
  const result: FleetResult | undefined =
    record && changedAt > (latest?.startedAt ?? 0)
      ? resultOfRun(record)
      : (resultOf() ?? (record && resultOfRun(record)));
  /** What the job that was started last came to. */
  function resultOf(): FleetResult | undefined {
    if (latest === proof) return proof.outcome?.ok ? resultOfProof(proof.outcome.value.databases) : undefined;
    if (latest === sweep)
      return sweep.outcome?.ok ? resultOfRecorded('sweep', sweep.outcome.value) : undefined;
    if (latest === recovery)
      return recovery.outcome?.ok ? resultOfRecorded('recover', recovery.outcome.value) : undefined;
    const { outcome } = latest === undo ? undo : rotation;
    return outcome?.ok ? resultOfRun(outcome.value) : undefined;
  }

  const givenUp = record?.givenUp?.map(({ name }) => name) ?? [];
  // what is not finished comes before what may be found
  const listed =
    left.length > 0
      ? [...(record?.databases.map(({ name }) => name) ?? []), ...givenUp]
      : found.value?.databases;
  const shown = listed ?? result?.lines.map(({ name }) => name);
  const names = shown && inNaturalOrder(shown);
  const over: ReadonlySet<string> = new Set([
    ...(left.length > 0 ? (names ?? []).filter((name) => !left.includes(name)) : []),
    ...givenUp,
  ]);
  const chosen = (names ?? []).filter((name) => !without.has(name) && !over.has(name));

  return {
    state,
    found,
    proof,
    rotation,
    undo,
    sweep,
    recovery,
    /** The job under way. */
    job: jobs.find(({ running }) => running),
    result,
    left,
    names,
    chosen,
    over,
    givenUp: new Set(givenUp),
    running: jobs.some(({ running }) => running),
    failure: refused ?? (latest?.outcome?.ok === false ? latest.outcome.error : undefined),
    giveUp: async (name: string, withdraw: boolean) => {
      const answer = await client.call('fleet.giveUp', { environment, databases: [name], withdraw });
      await state.reload();
      setRefused(answer.ok ? undefined : answer.error);
      if (answer.ok) setChangedAt(Date.now());
    },
    find: (pattern: string) => {
      setWithout(new Set());
      if (pattern === like) void found.reload();
      setLike(pattern);
    },
    choose: (name: string, on: boolean) => {
      const next = new Set(without);
      if (on) next.delete(name);
      else next.add(name);
      setWithout(next);
    },
  };
}
