import type { Finding } from '#contract/rotation';

/** Stops that are neither mended nor taken on. */
export function openStops(findings: readonly Finding[], accepted: readonly string[]): Finding[] {
  return findings.filter(({ level, code }) => level === 'stop' && !accepted.includes(code));
}

export interface FindingGroups {
  readonly stops: readonly Finding[];
  /** Stops that the admin took on. */
  readonly takenOn: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly passed: readonly Finding[];
}

/** Findings by what they ask of the admin. */
export function groupFindings(findings: readonly Finding[], accepted: readonly string[]): FindingGroups {
  return {
    stops: openStops(findings, accepted),
    takenOn: findings.filter(({ level, code }) => level === 'stop' && accepted.includes(code)),
    warnings: findings.filter(({ level }) => level === 'warn'),
    passed: findings.filter(({ level }) => level === 'pass'),
  };
}

/** One line over them, like `2 stops, 1 taken on, 3 warnings, 14 passed`. */
export function findingsInWords({ stops, takenOn, warnings, passed }: FindingGroups): string {
  const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
  return [
    stops.length > 0 ? counted(stops.length, 'stop') : 'No stop',
    ...(takenOn.length > 0 ? [`${takenOn.length} taken on`] : []),
    ...(warnings.length > 0 ? [counted(warnings.length, 'warning')] : []),
    `${passed.length} passed`,
  ].join(', ');
}
