import type { PostureStatus } from '#contract/posture';
import type { PostureFacts } from '#posture/facts';
import { judgeApiKeys } from './judge-api-keys.ts';
import { judgeCredentials } from './judge-credentials.ts';
import { judgeKeys } from './judge-keys.ts';
import { judgeRest } from './judge-rest.ts';
import { judgeSelfHosting } from './judge-self-hosting.ts';
import { judgeTransit } from './judge-transit.ts';
import type { JudgedFinding } from '#posture/finding';
import { isWaived } from '#posture/waivers';

/** What the facts mean, for every row of Ballast's page on encryption. Pure: the same facts with another answer are judged anew. */
export function judgePosture(facts: PostureFacts): JudgedFinding[] {
  const found = [
    ...judgeTransit(facts),
    ...judgeRest(facts),
    ...judgeCredentials(facts),
    ...judgeApiKeys(facts),
    ...judgeKeys(facts),
  ];
  return [...found, ...judgeSelfHosting(facts, found)];
}

/** How many findings there are of each kind; one that is waived counts as that only. */
export function countFindings(
  findings: readonly Pick<JudgedFinding, 'status' | 'waiver'>[],
): Record<PostureStatus | 'waived', number> {
  const counts = { fail: 0, warn: 0, unknown: 0, pass: 0, waived: 0 };
  for (const finding of findings) counts[isWaived(finding) ? 'waived' : finding.status]++;
  return counts;
}
