import { createHash } from 'node:crypto';
import { KeelError } from '#errors/keel-error';
import type { Subject } from '#procedures/rotation/wizard-memory';
import { formatCount } from '#shared/counted';

/** Remembers, until the app ends, which databases of each fleet were rehearsed, and with what. */
export interface FleetRehearsals {
  /** These were rehearsed too, however it ended for each. */
  keep(environment: string, subject: Subject, databases: readonly string[]): void;
  rehearsed(environment: string, subject: Subject): string[];
  /** Throws `rehearsal-missing` unless each was rehearsed with the same keys, columns and exclusions. */
  assertRehearsed(environment: string, subject: Subject, databases: readonly string[]): void;
}

export function createFleetRehearsals(): FleetRehearsals {
  const kept = new Map<string, { readonly digest: string; readonly databases: ReadonlySet<string> }>();
  const of = (environment: string, subject: Subject): ReadonlySet<string> => {
    const known = kept.get(environment);
    return known?.digest === digestOf(subject) ? known.databases : new Set();
  };
  return {
    keep(environment, subject, databases) {
      const all = new Set([...of(environment, subject), ...databases]);
      kept.set(environment, { digest: digestOf(subject), databases: all });
    },
    rehearsed: (environment, subject) => [...of(environment, subject)],
    assertRehearsed(environment, subject, databases) {
      const known = of(environment, subject);
      const missing = databases.filter((name) => !known.has(name));
      if (missing.length === 0) return;
      throw new KeelError(
        'rehearsal-missing',
        `${formatCount(missing.length)} of ${formatCount(databases.length)} databases have not been rehearsed with the same keys, columns and exclusions; nothing was changed`,
        'rehearse them first',
      );
    },
  };
}

function digestOf({ from, to, columns, excluded }: Subject): string {
  const text = JSON.stringify([from, to, columns, [...excluded].sort()]);
  return createHash('sha256').update(text).digest('hex');
}
