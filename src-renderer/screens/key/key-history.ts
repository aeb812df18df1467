import type { KeyMemory } from '#contract/key-ring';
import type { KeyEntry } from '#contract/keys';

/** Key timeline of a ring, as a timeline shows it. Pure. */

/** From when to when rows were encrypted with a key. */
export interface KeyUse {
  readonly fingerprint: string;
  readonly state: KeyEntry['state'];
  readonly from: number;
  /** It was in use before that too, for nobody knows how long. */
  readonly before: boolean;
  /** Absent: it still is. */
  readonly to?: number;
}

export const keyEventKinds = [
  'made',
  'imported',
  'in use',
  'retired',
  'backup created',
  'backup tested',
  'destroyed',
] as const;
export type KeyEventKind = (typeof keyEventKinds)[number];

export interface KeyEvent {
  readonly at: number;
  readonly fingerprint: string;
  readonly kind: KeyEventKind;
  /** Of a backup: which one. */
  readonly of?: string;
}

export interface KeyHistory {
  readonly uses: readonly KeyUse[];
  /** Oldest first. */
  readonly events: readonly KeyEvent[];
}

/** What a key ring tells of the past. */
export function keyHistory(keys: readonly KeyEntry[], memories: readonly KeyMemory[]): KeyHistory {
  const uses: KeyUse[] = [];
  const events: KeyEvent[] = [];
  for (const key of keys) {
    const {
      fingerprint,
      state,
      origin,
      createdAt,
      activatedAt,
      retiredAt,
      proofs,
      made = [],
      earlier = [],
    } = key;
    const add = (kind: KeyEventKind, at: string | undefined, of?: string) => {
      if (at !== undefined) events.push({ at: Date.parse(at), fingerprint, kind, ...(of && { of }) });
    };
    add(origin === 'generated' ? 'made' : 'imported', createdAt);
    const times = [...earlier, ...(activatedAt === undefined ? [] : [{ activatedAt, retiredAt }])];
    for (const [at, time] of times.entries()) {
      add('in use', time.activatedAt);
      add('retired', time.retiredAt);
      const to = time.retiredAt === undefined ? {} : { to: Date.parse(time.retiredAt) };
      const before = at === 0 && origin !== 'generated';
      uses.push({ fingerprint, state, before, from: Date.parse(time.activatedAt), ...to });
    }
    for (const { location, madeAt } of made) add('backup created', madeAt, location);
    for (const { location, provenAt } of proofs) add('backup tested', provenAt, location);
    add('destroyed', memories.find((memory) => memory.fingerprint === fingerprint)?.destroyedAt);
  }
  return { uses, events: events.sort((a, b) => a.at - b.at) };
}
