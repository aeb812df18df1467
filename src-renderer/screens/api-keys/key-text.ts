import type { ApiKey, ApiKeyFinding, ApiKeyVerification } from '#contract/api-keys';
import type { Tone } from '../../components/marks/badge.tsx';
import type { NoticeTone } from '../../components/notices/notice.tsx';
import { formatCount } from '#shared/counted';

/** A finding in a word or two, for a badge. */
const words: Readonly<Record<ApiKeyFinding['code'], string>> = {
  'duplicate-hash': 'Duplicate key',
  'weak-cost': 'Weak hash',
  'low-cost': 'Low cost',
  'unknown-form': 'Unknown hash',
  'unclear-state': 'State unknown',
  'expired-active': 'Still marked active',
  expiring: 'Expires soon',
  stale: 'Stale',
  'never-used': 'Never used',
  'no-expiry': 'No expiry',
  'duplicate-name': 'Duplicate name',
};

export function findingWord({ code }: ApiKeyFinding): string {
  return words[code];
}

const tones: Readonly<Record<ApiKeyFinding['level'], Tone>> = { stop: 'stop', warn: 'warn', note: 'quiet' };

export function findingTone({ level }: ApiKeyFinding): Tone {
  return tones[level];
}

/** Whether it needs attention, beyond what the columns say. */
export function needsLook({ findings }: ApiKey): boolean {
  return findings.some(({ level }) => level !== 'note');
}

export function keyStatus({ active, unclear, expired }: Pick<ApiKey, 'active' | 'unclear' | 'expired'>): {
  readonly word: string;
  readonly tone: Tone;
} {
  if (unclear && !expired) return { word: 'Unknown', tone: 'warn' };
  if (!active && !unclear) return { word: 'Revoked', tone: 'quiet' };
  return expired ? { word: 'Expired', tone: 'warn' } : { word: 'Active', tone: 'good' };
}

/** One line about all of them, like `5 active, 2 revoked · 3 need attention`. */
export function summary(keys: readonly ApiKey[]): string {
  if (keys.length === 0) return 'No keys yet';
  const count = (holds: (key: ApiKey) => boolean) => keys.filter(holds).length;
  const parts = [
    [count((key) => key.active && !key.expired), 'active'],
    [count(({ unclear, expired }) => unclear !== undefined && !expired), 'unknown'],
    [count(({ active, unclear, expired }) => expired && (active || unclear !== undefined)), 'expired'],
    [count(({ active, unclear }) => !active && unclear === undefined), 'revoked'],
  ] as const;
  const states = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  const look = count(needsLook);
  return `${states.join(', ')}${look > 0 ? ` · ${look} need${look === 1 ? 's' : ''} attention` : ''}`;
}

/** What came of verifying a key. */
export function verdictWords({ match, tried, ruledOut, unverifiable }: ApiKeyVerification): {
  readonly tone: NoticeTone;
  readonly title: string;
  readonly remedy: string;
} {
  if (match && match.active && !match.expired) {
    return {
      tone: 'good',
      title: `This is ${match.label}. Ballast accepts it.`,
      remedy: 'Nothing was changed.',
    };
  }
  if (match) {
    if (match.unclear && !match.expired) {
      return {
        tone: 'warn',
        title: `This is ${match.label}, but it cannot be determined whether it is active.`,
        remedy: `${match.unclear.join('; ')}: find out how the application treats it.`,
      };
    }
    const why = match.active || match.unclear ? 'it has expired' : 'it is revoked';
    return {
      tone: 'stop',
      title: `This is ${match.label}, but ${why}.`,
      remedy: 'Anyone who uses it needs a new key.',
    };
  }
  const compared = tried === 1 ? 'the one key' : `any of the ${tried} keys`;
  const left = [
    ...(ruledOut > 0 ? [`${rows(ruledOut)} skipped because another key’s prefix is stored there`] : []),
    ...(unverifiable > 0 ? [`${rows(unverifiable)} skipped because the hash is not bcrypt`] : []),
  ];
  return {
    tone: 'stop',
    title:
      tried === 0
        ? 'There was no hash to compare it with.'
        : `It does not match ${compared} it was compared with.`,
    remedy:
      left.length > 0 ? `${left.join('; ')}.` : 'It belongs to another Ballast, or its row was deleted.',
  };
}

function rows(count: number): string {
  return count === 1 ? '1 row was' : `${formatCount(count)} rows were`;
}
