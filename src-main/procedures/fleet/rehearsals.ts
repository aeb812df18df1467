import { KeelError } from '#errors/keel-error';
import { type Basis, basisDigest, type Subject, subjectDigest } from '#procedures/rotation/wizard-memory';
import { formatCount } from '#shared/counted';

/** Remembers, until the app ends, which databases of each fleet were rehearsed, and with what. */
export interface FleetRehearsals {
  /** These were rehearsed too, however it ended for each. */
  keep(environment: string, basis: Basis, databases: readonly string[]): void;
  /** With whatever risks accepted. */
  rehearsed(environment: string, subject: Subject): string[];
  /** Throws `rehearsal-missing` unless each was rehearsed with the same keys, columns, exclusions and accepted risks. */
  assertRehearsed(environment: string, basis: Basis, databases: readonly string[]): void;
}

interface Kept {
  readonly subject: string;
  readonly basis: string;
  readonly databases: ReadonlySet<string>;
}

export function createFleetRehearsals(): FleetRehearsals {
  const kept = new Map<string, Kept>();
  const ofBasis = (environment: string, basis: Basis): ReadonlySet<string> => {
    const known = kept.get(environment);
    return known?.basis === basisDigest(basis) ? known.databases : new Set();
  };
  return {
    keep(environment, basis, databases) {
      const all = new Set([...ofBasis(environment, basis), ...databases]);
      kept.set(environment, {
        subject: subjectDigest(basis),
        basis: basisDigest(basis),
        databases: all,
      });
    },
    rehearsed(environment, subject) {
      const known = kept.get(environment);
      return known?.subject === subjectDigest(subject) ? [...known.databases] : [];
    },
    assertRehearsed(environment, basis, databases) {
      const known = ofBasis(environment, basis);
      const missing = databases.filter((name) => !known.has(name));
      if (missing.length === 0) return;
      throw new KeelError(
        'rehearsal-missing',
        `${formatCount(missing.length)} of ${formatCount(databases.length)} databases have not been rehearsed with the same keys, columns, exclusions and accepted risks; nothing was changed`,
        'rehearse them first',
      );
    },
  };
}
