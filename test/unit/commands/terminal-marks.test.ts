import { expect, test } from 'vitest';
import { coloured, lineBreak, shownLine } from '#commands/terminal-marks';
import { visibleJson } from '#shared/visible-text';

const hostile = 'a\u001b[31mb\u202ec\u2066d\u0007e\u009bf\u007fg\u2028h\ufeffi\nj\rk';
const seen = 'a�[31mb�c�d�e�f�g�h�i�j�k';

test('what is not seen in a name is replaced, in and outside of colours, and our own colours and breaks stay', () => {
  expect(shownLine(hostile)).toBe(seen);
  expect(shownLine(`${coloured('red', hostile)}${lineBreak}${hostile}`)).toBe(
    `\u001b[31m${seen}\u001b[39m\n${seen}`,
  );
});

test('breaks around a line and a coloured text stay', () => {
  expect(shownLine(`\n${coloured('bold', '\nhere\n')}\n`)).toBe('\n\n\u001b[1mhere\u001b[22m\n\n');
});

test('a mark that a name writes is no mark', () => {
  expect(shownLine('\u{fdd0}0123:red\u{fdd1}x')).toBe('�0123:red�x');
});

test('JSON holds what is not seen as escapes, and means the same', () => {
  const json = visibleJson(JSON.stringify({ [hostile]: [hostile, '\u{e0041}'] }));
  expect(json).toMatch(/^[\u0020-\u007e]*$/);
  expect(JSON.parse(json)).toEqual({ [hostile]: [hostile, '\u{e0041}'] });
});
