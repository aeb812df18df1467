import { expect, test } from 'vitest';
import { lineBreak } from '#commands/terminal-marks';
import { textTable } from '#commands/text-table';

const plain = (_tone: string, text: string) => text;
const columns = [{ title: 'column' }, { title: 'rows', align: 'right' as const }];

test('columns line up under a rule, numbers on the right, without trailing space', () => {
  const rows = [
    ['public.tok.acc', '1'],
    ['a', '1,234'],
  ];
  expect(textTable(columns, rows, plain).split(lineBreak)).toEqual([
    '  column           rows',
    '  ─────────────────────',
    '  public.tok.acc      1',
    '  a               1,234',
  ]);
});

test('titles are painted, cells are not', () => {
  const painted = textTable(columns, [['cell', '1']], (tone, text) => `<${tone}>${text}</${tone}>`);
  expect(painted).toContain('<dim>column  rows</dim>');
  expect(painted).not.toContain('>cell');
});

test('a cell from the database neither breaks the line nor speaks to the terminal', () => {
  const lines = textTable(columns, [['bad\nname\u001b[2J', '1']], plain).split(lineBreak);
  expect(lines).toHaveLength(3);
  expect(lines[2]).toContain('bad�name�[2J');
});

test('a table without rows is its titles', () => {
  expect(textTable(columns, [], plain)).toMatch(/^ {2}column +rows/);
});
