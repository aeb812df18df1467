import { randomInt } from 'node:crypto';
import { decryptMaster, encryptMaster } from './cipher.ts';
import type { Slip39Share } from './mnemonic.ts';
import { maxShares, recoverSecret, shareSecret } from './sharing.ts';

/** How many of how many groups are needed, and of each how many of how many members. */
export interface SplitTerms {
  readonly groupThreshold: number;
  readonly groups: readonly { readonly threshold: number; readonly count: number }[];
  readonly passphrase?: string;
  readonly isExtendable?: boolean;
  readonly iterationExponent?: number;
}

/**
 * Splits a master secret of 16 bytes or more, evenly many, into shares (SLIP-0039): those of each group. Throws RangeError for terms
 * that no set can have. The caller wipes the secret and the shares' values.
 */
export async function splitSecret(secret: Uint8Array, terms: SplitTerms): Promise<Slip39Share[][]> {
  const { groupThreshold, groups, passphrase = '', isExtendable = false, iterationExponent = 0 } = terms;
  assertSecret(secret);
  assertGroups(terms);
  const cipher = { identifier: randomInt(2 ** 15), isExtendable, iterationExponent };
  const shared = await encryptMaster(secret, passphrase, cipher);
  const groupSecrets: Buffer[] = [];
  try {
    groupSecrets.push(...shareSecret(groupThreshold, groups.length, shared));
    return groups.map(({ threshold, count }, groupIndex) =>
      shareSecret(threshold, count, groupSecrets[groupIndex] as Buffer).map((value, memberIndex) => ({
        ...cipher,
        groupIndex,
        groupThreshold,
        groupCount: groups.length,
        memberIndex,
        memberThreshold: threshold,
        value,
      })),
    );
  } finally {
    for (const bytes of [shared, ...groupSecrets]) bytes.fill(0);
  }
}

/**
 * The master secret of exactly as many shares as are needed: so many of so many groups. Undefined where they are not, do not belong
 * together, or one was altered. A wrong passphrase gives another secret. The caller wipes the secret and the shares' values.
 */
export async function combineShares(
  shares: readonly Slip39Share[],
  passphrase = '',
): Promise<Buffer | undefined> {
  const [first] = shares;
  if (!first || !shares.every((share) => isOfSameSet(share, first))) return undefined;
  const groups = new Map<number, Slip39Share[]>();
  for (const share of shares) groups.set(share.groupIndex, [...(groups.get(share.groupIndex) ?? []), share]);
  if (groups.size !== first.groupThreshold) return undefined;
  const wiped: Buffer[] = [];
  try {
    const points = [];
    for (const [x, members] of groups) {
      const values = recoverGroup(members);
      if (!values) return undefined;
      wiped.push(values);
      points.push({ x, values });
    }
    const shared = recoverSecret(points);
    if (!shared) return undefined;
    wiped.push(shared);
    return await decryptMaster(shared, passphrase, first);
  } finally {
    for (const bytes of wiped) bytes.fill(0);
  }
}

function recoverGroup(members: readonly Slip39Share[]): Buffer | undefined {
  const threshold = members[0]?.memberThreshold;
  const isWhole = members.length === threshold && members.every((one) => one.memberThreshold === threshold);
  const areDistinct = new Set(members.map(({ memberIndex }) => memberIndex)).size === members.length;
  if (!isWhole || !areDistinct) return undefined;
  return recoverSecret(members.map(({ memberIndex, value }) => ({ x: memberIndex, values: value })));
}

function isOfSameSet(a: Slip39Share, b: Slip39Share): boolean {
  return (
    a.identifier === b.identifier &&
    a.isExtendable === b.isExtendable &&
    a.iterationExponent === b.iterationExponent &&
    a.groupThreshold === b.groupThreshold &&
    a.groupCount === b.groupCount &&
    a.value.length === b.value.length
  );
}

function assertSecret({ length }: Uint8Array): void {
  if (length < 16 || length % 2 !== 0) throw new RangeError(`${length} bytes cannot be split`);
}

function assertGroups({ groups, iterationExponent = 0 }: SplitTerms): void {
  if (groups.length > maxShares) throw new RangeError(`${groups.length} groups are more than 16`);
  if (groups.some(({ threshold, count }) => threshold === 1 && count > 1)) {
    throw new RangeError('with a threshold of 1 a group has one member');
  }
  if (!(iterationExponent >= 0 && iterationExponent <= 15)) {
    throw new RangeError('the iteration exponent is from 0 to 15');
  }
}
