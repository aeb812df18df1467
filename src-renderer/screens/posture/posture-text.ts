import type { PostureArea, PostureFinding, PostureStatus } from '#contract/posture';
import type { Tone } from '../../components/marks/badge.tsx';

/** The parts of Ballast's page, in the order in which an admin works them off. */
export const areas: readonly { readonly area: PostureArea; readonly title: string }[] = [
  { area: 'transit', title: 'Data in transit' },
  { area: 'rest', title: 'Data at rest' },
  { area: 'credentials', title: 'Credential encryption' },
  { area: 'api-keys', title: 'API key storage' },
  { area: 'keys', title: 'Key management' },
  { area: 'self-hosting', title: 'Self-hosting considerations' },
];

export const statusWords: Readonly<Record<PostureStatus, string>> = {
  pass: 'Pass',
  warn: 'Warning',
  fail: 'Fail',
  unknown: 'Unknown',
};

export const statusTones: Readonly<Record<PostureStatus, Tone>> = {
  pass: 'good',
  warn: 'warn',
  fail: 'stop',
  unknown: 'quiet',
};

/** Beside the tiles, which show one status each. */
export const filters = [
  { value: 'all', label: 'All' },
  { value: 'todo', label: 'To do' },
] as const;
export type Filter = (typeof filters)[number]['value'] | PostureStatus;

export function isShown(finding: PostureFinding, filter: Filter): boolean {
  const { status } = finding;
  if (filter === 'all') return true;
  if (isWaived(finding)) return false;
  return filter === 'todo' ? status === 'fail' || status === 'warn' : status === filter;
}

export function countOf(findings: readonly PostureFinding[], status: PostureStatus): number {
  return findings.filter((finding) => finding.status === status && !isWaived(finding)).length;
}

/** The admin accepted it until a day that is still to come. */
export function isWaived({ waiver }: PostureFinding): boolean {
  return waiver !== undefined && waiver.expired === undefined;
}

/** Until when a finding is accepted, and why; undefined for one that never was. */
export function waiverWords({ waiver }: PostureFinding): string | undefined {
  if (!waiver) return undefined;
  return waiver.expired
    ? `The waiver ended on ${waiver.until}, so this counts again: ${waiver.reason}`
    : `Waived until ${waiver.until}: ${waiver.reason}`;
}

/** What a group comes to: its worst, with how many are so; undefined where it is empty. */
export function worstOf(findings: readonly PostureFinding[]): { tone: Tone; words: string } | undefined {
  if (findings.length === 0) return undefined;
  for (const [status, one, many] of [
    ['fail', 'fails', 'fail'],
    ['warn', 'warning', 'warnings'],
    ['unknown', 'unknown', 'unknown'],
  ] as const) {
    const count = countOf(findings, status);
    if (count > 0) return { tone: statusTones[status], words: `${count} ${count === 1 ? one : many}` };
  }
  const waived = findings.filter(isWaived).length;
  if (waived > 0) return { tone: 'quiet', words: `${waived} waived` };
  return { tone: 'good', words: findings.length === 1 ? 'Passes' : 'All pass' };
}
