import { createHash } from 'node:crypto';
import type { Census } from '#census/census-result';
import type { Finding, RotationResult } from '#contract/rotation';
import { KeelError } from '#errors/keel-error';
import type { AcceptableStop } from '#rewrite/finding';

/** What a run is about: another key, column or exclusion makes it another one. */
export interface Subject {
  readonly purpose: 'rotate' | 'undo';
  readonly from: string;
  readonly to: string;
  readonly columns: readonly unknown[];
  readonly excluded: readonly string[];
}

/** A subject, and the stops that were taken on for it. */
export interface Basis extends Subject {
  readonly accepted: readonly AcceptableStop[];
  /** Places that stay as they are, by name. */
  readonly left?: readonly string[];
  /** Other places under the old key are searched for in samples only. */
  readonly sampled?: boolean;
}

interface Kept {
  readonly subject: string;
  readonly basis: string;
  preflight?: {
    readonly at: string;
    readonly findings: Finding[];
    readonly accepted: string[];
    readonly left: string[];
    readonly sampled: boolean;
  };
  rehearsal?: RotationResult;
}

/** Remembers, until the app ends, what was examined and rehearsed for each environment. */
export interface WizardMemory {
  keepPreflight(environment: string, basis: Basis, findings: Finding[]): void;
  keepRehearsal(environment: string, basis: Basis, result: RotationResult): void;
  /** What was kept last for this very subject, whatever was taken on for it. */
  recall(environment: string, subject: Subject): Pick<Kept, 'preflight' | 'rehearsal'>;
  /** Throws `rehearsal-missing` unless the very same was rehearsed. */
  assertRehearsed(environment: string, basis: Basis): void;
  /** Keeps what the last preflight of this subject read of the whole database. */
  keepCensus(environment: string, subject: Subject, census: Census): void;
  /** Undefined where another key, column or exclusion is the subject now. */
  recallCensus(environment: string, subject: Subject): Census | undefined;
  forget(environment: string): void;
}

export function createWizardMemory(): WizardMemory {
  const kept = {
    rotate: new Map<string, Kept>(),
    undo: new Map<string, Kept>(),
  } as const;
  const censuses = new Map<string, { readonly subject: string; readonly census: Census }>();
  const entryFor = (environment: string, basis: Basis): Kept => {
    const known = kept[basis.purpose].get(environment);
    const digest = basisDigest(basis);
    if (known?.basis === digest) return known;
    const fresh = { subject: subjectDigest(basis), basis: digest };
    kept[basis.purpose].set(environment, fresh);
    return fresh;
  };
  return {
    keepPreflight(environment, basis, findings) {
      const at = new Date().toISOString();
      entryFor(environment, basis).preflight = {
        at,
        findings,
        accepted: [...basis.accepted],
        left: [...(basis.left ?? [])],
        sampled: basis.sampled ?? false,
      };
    },
    keepRehearsal(environment, basis, result) {
      entryFor(environment, basis).rehearsal = result;
    },
    recall(environment, subject) {
      const known = kept[subject.purpose].get(environment);
      if (known?.subject !== subjectDigest(subject)) return {};
      const { subject: _, basis: __, ...rest } = known;
      return rest;
    },
    assertRehearsed(environment, basis) {
      const known = kept[basis.purpose].get(environment);
      if (known?.rehearsal && known.basis === basisDigest(basis)) return;
      throw new KeelError(
        'rehearsal-missing',
        `this ${basis.purpose === 'undo' ? 'undo' : 'rotation'} has not been rehearsed with the same keys, columns, exclusions and accepted risks; nothing was changed`,
        'rehearse it first',
      );
    },
    keepCensus(environment, subject, census) {
      censuses.set(environment, { subject: subjectDigest(subject), census });
    },
    recallCensus(environment, subject) {
      const known = censuses.get(environment);
      return known?.subject === subjectDigest(subject) ? known.census : undefined;
    },
    forget(environment) {
      censuses.delete(environment);
      kept.rotate.delete(environment);
      kept.undo.delete(environment);
    },
  };
}

/** What a run is about, as one text. */
export function subjectDigest({ from, to, columns, excluded }: Subject): string {
  return digestOf([from, to, columns, [...excluded].sort()]);
}

/** The same, with the risks that were accepted, the places left out, and whether it rests on samples. */
export function basisDigest({ accepted, left = [], sampled = false, ...subject }: Basis): string {
  // who is connected is another matter at every run, and changes nothing of what it does
  const takenOn = accepted.filter((code) => code !== 'other-sessions').sort();
  return digestOf([subjectDigest(subject), takenOn, [...left].sort(), sampled]);
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
