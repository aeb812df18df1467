import Table from 'cli-table3';
import type { Paint } from './terminal.ts';
import { lineBreak } from './terminal-marks.ts';
import { visible } from '#shared/visible-text';

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const thin = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '  ',
  'left-mid': '  ',
  mid: '─',
  'mid-mid': '──',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

/** A cell of more would push its row off any screen; `--json` has it in full. */
const longestCell = 200;

const margin = 2;
const gap = 2;
/** Less is no column any more: a table that does not fit so is left to the terminal. */
const narrowest = 8;

/**
 * A table with a rule under its titles; numbers stand right. Cells may come from the database. `width` is that of the screen in
 * characters, undefined where there is none: cells of the widest columns are then broken into lines until the table fits.
 */
export function textTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  width = screenWidth(),
): string {
  const cells = rows.map((row) => row.map((cell) => cut(visible(cell))));
  const natural = columns.map(({ title }, at) =>
    Math.max(...[title, ...cells.map((row) => row[at] ?? '')].map(lengthOf)),
  );
  const table = new Table({
    chars: thin,
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ align = 'left' }) => align),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: width === undefined ? [] : fitting(natural, width),
    wordWrap: true,
    // names and paths have no spaces to be broken at
    wrapOnWordBoundary: false,
  });
  // painted afterwards: marks of colours would count as width
  const painted = (line: string, i: number) =>
    i === 0 ? line.replace(/\S.*/, (titles) => paint('dim', titles)) : line;
  table.push(...cells);
  return table
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trimEnd())
    .map(painted)
    .join(lineBreak);
}

/** The width of the terminal, or of COLUMNS; undefined where output goes to a file or a program, which takes lines of any length. */
function screenWidth(): number | undefined {
  if (process.stdout.isTTY) return process.stdout.columns;
  const columns = Number(process.env['COLUMNS']);
  return Number.isInteger(columns) && columns > 0 ? columns : undefined;
}

/** Widths of those columns that have to give way, the widest first; null for the others. */
function fitting(natural: readonly number[], width: number): (number | null)[] {
  const widths = [...natural];
  const room = width - margin - gap * (natural.length - 1);
  for (let over = sum(widths) - room; over > 0; over--) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= narrowest) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths.map((one, at) => (one < (natural[at] as number) ? one : null));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

function lengthOf(cell: string): number {
  return Array.from(cell).length;
}

function cut(cell: string): string {
  // by code points: half of a pair would show as a replacement character
  const characters = Array.from(cell);
  return characters.length > longestCell ? `${characters.slice(0, longestCell - 1).join('')}…` : cell;
}
