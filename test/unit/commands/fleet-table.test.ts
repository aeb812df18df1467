import { lineBreak } from '#commands/terminal-marks';
import { expect, test } from 'vitest';
import { textTable } from '#commands/text-table';
import { inNaturalOrder } from '#shared/natural-order';

test('names are in the order in which people count', () => {
  expect(inNaturalOrder(['org_10', 'org_2', 'Org_1', 'org_2a', 'org_1'])).toEqual([
    'org_1',
    'Org_1',
    'org_2',
    'org_2a',
    'org_10',
  ]);
});

test('a cell of a table is cut before it pushes its row off the screen', () => {
  const rows = [['x'.repeat(68_142)], ['😀'.repeat(300)], ['short']];
  const table = textTable([{ title: 'why' }], rows, (_, text) => text);
  expect(Math.max(...table.split(lineBreak).map((line) => line.length))).toBeLessThan(410);
  expect(table).toContain('…');
  expect(table).not.toContain('\uFFFD');
  expect(table).toContain('short');
});
