import type { ProbeCounts, ProbeOutcome, ProbeResult } from '#contract/connections';
import { probeOutcome } from '#contract/connections';

/** Of each outcome; a list that is longer than this is read by nobody. */
const maxOfOne = 2000;

/** What needs attention comes first. */
const order: readonly ProbeOutcome[] = ['refused', 'certificate', 'unreachable', 'works', 'not-probed'];

/** Counts everything, and keeps as many results as a person would look at. */
export class ProbeCounter {
  readonly #kept = new Map<ProbeOutcome, ProbeResult[]>(probeOutcome.options.map((outcome) => [outcome, []]));
  readonly #counts: Record<ProbeOutcome, number> = {
    works: 0,
    refused: 0,
    unreachable: 0,
    certificate: 0,
    'not-probed': 0,
  };

  add(result: ProbeResult): void {
    this.#counts[result.outcome]++;
    const kept = this.#kept.get(result.outcome) ?? [];
    if (kept.length < maxOfOne) kept.push(result);
  }

  get done(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  get counts(): ProbeCounts {
    return { ...this.#counts };
  }

  /** By outcome, within it by where they stand. */
  get results(): ProbeResult[] {
    return order.flatMap((outcome) => [...(this.#kept.get(outcome) ?? [])].sort(byPlace));
  }
}

function byPlace(a: ProbeResult, b: ProbeResult): number {
  return placeOf(a).localeCompare(placeOf(b), 'en', { numeric: true });
}

function placeOf({ source = '', schema, table, column, path = '', row }: ProbeResult): string {
  return [source, schema, table, column, path, row].join('\0');
}
