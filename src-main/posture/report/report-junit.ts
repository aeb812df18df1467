import type { PostureFinding, PostureReport, PostureStatus } from '#contract/posture';
import { escaped } from './markup.ts';
import { isWaived } from '#posture/waivers';
import { byArea, sentence, waiverText } from './report-text.ts';

/**
 * The report as the XML of JUnit, which continuous integration shows as tests. What counts as a failure is `failing`; what is waived, or else could
 * not be checked, is skipped.
 */
export function reportAsJunit(
  { at, subject, findings }: PostureReport,
  failing: readonly PostureStatus[],
): string {
  const suites = byArea(findings).map(({ title, findings }) => {
    const cases = findings.map((finding) => testCase(title, finding, failing));
    return `  <testsuite ${named(title)} ${inNumbers(findings, failing)} timestamp="${at.slice(0, 19)}">\n${cases.join('\n')}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${named(`Encryption posture of ${subject}`)} ${inNumbers(findings, failing)}>
${suites.join('\n')}
</testsuites>
`;
}

function inNumbers(findings: readonly PostureFinding[], failing: readonly PostureStatus[]): string {
  const failures = findings.filter((finding) => isFailure(finding, failing)).length;
  const skipped = findings.filter((finding) => isSkipped(finding, failing)).length;
  return `tests="${findings.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function isFailure(finding: PostureFinding, failing: readonly PostureStatus[]): boolean {
  return failing.includes(finding.status) && !isWaived(finding);
}

function isSkipped(finding: PostureFinding, failing: readonly PostureStatus[]): boolean {
  return isWaived(finding) || (finding.status === 'unknown' && !failing.includes('unknown'));
}

function testCase(area: string, finding: PostureFinding, failing: readonly PostureStatus[]): string {
  const { id, title, status, seen, remedy } = finding;
  const message = escaped(
    [sentence(seen), waiverText(finding)].filter((part) => part !== undefined).join(' '),
  );
  const todo = remedy === undefined ? '' : escaped(sentence(remedy));
  const head = `    <testcase classname="${escaped(area)}" ${named(`${title} (${id})`)}`;
  if (isFailure(finding, failing))
    return `${head}>\n      <failure type="${status}" message="${message}">${todo}</failure>\n    </testcase>`;
  if (isSkipped(finding, failing)) return `${head}>\n      <skipped message="${message}"/>\n    </testcase>`;
  return `${head}>\n      <system-out>${message}${todo && ` ${todo}`}</system-out>\n    </testcase>`;
}

function named(name: string): string {
  return `name="${escaped(name)}"`;
}
