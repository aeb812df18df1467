import { counted, formatCount } from '#shared/counted';
import type { EncryptedColumn } from '#contract/inventory';
import { leftDifferent, total, writable } from '#credentials/archive/archive-differences';
import { type ArchiveComparison, type Differing } from '#credentials/archive/compare-archive';
import { type Comparison, comparisons } from '#credentials/archive/compared-value';
import type { AcceptableImportStop } from '#credentials/archive/import-findings';
import type { ArchiveHeader } from '#credentials/archive/archive-form';
import { columnPath } from '#shared/column-path';
import type { Terminal } from '#commands/terminal';
import { textTable } from '#commands/text-table';
import { visible } from '#shared/visible-text';
import { obstacleWords } from '#shared/obstacle-text';

/** Where an archive comes from, for people. */
export function sayArchive(
  { environment, database, createdAt, fingerprint }: ArchiveHeader,
  terminal: Terminal,
) {
  const when = createdAt.replace('T', ' ').slice(0, 16);
  terminal.say(
    `Archive of ${visible(environment)} (${visible(database)}), created ${when} UTC with key ${fingerprint}\n`,
  );
}

/** The same in the form that `--json` promises. */
export function archiveJson({ environment, database, createdAt, fingerprint }: ArchiveHeader): object {
  return { environment, database, createdAt, fingerprint };
}

const words: Readonly<Record<Differing, string>> = {
  differs: 'differs from the archive',
  unopened: 'does not decrypt with the key',
  foreign: 'is not encrypted in its column’s format',
  valueMissing: 'no longer has a value',
  rowMissing: 'no longer has a row',
  added: 'is only in the database',
};

const titles: Readonly<Record<Comparison, string>> = {
  equal: 'equal',
  differs: 'differs',
  unopened: 'not decrypted',
  foreign: 'other format',
  valueMissing: 'no value',
  rowMissing: 'no row',
  added: 'new',
  left: 'left',
};

/**
 * What the credentials of a database are against an archive: a line a column, then those that are not the same. Kinds that do not
 * occur have no place in the table.
 */
export function sayComparison({ columns, differences }: ArchiveComparison, terminal: Terminal): void {
  const kinds = comparisons.filter((kind) => kind === 'equal' || total(columns, kind) > 0);
  terminal.say(
    textTable(
      [{ title: 'column' }, ...kinds.map((kind) => ({ title: titles[kind], align: 'right' as const }))],
      columns.map((column) => [columnPath(column.entry), ...kinds.map((kind) => formatCount(column[kind]))]),
      terminal.paint,
    ),
  );
  terminal.say();
  for (const { entry, row, leaf, comparison, obstacle } of differences) {
    const why = obstacle ? `; cannot be written back: ${obstacleWords[obstacle]}` : '';
    const name = columnPath({ ...entry, path: leaf ?? entry.path });
    terminal.say(`  ${name} ${row} ${words[comparison]}${why}`);
  }
  if (differences.length > 0) terminal.say();
}

/** What an import left different, and how to have it written. */
export function sayRemaining(
  imported: ArchiveComparison & { readonly remaining: number; readonly rehearsal: boolean },
  accepted: readonly AcceptableImportStop[],
  terminal: Terminal,
): void {
  const { remaining, rehearsal } = imported;
  if (remaining === 0) return;
  const still = `${counted(remaining, 'value')} ${rehearsal ? 'would still differ' : 'still differ'} from the archive:`;
  terminal.say(terminal.paint('warning', `  ${still}`));
  for (const what of leftDifferent(imported, accepted)) terminal.say(`    ${what}`);
  if (!accepted.includes('missing-values') && writable(imported, 'valueMissing') > 0)
    terminal.say('  to write missing values back, pass `--accept missing-values`');
}

/** The same in the form that `--json` promises. */
export function comparisonJson({ columns, differences, obstacles, verdict }: ArchiveComparison): object {
  const named = <T extends { entry: EncryptedColumn }>({
    entry: { schema, table, column, path },
    ...rest
  }: T) => ({ schema, table, column, ...(path !== undefined && { path }), ...rest });
  return {
    verdict,
    columns: columns.map(({ entry, ...counts }) => ({ ...entry, ...counts })),
    differences: differences.map(named),
    obstacles: obstacles.map(named),
  };
}
