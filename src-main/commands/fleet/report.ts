import { formatCount } from '#shared/counted';
import type { FleetDatabase } from '#records/fleet-record';
import { inTerminalWords } from '#commands/act-words';
import type { Terminal } from '#commands/terminal';
import { textTable } from '#commands/text-table';

/** One table of what became of each database, what failed last, with its reason and remedy below. */
export function sayFleet(databases: readonly FleetDatabase[], terminal: Terminal): void {
  const order = ['done', 'waiting', 'failed'];
  const sorted = [...databases].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  terminal.say(
    textTable(
      [{ title: 'database' }, { title: 'state' }, { title: 'rows', align: 'right' }, { title: 'why' }],
      sorted.map(({ name, state, rows, code }) => [
        name,
        state,
        rows === undefined ? '' : formatCount(rows),
        code ?? '',
      ]),
      terminal.paint,
    ),
  );
  for (const { name, state, message, remedy } of sorted) {
    if (state !== 'failed') continue;
    terminal.say(`\n${terminal.paint('bad', name)}: ${message ?? ''}`);
    terminal.say(`→ ${inTerminalWords(remedy ?? '')}`);
  }
}
