import { counted, formatCount } from '#shared/counted';
import type { ConnectionsReport, ProbeCounts, ProbeOutcome, ProbeResult } from '#contract/connections';
import type { Tone } from '../../components/marks/badge.tsx';
import { asSentence } from '../../components/format.ts';

/** What became of credentials, in words. Pure. */

export interface OutcomeWords {
  readonly tone: Tone;
  /** Of one. */
  readonly word: string;
  /** Under the number of many. */
  readonly label: string;
}

export const outcomes: Readonly<Record<ProbeOutcome, OutcomeWords>> = {
  works: { tone: 'good', word: 'Works', label: 'work' },
  refused: { tone: 'stop', word: 'Refused', label: 'refused' },
  certificate: { tone: 'stop', word: 'Certificate', label: 'certificate problems' },
  unreachable: { tone: 'warn', word: 'Unreachable', label: 'unreachable' },
  'not-probed': { tone: 'quiet', word: 'Not tested', label: 'not tested' },
};

/** In the order in which they matter. */
export const outcomeOrder: readonly ProbeOutcome[] = [
  'refused',
  'certificate',
  'unreachable',
  'works',
  'not-probed',
];

/** One line on the whole. */
export function verdictOf({ counts, unopened }: Pick<ConnectionsReport, 'counts' | 'unopened'>): string {
  const tried = triedOf(counts);
  const left = unopened > 0 ? `; skipped ${counted(unopened, 'value')} that the key does not decrypt` : '';
  if (tried === 0) return `None could be tested${left}.`;
  if (counts.refused > 0)
    return `${counted(counts.refused, 'credential')} refused, of ${tried} tested${left}.`;
  const troubled = counts.certificate + counts.unreachable;
  if (troubled > 0)
    return `None was refused, but ${formatCount(troubled)} of ${formatCount(tried)} could not be checked${left}.`;
  return `All ${counted(tried, 'credential')} that could be tested work${left}.`;
}

function triedOf({ works, refused, certificate, unreachable }: ProbeCounts): number {
  return works + refused + certificate + unreachable;
}

/** Why, and what to do about it, from what the report says of its reasons. */
export function reasonInWords(
  { outcome, reason, caution }: Pick<ProbeResult, 'outcome' | 'reason' | 'caution'>,
  reasons: ConnectionsReport['reasons'],
): { readonly why: string; readonly remedy?: string } {
  const known = reasons.find((one) => one.reason === reason);
  // beside a refusal it is no news
  const also = caution === undefined || outcome !== 'works' ? '' : `; ${cautions[caution]}`;
  const why = asSentence(`${known?.why ?? reason}${also}`);
  return { why, ...(known?.remedy !== undefined && { remedy: asSentence(known.remedy) }) };
}

const cautions: Readonly<Record<NonNullable<ProbeResult['caution']>, string>> = {
  'not-encrypted': 'the connection is not encrypted',
  'not-verified': 'the connection is encrypted, but the server is not verified',
};

/** The results that a filter leaves: of one outcome, and with the words in their names. */
export function filtered(
  results: readonly ProbeResult[],
  outcome: ProbeOutcome | 'all',
  text: string,
): readonly ProbeResult[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return results.filter((result) => {
    if (outcome !== 'all' && result.outcome !== outcome) return false;
    const { name, source, probe, target, table, column, path, row } = result;
    const all = [name, source, probe, target, table, column, path, row].join(' ').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
