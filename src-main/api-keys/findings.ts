import type { ApiKey, ApiKeyFinding } from '#contract/api-keys';
import { enumerated } from '#shared/enumerated';

const dayMs = 86_400_000;
/** A key that expires within this is about to. */
const soonDays = 30;
/** Unused for longer, nobody may miss it. */
const staleDays = 90;
/** A key that was made lately may not be in use yet. */
const settlingDays = 7;
/** Today's default, and what nobody should go below. */
const [goodCost, leastCost] = [12, 10];

/** Gravest first. */
const levels: readonly ApiKeyFinding['level'][] = ['stop', 'warn', 'note'];

/** A key without its findings, and what two rows may have in common. */
export interface JudgedKey {
  readonly key: Omit<ApiKey, 'findings'>;
  readonly hash: string;
}

/** What the table keeps of its keys: what it does not keep cannot be missing. */
export interface Kept {
  readonly expires: boolean;
  readonly lastUsed: boolean;
}

/** What there is to say of each key, in the order of the keys. Pure; dates are judged at `now`. */
export function findingsOf(rows: readonly JudgedKey[], kept: Kept, now: Date): ApiKeyFinding[][] {
  const hashes = countOf(rows.map(({ hash }) => hash));
  const names = countOf(rows.flatMap(({ key }) => (isInUse(key) ? (key.name ?? []) : [])));
  const found = rows.map(({ key, hash }) => [
    ...(key.unclear && !key.expired ? [unclearState(key.unclear)] : []),
    ...ofHash(key, hash, hashes),
    ...(key.active ? ofDates(key, kept, now) : []),
    ...(isInUse(key) && key.name !== undefined && (names.get(key.name) ?? 0) > 1 ? [sameName] : []),
  ]);
  return found.map((list) => list.sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level)));
}

function isInUse({ active, expired }: JudgedKey['key']): boolean {
  return active && !expired;
}

function ofHash(key: JudgedKey['key'], hash: string, hashes: ReadonlyMap<string, number>): ApiKeyFinding[] {
  const twice: ApiKeyFinding[] = (hashes.get(hash) ?? 0) > 1 ? [sameHash] : [];
  const { cost } = key;
  if (cost === undefined) return [...twice, unknownForm];
  if (!key.active || cost >= goodCost) return twice;
  const rounds = `its hash has cost ${cost}`;
  const remedy = 'replace it: a new key is hashed at cost 12';
  if (cost < leastCost) {
    const message = `${rounds}, so a stolen hash can be cracked ${2 ** (goodCost - cost)} times as fast as at cost ${goodCost}`;
    return [...twice, { code: 'weak-cost', level: 'stop', message, remedy }];
  }
  return [
    ...twice,
    { code: 'low-cost', level: 'note', message: `${rounds}; ${goodCost} is the current default`, remedy },
  ];
}

function ofDates(key: JudgedKey['key'], kept: Kept, now: Date): ApiKeyFinding[] {
  const found: ApiKeyFinding[] = [];
  const daysSince = (at: string) => Math.floor((now.getTime() - Date.parse(at)) / dayMs);
  if (key.expired) {
    const message = `it has expired but is still marked as active`;
    found.push({
      code: 'expired-active',
      level: 'warn',
      message,
      remedy: 'revoke it, or replace it if it is still needed',
    });
    return found;
  }
  if (key.expiresAt === undefined) {
    if (kept.expires) found.push(neverExpires);
  } else if (Date.parse(key.expiresAt) - now.getTime() <= soonDays * dayMs) {
    const left = Math.max(0, -daysSince(key.expiresAt) - 1);
    const message =
      left === 0 ? 'it expires within a day' : `it expires in ${left} day${left === 1 ? '' : 's'}`;
    found.push({
      code: 'expiring',
      level: 'warn',
      message,
      remedy: 'replace it, and give the new key to everyone who uses it',
    });
  }
  if (key.lastUsedAt !== undefined) {
    const unused = daysSince(key.lastUsedAt);
    const message = `it has not been used for ${unused} days`;
    if (unused >= staleDays)
      found.push({
        code: 'stale',
        level: 'warn',
        message,
        remedy: 'revoke it unless somebody still needs it',
      });
  } else if (kept.lastUsed && (key.createdAt === undefined || daysSince(key.createdAt) >= settlingDays)) {
    found.push(neverUsed);
  }
  return found;
}

const neverExpires: ApiKeyFinding = {
  code: 'no-expiry',
  level: 'note',
  message: 'it never expires',
  remedy: 'replace it with one that expires',
};

const neverUsed: ApiKeyFinding = {
  code: 'never-used',
  level: 'note',
  message: 'it has never been used',
  remedy: 'revoke it unless somebody is about to use it',
};

const sameHash: ApiKeyFinding = {
  code: 'duplicate-hash',
  level: 'stop',
  message: 'another row has the same hash, so it is the same key: revoking one leaves the other valid',
  remedy: 'revoke both, and create a separate key for each',
};

const sameName: ApiKeyFinding = {
  code: 'duplicate-name',
  level: 'note',
  message: 'another active key has the same name',
  remedy: 'give each its own name when you replace it',
};

function unclearState(why: readonly string[]): ApiKeyFinding {
  return {
    code: 'unclear-state',
    level: 'warn',
    message: `it cannot be determined whether it is active: ${enumerated(why)}`,
    remedy: 'find out how the application treats it',
  };
}

const unknownForm: ApiKeyFinding = {
  code: 'unknown-form',
  level: 'warn',
  message: 'its hash is not a bcrypt hash, so Keel cannot tell which key it belongs to',
  remedy: 'find out what wrote it; Ballast hashes its keys with bcrypt',
};

function countOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
