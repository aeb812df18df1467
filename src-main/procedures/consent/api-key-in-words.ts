import type { Confirmation, MomentOfKey, RowColumn } from '#workspace/use-case';
import { inFull, linesInFull, placeInFull } from './in-full.ts';

export function columnsInFull(columns: readonly RowColumn[]): string {
  return linesInFull(columns.map(columnInFull), 'the columns that are set');
}

function columnInFull(one: RowColumn): string {
  const column = inFull(one.column, 'the name of a column');
  if ('set' in one) return `${column}: ${one.set}`;
  return `${column}: ${one.given === '' ? 'an empty text' : inFull(one.given, `the value of ${column}`)}`;
}

/** The column is named: which one it is was chosen in the window. */
export function untilOf({ column, at }: MomentOfKey): string {
  if (column === undefined) return 'without an expiry date: no column was chosen for one';
  const named = placeInFull(column, 'the name of the column');
  return at === undefined ? `without an expiry date (column ${named})` : `until ${at} (column ${named})`;
}

function usedOf({ column, at }: MomentOfKey): string {
  if (column === undefined) return 'When it was last used is unknown: no column was chosen for that.';
  const named = placeInFull(column, 'the name of the column');
  return at === undefined
    ? `According to column ${named} it was never used.`
    : `According to column ${named} it was last used ${at}.`;
}

export function revokedOf({
  table,
  row,
  revoked,
  lastUse,
}: Pick<Extract<Confirmation, { of: 'revoke-api-key' }>, 'table' | 'row' | 'revoked' | 'lastUse'>): string {
  return [
    `Anyone who uses it loses access. ${usedOf(lastUse)}`,
    `In ${inFull(table, 'the table')}, row ${inFull(row, 'the ID of the row')}:\n${columnInFull(revoked)}`,
  ].join('\n\n');
}
