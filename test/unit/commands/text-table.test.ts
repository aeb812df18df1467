import { expect, test } from 'vitest';
import { textTable } from '#commands/text-table';

const plain = (_tone: string, text: string) => text;
const columns = [{ title: 'column' }, { title: 'rows', align: 'right' as const }];

test('columns line up under a rule, numbers on the right, without trailing space', () => {
  const rows = [
    ['public.tok.acc', '1'],
    ['a', '1,234'],
  ];
  expect(textTable(columns, rows, plain).split('\n')).toEqual([
    '  column           rows',
    '  ─────────────────────',
    '  public.tok.acc      1',
    '  a               1,234',
  ]);
});

test('titles are painted, cells are not', () => {
  const painted = textTable(columns, [['cell', '1']], (tone, text) => `<${tone}>${text}</${tone}>`);
  expect(painted).toContain('<dim>column</dim>');
  expect(painted).not.toContain('>cell');
});

test('a cell from the database neither breaks the line nor speaks to the terminal', () => {
  const lines = textTable(columns, [['bad\nname\u001b[2J', '1']], plain).split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[2]).toContain('bad�name�[2J');
});

test('a table without rows is its titles', () => {
  expect(textTable(columns, [], plain)).toMatch(/^ {2}column +rows/);
});

test.for([40, 60, 80])('a table fits a screen of %i characters, and loses none of its text', (width) => {
  const long = [
    'public.credentials_of_a_tenant.encrypted_refresh_token',
    'under the old key, and in no inventory',
  ];
  const table = textTable(
    [{ title: 'column' }, { title: 'what is known' }],
    [long, ['a', 'b']],
    plain,
    width,
  );
  const lines = table.split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  const letters = (text: string) => text.replace(/\s/g, '').split('').sort().join('');
  expect(letters(table.replace(/─/g, ''))).toBe(letters(`column what is known ${long.join('')} a b`));
});

test('a table that fits is not broken, nor one that goes to a file', () => {
  const rows = [['x'.repeat(150), '1']];
  expect(textTable(columns, rows, plain, 160).split('\n')).toHaveLength(3);
  expect(textTable(columns, rows, plain, undefined).split('\n')).toHaveLength(3);
});
