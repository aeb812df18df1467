import { counted, formatCount } from '#shared/counted';
import type { Demo } from './walk.ts';
import { columnPath } from '#shared/column-path';
import type { Terminal, Tone } from '#commands/terminal';
import { textTable } from '#commands/text-table';
import { duration } from '#commands/wording';

/** The picture at the end of the demo: columns, times, and the diff of the hand-off. */
export function sayDemo(demo: Demo, terminal: Terminal): void {
  terminal.say(`\n${columnTable(demo, terminal)}\n`);
  sayTimes(demo, terminal);
  const { excluded } = demo.rotation;
  if (excluded > 0) {
    terminal.say(
      `\n${counted(excluded, 'personal source')} encrypted with their users' own keys were excluded and left unchanged.`,
    );
  }
  terminal.say(`\nThe hand-off, with the keys masked:\n`);
  for (const line of demo.diff.trimEnd().split('\n')) {
    const tone = line.startsWith('+') ? 'good' : line.startsWith('-') ? 'bad' : 'dim';
    terminal.say(`  ${terminal.paint(tone, line)}`);
  }
  terminal.say(
    '\nThe sample has been deleted. On your own database: `keel discover`, `keel prove`, `keel rotate`.',
  );
}

function columnTable({ proof, rotation }: Demo, { paint }: Terminal): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = rotation.columns;
  const rows = proof.columns.map((column, i) => [
    columnPath(column.entry),
    column.entry.kind,
    formatCount(columns[i]?.rewritten ?? 0),
    formatCount(columns[i]?.left ?? 0),
    formatCount(column.bits),
  ]);
  const bits = proof.columns.reduce((sum, column) => sum + column.bits, 0);
  const total = (of: (column: (typeof columns)[number]) => number) =>
    formatCount(columns.reduce((sum, column) => sum + of(column), 0));
  rows.push([
    'all',
    '',
    total((column) => column.rewritten),
    total((column) => column.left),
    formatCount(bits),
  ]);
  const titles = [
    { title: 'column' },
    { title: 'kind of secret' },
    right('rewritten'),
    right('left'),
    right('bits of evidence'),
  ];
  return textTable(titles, rows, paint);
}

const barWidth = 40;

/** Where the time of the rotation went: most of it while Ballast could run. */
function sayTimes({ rotation }: Demo, terminal: Terminal): void {
  const { paint } = terminal;
  const { totalMs, lockMs } = rotation;
  const locked = Math.max(1, Math.round((barWidth * lockMs) / totalMs));
  const free = barWidth - locked;
  const bar = (tone: Tone, width: number) => paint(tone, '━'.repeat(width));
  const rest = (width: number) => paint('dim', '─'.repeat(width));
  terminal.say(`  without lock ${bar('good', free)}${rest(locked)} ${duration(totalMs - lockMs)}`);
  terminal.say(`  writers wait ${rest(free)}${bar('warning', locked)} ${duration(lockMs)}, readers continue`);
}
