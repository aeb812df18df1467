import type { PostureStatus } from '#contract/posture';
import type { PostureFacts } from '#posture/facts';
import { judgeApiKeys } from './judge-api-keys.ts';
import { judgeCredentials } from './judge-credentials.ts';
import { judgeKeys } from './judge-keys.ts';
import { judgeRest } from './judge-rest.ts';
import { judgeSelfHosting } from './judge-self-hosting.ts';
import { judgeTransit } from './judge-transit.ts';
import type { JudgedFinding } from '#posture/finding';

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

/** How many findings there are of each kind. */
export function countFindings(
  findings: readonly Pick<JudgedFinding, 'status'>[],
): Record<PostureStatus, number> {
  const counts = { fail: 0, warn: 0, unknown: 0, pass: 0 };
  for (const { status } of findings) counts[status]++;
  return counts;
}
