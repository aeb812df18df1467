import { columnPath } from '#shared/column-path';
import { formatCount } from '#shared/counted';
import { text } from '#errors/text';
import type { LayoutHint } from '#evidence/layout-hint';
import type { Proof } from '#proof/prove';
import type { ColumnResult } from '#rotation/run/run-result';
import type { Finding } from '#rewrite/finding';
import { inTerminalWords } from '#commands/act-text';
import type { Terminal, Tone } from '#commands/terminal';
import { textTable } from '#commands/text-table';

/** The columns of a proof as a table. */
export function proofTable(proof: Proof, { paint }: Terminal): string {
  const title = (text: string) => ({ title: text, align: 'right' as const });
  return textTable(
    [
      { title: 'column' },
      title('values'),
      title('proven'),
      title('short'),
      title('noise'),
      title('other format'),
      title('bits'),
    ],
    proof.columns.map((column) => [
      columnPath(column.entry),
      formatCount(column.rows),
      formatCount(column.proven),
      formatCount(column.inconclusive),
      formatCount(column.contradicted),
      formatCount(column.unrecognised),
      formatCount(column.bits),
    ]),
    paint,
  );
}

/** What a rotation did, as a table. */
export function resultTable(columns: readonly ColumnResult[], { paint }: Terminal): string {
  const title = (text: string) => ({ title: text, align: 'right' as const });
  return textTable(
    [{ title: 'column' }, title('rewritten'), title('unchanged'), title('bits')],
    columns.map((column) => [
      columnPath(column.entry),
      formatCount(column.rewritten),
      formatCount(column.left),
      formatCount(column.bits),
    ]),
    paint,
  );
}

const marks = { pass: '✓', warn: '!', stop: '✗' } as const;
const tones: Record<Finding['level'], Tone> = { pass: 'good', warn: 'warning', stop: 'bad' };

/** What preflight found in a database, a line each; what there is to do stands below. */
export function sayPreflight(database: string, findings: readonly Finding[], terminal: Terminal): void {
  terminal.say(`Preflight for ${database}\n`);
  for (const { level, message, remedy, accepted } of findings) {
    terminal.say(
      `  ${terminal.paint(tones[level], marks[level])} ${message}${accepted ? ' (accepted)' : ''}`,
    );
    if (level !== 'pass' && remedy)
      terminal.say(`    ${terminal.paint('dim', `→ ${inTerminalWords(remedy)}`)}`);
  }
  terminal.say();
}

/** What may be wrong with a layout, and what it should be. */
export function hintInWords({ seen, correct }: LayoutHint): string {
  return inTerminalWords(text`${seen}${correct ?? ''}`);
}

/** The column objects of `keel prove --json`. */
export function proofJson(proof: Proof): object[] {
  return proof.columns.map(({ entry, verdict, hint, ...statistics }) => ({
    schema: entry.schema,
    table: entry.table,
    column: entry.column,
    ...(entry.path && { path: entry.path }),
    rows: statistics.rows,
    proven: statistics.proven,
    contradicted: statistics.contradicted,
    inconclusive: statistics.inconclusive,
    unrecognised: statistics.unrecognised,
    bits: statistics.bits,
    verdict,
    ...(hint && { hint: hintInWords(hint) }),
  }));
}

/** Values within what others decrypt to, as `--json` has them. */
export function nestedJson({ within }: Proof): object[] {
  return (within?.nested ?? []).map(({ entry: { schema, table, column, path }, key, ...found }) => ({
    ...{ schema, table, column, ...(path !== undefined && { path }), key, ...found },
  }));
}

/** The column objects of `keel rotate --json`. */
export function resultJson(columns: readonly ColumnResult[]): object[] {
  return columns.map(({ entry, ...numbers }) => ({
    schema: entry.schema,
    table: entry.table,
    column: entry.column,
    ...(entry.path && { path: entry.path }),
    ...numbers,
  }));
}
