import Table from 'cli-table3';
import type { Paint } from './terminal.ts';
import { lineBreak } from './terminal-marks.ts';
import { printable } from './wording.ts';

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

/** A table with a rule under its titles; numbers stand right. Cells may come from the database. */
export function textTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): string {
  const table = new Table({
    chars: thin,
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ align = 'left' }) => align),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  // painted afterwards: marks of colours would count as width
  const painted = (line: string, i: number) =>
    i === 0 ? line.replace(/\S.*/, (titles) => paint('dim', titles)) : line;
  table.push(...rows.map((row) => row.map((cell) => cut(printable(cell)))));
  return table
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trimEnd())
    .map(painted)
    .join(lineBreak);
}

function cut(cell: string): string {
  // by code points: half of a pair would show as a replacement character
  const characters = Array.from(cell);
  return characters.length > longestCell ? `${characters.slice(0, longestCell - 1).join('')}…` : cell;
}
