import type { ShareReport } from '#contract/backup';
import type { ReadShare, Share } from './share-mnemonic.ts';

/** What was given as one share: read, with what its comments say. */
export interface GivenShare {
  readonly name: string;
  readonly read: ReadShare;
  /** It is hardly made of the words of shares. */
  readonly isOther?: true;
  readonly holder?: string;
  /** `share 2 of 5`. A mnemonic itself does not know how many there are. */
  readonly of?: { readonly number: number; readonly count: number };
}

interface ShareMember {
  readonly given: GivenShare;
  readonly share: Share;
  /** Its entry in the reports. */
  readonly report: ShareReport;
}

/** Shares that belong together, each once, and what became of the others. */
export interface ShareSet {
  readonly members: readonly ShareMember[];
  /** In the order given; those that are good so far, and those that the comments of the others miss. */
  readonly reports: readonly ShareReport[];
  /** Shares of one set disagree on its terms, so that nothing can be combined (SLIP-0039, “Combining the shares”). */
  readonly isContradictory: boolean;
}

/**
 * Shares by the sets that they belong to: a set for each of which there may be enough, or else the one that most of them belong to. Pure.
 */
export function sortShares(given: readonly GivenShare[]): readonly [ShareSet, ...ShareSet[]] {
  const kins = given.flatMap(({ read }) => ('share' in read ? [read.share.kin] : []));
  const [first, ...more] = [...new Set(kins)].map((kin) => sortedBy(kin, given)).filter(isComplete);
  return first ? [first, ...more] : [sortedBy(mostFrequent(kins), given)];
}

/** Whether enough shares of enough groups are there. */
function isComplete({ members, isContradictory }: ShareSet): boolean {
  const [first] = members;
  if (!first || isContradictory) return false;
  const complete = inGroups(members.map(({ share }) => share)).filter(isEnough);
  return complete.length >= first.share.groupThreshold;
}

export function inGroups(shares: readonly Share[]): Share[][] {
  const groups = new Map<number, Share[]>();
  for (const share of shares) groups.set(share.groupIndex, [...(groups.get(share.groupIndex) ?? []), share]);
  return [...groups.values()];
}

export function isEnough(group: readonly Share[]): boolean {
  return group.length >= (group[0]?.memberThreshold ?? Number.POSITIVE_INFINITY);
}

/** One set, and what is damaged, foreign, given twice, or missing beside it. */
function sortedBy(kin: string | undefined, given: readonly GivenShare[]): ShareSet {
  const members: ShareMember[] = [];
  const reports: ShareReport[] = [];
  for (const one of given) {
    const report = (state: ShareReport['state'], message: string) =>
      reports.push({ ...who(one), state, message });
    if (!('share' in one.read)) {
      const { message, words } = one.read;
      if (one.isOther) {
        report('other', message);
        continue;
      }
      reports.push({ ...who(one), state: 'damaged', message, ...(words && { words }) });
      continue;
    }
    const { share } = one.read;
    const [first] = members;
    const twin = members.find((other) => isSamePlace(other.share, share));
    if (share.kin !== kin) report('foreign', foreignness(share, first?.share));
    else if (twin && isSameContent(twin.share, share))
      report('duplicate', `it is the same share as ${twin.given.name}`);
    else if (twin) report('damaged', `it has the same number as ${twin.given.name}, but different content`);
    else {
      const good: ShareReport = { ...who(one), state: 'good' };
      members.push({ given: one, share, report: good });
      reports.push(good);
    }
  }
  return {
    members,
    reports: [...reports, ...missing(members, given)],
    isContradictory: given.some(
      ({ read }) => 'share' in read && read.share.kin !== kin && read.share.setId === members[0]?.share.setId,
    ),
  };
}

function who({ name, read, holder, of }: GivenShare) {
  const number = 'share' in read ? read.share.number : of?.number;
  return { name, ...(number !== undefined && { number }), ...(holder !== undefined && { holder }) };
}

function isSamePlace(a: Share, b: Share): boolean {
  return a.groupIndex === b.groupIndex && a.memberIndex === b.memberIndex;
}

function isSameContent(a: Share, b: Share): boolean {
  return a.memberThreshold === b.memberThreshold && a.value.equals(b.value);
}

function foreignness({ setId }: Share, other: Share | undefined): string {
  if (!other) return `it belongs to set ${setId}, but most of the others do not`;
  if (setId !== other.setId) return `it belongs to set ${setId}, but the others to set ${other.setId}`;
  return `it claims to belong to set ${setId}, but was created with different parameters than the others`;
}

/** The value that stands most often; the first of equals. */
function mostFrequent(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function missing(members: ShareSet['members'], all: readonly GivenShare[]): ShareReport[] {
  const [first] = members;
  if (!first || members.some(({ share }) => share.groupIndex !== first.share.groupIndex)) return [];
  const count = Math.min(16, Math.max(0, ...members.map(({ given }) => given.of?.count ?? 0)));
  // a damaged one is there all the same, by what its comments say
  const damaged = all.flatMap(({ read, of }) => ('share' in read || !of ? [] : [of.number]));
  const there = new Set([...members.map(({ share }) => share.number), ...damaged]);
  return Array.from({ length: count }, (_, i) => i + 1)
    .filter((number) => !there.has(number))
    .map((number) => ({
      name: `share ${number} of ${count}`,
      number,
      state: 'missing',
      message: 'it is missing',
    }));
}
