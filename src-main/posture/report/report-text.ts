import type { PostureArea, PostureFinding, PostureReport, PostureStatus } from '#contract/posture';
import { postureArea } from '#contract/posture';
import { countFindings } from '#posture/judge/judge-posture';
import { isWaived } from '#posture/waivers';

const areaTitles: Readonly<Record<PostureArea, string>> = {
  transit: 'Data in transit',
  rest: 'Data at rest',
  credentials: 'Credential encryption',
  'api-keys': 'API key storage',
  keys: 'Key management',
  'self-hosting': 'Self-hosting considerations',
};

export const statusWords: Readonly<Record<PostureStatus, string>> = {
  fail: 'Fail',
  warn: 'Warning',
  unknown: 'Unknown',
  pass: 'Pass',
};

/** Findings by area, in the order of Ballast's page. */
export function byArea(
  findings: readonly PostureFinding[],
): readonly { readonly title: string; readonly findings: readonly PostureFinding[] }[] {
  return postureArea.options
    .map((area) => ({
      title: areaTitles[area],
      findings: findings.filter((finding) => finding.area === area),
    }))
    .filter(({ findings }) => findings.length > 0);
}

/** Like `3 fail, 4 warnings, 5 not known, 21 pass`, and `, 1 waived` where there is one. */
export function inNumbers(findings: readonly Pick<PostureFinding, 'status' | 'waiver'>[]): string {
  const { fail, warn, unknown, pass, waived } = countFindings(findings);
  const rest = waived > 0 ? `, ${waived} waived` : '';
  return `${fail} fail, ${warn} warning${warn === 1 ? '' : 's'}, ${unknown} unknown, ${pass} pass${rest}`;
}

/** The status of a finding in a word; of a waived one, that it is. */
export function statusWord(finding: PostureFinding): string {
  return isWaived(finding) ? 'Waived' : statusWords[finding.status];
}

/** Until when a finding is accepted, and why; undefined for one that never was. */
export function waiverText({ status, waiver }: PostureFinding): string | undefined {
  if (!waiver) return undefined;
  const { reason, until, expired } = waiver;
  return expired
    ? `The waiver ended on ${until}, so this counts again: ${reason}`
    : `Waived until ${until} (${statusWords[status].toLowerCase()}): ${reason}`;
}

/** A message as a sentence. */
export function sentence(text: string): string {
  const capital = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.?:…]$/.test(capital) ? capital : `${capital}.`;
}

/** Like `2026-11-25 14:05 UTC`. */
export function momentOf({ at }: PostureReport): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}
