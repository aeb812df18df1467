import { counted } from '#shared/counted';
import type { EncryptedColumn } from '#contract/inventory';
import type { Finding } from '#contract/rotation';
import { isAddable } from '../../../components/census-text.ts';

/** What the admin took on: stops by their code, and places that stay as they are by their names. */
export interface AcceptedStops {
  readonly accepted: readonly string[];
  readonly left: readonly string[];
}

/** Stops that are taken on place by place, so that a further place is a stop again. */
const byPlace: readonly string[] = [
  'unlisted-columns',
  'left-under-old-key',
  'nested-values',
  'nested-under-old-key',
  'not-read',
  'left-unread',
];

/** The names of the places that taking this stop on leaves as they are; undefined where it is taken on by its code. */
export function placesToLeave({ code, places }: Finding): string[] | undefined {
  if (!places || !byPlace.includes(code)) return undefined;
  return [...new Set(places.map(({ name }) => name))];
}

/** The entries that would settle this stop: in place of what is listed where that is in another form, else next to it. */
export function entriesToAdd(
  { code, level, places }: Finding,
  inventory: readonly EncryptedColumn[],
): EncryptedColumn[] {
  if (level !== 'stop') return [];
  const entries: EncryptedColumn[] = [];
  for (const { proposal } of places ?? []) {
    const others = code === 'other-form' ? entries : [...inventory, ...entries];
    if (proposal && isAddable(proposal, others)) entries.push(proposal);
  }
  return entries;
}

/** The places of a finding that a value which the admin knows can settle. */
export function placesToProve({ places = [] }: Finding): { name: string; provable: EncryptedColumn }[] {
  return places.flatMap(({ name, provable }) => (provable ? [{ name, provable }] : []));
}

/** Whether the admin took this stop on. */
export function isAccepted(finding: Finding, { accepted, left }: AcceptedStops): boolean {
  const names = placesToLeave(finding);
  return names ? names.every((name) => left.includes(name)) : accepted.includes(finding.code);
}

/** Stops that are neither mended nor taken on. */
export function openStops(findings: readonly Finding[], taken: AcceptedStops): Finding[] {
  return findings.filter((finding) => finding.level === 'stop' && !isAccepted(finding, taken));
}

export interface FindingGroups {
  readonly stops: readonly Finding[];
  /** Stops that the admin took on. */
  readonly accepted: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly passed: readonly Finding[];
}

/** Findings by what they ask of the admin. */
export function groupFindings(findings: readonly Finding[], taken: AcceptedStops): FindingGroups {
  return {
    stops: openStops(findings, taken),
    accepted: findings.filter((finding) => finding.level === 'stop' && isAccepted(finding, taken)),
    warnings: findings.filter(({ level }) => level === 'warn'),
    passed: findings.filter(({ level }) => level === 'pass'),
  };
}

/** One line over them, like `2 blockers, 1 accepted, 3 warnings, 14 passed`. */
export function findingsInWords({ stops, accepted, warnings, passed }: FindingGroups): string {
  return [
    stops.length > 0 ? counted(stops.length, 'blocker') : 'No blockers',
    ...(accepted.length > 0 ? [`${accepted.length} accepted`] : []),
    ...(warnings.length > 0 ? [counted(warnings.length, 'warning')] : []),
    `${passed.length} passed`,
  ].join(', ');
}
