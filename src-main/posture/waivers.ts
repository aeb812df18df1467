import type { PostureFinding, PostureWaiver } from '#contract/posture';
import { severities } from './finding.ts';

type Waivable = Pick<PostureFinding, 'id' | 'title' | 'status'>;

/**
 * Findings with the waivers that were given for them: of the same name and title, and no worse than when it was waived. One that
 * has ended is named too, and its finding counts again.
 */
export function withWaivers<Finding extends Waivable>(
  findings: readonly Finding[],
  waivers: readonly PostureWaiver[],
  at: string,
): (Finding & Pick<PostureFinding, 'waiver'>)[] {
  return findings.map((finding) => {
    const given = waivers.findLast((waiver) => isOf(waiver, finding));
    if (!given || finding.status === 'pass') return finding;
    const { reason, until } = given;
    return { ...finding, waiver: { reason, until, ...(isOver(given, at) && { expired: true as const }) } };
  });
}

/** Whether a finding does not count, because the admin accepted it for now. */
export function isWaived({ waiver }: Pick<PostureFinding, 'waiver'>): boolean {
  return waiver !== undefined && waiver.expired === undefined;
}

/** A number of a key file or an endpoint may come to mean another one: its title tells. */
function isOf({ finding, title, status }: PostureWaiver, found: Waivable): boolean {
  return (
    finding === found.id &&
    title === found.title &&
    severities.indexOf(found.status) <= severities.indexOf(status)
  );
}

/** A waiver holds to the end of its last day, in UTC. */
function isOver({ until }: PostureWaiver, at: string): boolean {
  return at.slice(0, 10) > until;
}
