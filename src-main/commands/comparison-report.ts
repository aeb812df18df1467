import type { ArchiveComparison, Comparison } from '#credentials/compare-archive';
import type { ArchiveHeader } from '#credentials/archive-form';
import { columnName } from './column-report.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';
import { count, printable } from './wording.ts';

/** Where an archive comes from, for people. */
export function sayArchive(
  { environment, database, createdAt, fingerprint }: ArchiveHeader,
  terminal: Terminal,
) {
  const when = createdAt.replace('T', ' ').slice(0, 16);
  terminal.say(
    `Archive of ${printable(environment)} (${printable(database)}), made ${when} UTC under key ${fingerprint}\n`,
  );
}

const words: Readonly<Record<Exclude<Comparison, 'equal' | 'left'>, string>> = {
  differs: 'differs from the archive',
  unopened: 'opens under no key now',
  missing: 'is in the archive only',
  added: 'is in the database only',
};

/** What the credentials of a database are against an archive: a line a column, then those that are not the same. */
export function sayComparison({ columns, differences }: ArchiveComparison, terminal: Terminal): void {
  const title = (text: string) => ({ title: text, align: 'right' as const });
  terminal.say(
    textTable(
      [{ title: 'column' }, ...['equal', 'differs', 'not opened', 'missing', 'new', 'left'].map(title)],
      columns.map(({ entry, equal, differs, unopened, missing, added, left }) => [
        columnName(entry),
        ...[equal, differs, unopened, missing, added, left].map(count),
      ]),
      terminal.paint,
    ),
  );
  terminal.say();
  for (const { entry, row, comparison } of differences) {
    terminal.say(`  ${columnName(entry)} ${row} ${words[comparison]}`);
  }
  if (differences.length > 0) terminal.say();
}

/** The same in the form that `--json` promises. */
export function comparisonJson({ columns, differences, verdict }: ArchiveComparison): object {
  return {
    verdict,
    columns: columns.map(({ entry, ...counts }) => ({ ...entry, ...counts })),
    differences: differences.map(({ entry: { schema, table, column, path }, ...told }) => ({
      schema,
      table,
      column,
      ...(path !== undefined && { path }),
      ...told,
    })),
  };
}
