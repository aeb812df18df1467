import { createHash } from 'node:crypto';
import type { Finding, RotationResult } from '#contract/rotation';
import { KeelError } from '#errors/keel-error';

/** What a preflight or rehearsal was about; another key, column or exclusion makes it another one. */
export interface Basis {
  readonly from: string;
  readonly to: string;
  readonly columns: readonly unknown[];
  readonly excluded: readonly string[];
}

interface Kept {
  readonly basis: string;
  preflight?: { readonly at: string; readonly findings: Finding[]; readonly accepted: string[] };
  rehearsal?: RotationResult;
}

/** Remembers, until the app ends, what was looked at and rehearsed for each environment. */
export interface WizardMemory {
  /** `accepted`: the stops that were taken on for it. */
  keepPreflight(environment: string, basis: Basis, findings: Finding[], accepted: readonly string[]): void;
  keepRehearsal(environment: string, basis: Basis, result: RotationResult): void;
  /** What was kept for this very basis. */
  recall(environment: string, basis: Basis): Omit<Kept, 'basis'>;
  /** Throws `rehearsal-missing` unless the very same was rehearsed. */
  assertRehearsed(environment: string, basis: Basis): void;
  forget(environment: string): void;
}

export function createWizardMemory(): WizardMemory {
  const kept = new Map<string, Kept>();
  const entryFor = (environment: string, basis: Basis): Kept => {
    const digest = digestOf(basis);
    const known = kept.get(environment);
    if (known?.basis === digest) return known;
    const fresh = { basis: digest };
    kept.set(environment, fresh);
    return fresh;
  };
  return {
    keepPreflight(environment, basis, findings, accepted) {
      const at = new Date().toISOString();
      entryFor(environment, basis).preflight = { at, findings, accepted: [...accepted] };
    },
    keepRehearsal(environment, basis, result) {
      entryFor(environment, basis).rehearsal = result;
    },
    recall(environment, basis) {
      const { basis: _, ...rest } = entryFor(environment, basis);
      return rest;
    },
    assertRehearsed(environment, basis) {
      if (entryFor(environment, basis).rehearsal) return;
      throw new KeelError(
        'rehearsal-missing',
        'this rotation has not been rehearsed with the same keys, columns and exclusions; nothing was changed',
        'rehearse it first',
      );
    },
    forget: (environment) => void kept.delete(environment),
  };
}

function digestOf({ from, to, columns, excluded }: Basis): string {
  const text = JSON.stringify([from, to, columns, [...excluded].sort()]);
  return createHash('sha256').update(text).digest('hex');
}
