import { counted, formatCount } from '#shared/counted';
import type { ProbeOutcome, ProbeReport, ProbeResult } from '#contract/connections';
import type { Terminal, Tone } from '#commands/terminal';
import { textTable } from '#commands/text-table';

/** Rows of one outcome that are listed one by one; those that work are only counted. */
const maxListed = 40;

const headings: readonly (readonly [ProbeOutcome, Tone, string])[] = [
  ['refused', 'bad', 'Refused'],
  ['certificate', 'bad', 'Certificate problems'],
  ['unreachable', 'warning', 'Unreachable'],
  ['works', 'good', 'Works'],
  ['not-probed', 'dim', 'Not probed'],
];

/** What became of the credentials, by outcome: what needs attention row by row, the rest in numbers. */
export function sayConnections(
  { counts, results, reasons, unopened }: ProbeReport & { readonly unopened: number },
  terminal: Terminal,
): void {
  const words = new Map(reasons.map((one) => [one.reason, one]));
  for (const [outcome, tone, title] of headings) {
    const here = results.filter((result) => result.outcome === outcome);
    if (here.length === 0) continue;
    terminal.say(terminal.paint(tone, `${title} (${formatCount(counts[outcome])})`));
    const isListed = outcome !== 'works' && outcome !== 'not-probed';
    terminal.say(isListed ? listed(here, terminal) : summed(here, terminal));
    if (isListed && counts[outcome] > maxListed) {
      terminal.say(
        `  and ${formatCount(counts[outcome] - maxListed)} more; \`--json\` or \`--only\` shows them`,
      );
    }
    for (const reason of new Set(here.map((result) => result.reason))) {
      const { why = reason, remedy } = words.get(reason) ?? {};
      if (outcome === 'works' && remedy === undefined) continue;
      terminal.say(terminal.paint('dim', `  ${reason}: ${why}${remedy === undefined ? '' : ` → ${remedy}`}`));
    }
    terminal.say();
  }
  const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const tried = total - counts['not-probed'];
  const [tone, verdict] =
    counts.refused > 0
      ? (['bad', `${counted(counts.refused, 'credential')} refused`] as const)
      : (['good', 'none refused'] as const);
  terminal.say(
    `${terminal.paint(tone, verdict)}; ${formatCount(counts.works)} of ${counted(tried, 'tested credential')} work`,
  );
  if (unopened > 0) terminal.say(`Skipped: ${counted(unopened, 'value')} that the key does not decrypt.`);
}

function listed(results: readonly ProbeResult[], terminal: Terminal): string {
  const columns = ['source', 'row', 'server', 'why'].map((title) => ({ title }));
  const rows = results
    .slice(0, maxListed)
    .map((result) => [
      result.name ?? result.source ?? result.probe ?? '–',
      `${result.table} ${result.row}`,
      result.target ?? '–',
      result.reason,
    ]);
  return textTable(columns, rows, terminal.paint);
}

function summed(results: readonly ProbeResult[], terminal: Terminal): string {
  const hasCaution = results.some(({ caution }) => caution !== undefined);
  const sums = new Map<string, { readonly cells: readonly string[]; rows: number }>();
  for (const result of results) {
    const cells = [
      result.probe ?? result.source ?? result.kind,
      `${result.table}.${result.column}`,
      result.reason,
      ...(hasCaution ? [result.caution ?? ''] : []),
    ];
    const sum = sums.get(cells.join('\0')) ?? { cells, rows: 0 };
    sums.set(cells.join('\0'), { ...sum, rows: sum.rows + 1 });
  }
  const titles = ['credential', 'column', 'reason', ...(hasCaution ? ['caution'] : [])];
  return textTable(
    [...titles.map((title) => ({ title })), { title: 'values', align: 'right' }],
    [...sums.values()].map(({ cells, rows }) => [...cells, formatCount(rows)]),
    terminal.paint,
  );
}
