import type { PostureFinding, PostureReport, PostureStatus } from '#contract/posture';
import { keelVersion } from '#storage/keel-version';
import { visible } from '#shared/visible-text';
import { isWaived } from '#posture/waivers';
import { sentence } from './report-text.ts';

/** SARIF 2.1.0, 3.27.9: what is no failure has no level. */
const results: Readonly<Record<PostureStatus, { readonly kind: string; readonly level: string }>> = {
  fail: { kind: 'fail', level: 'error' },
  warn: { kind: 'fail', level: 'warning' },
  unknown: { kind: 'open', level: 'none' },
  pass: { kind: 'pass', level: 'none' },
};

/** The report for tools that read the Static Analysis Results Interchange Format (OASIS SARIF 2.1.0). */
export function reportAsSarif({ at, subject, findings }: PostureReport): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Keel', version: keelVersion, rules: findings.map(ruleOf) } },
        invocations: [{ executionSuccessful: true, endTimeUtc: at }],
        results: findings.map((finding, ruleIndex) => ({
          ruleId: finding.id,
          ruleIndex,
          ...results[finding.status],
          message: { text: visible(sentence(finding.seen)) },
          suppressions: suppressionsOf(finding),
          locations: [{ logicalLocations: [{ name: visible(subject), kind: 'resource' }] }],
        })),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

/** Present in each result once it is in one (3.27.23); an ended waiver suppresses nothing. */
function suppressionsOf(finding: PostureFinding) {
  const { waiver } = finding;
  if (!waiver || !isWaived(finding)) return [];
  const justification = visible(`${waiver.reason} (until ${waiver.until})`);
  return [{ kind: 'external', status: 'accepted', justification }];
}

function ruleOf({ id, title, why, remedy }: PostureFinding) {
  return {
    id,
    shortDescription: { text: visible(title) },
    fullDescription: { text: visible(why) },
    ...(remedy !== undefined && { help: { text: visible(sentence(remedy)) } }),
  };
}
