import { formatCount } from '#shared/counted';
import type { FleetDatabase, FleetRecord } from '#records/fleet-record';
import { inTerminalWords } from '#commands/act-text';
import { byNaturalOrder } from '#shared/natural-order';
import { visible } from '#shared/visible-text';
import { moment } from '#shared/moment';
import type { Terminal } from '#commands/terminal';
import { textTable } from '#commands/text-table';

/** One table of what became of each database, what failed last, with its reason and remedy below. */
export function sayFleet(databases: readonly FleetDatabase[], terminal: Terminal): void {
  const order = ['done', 'waiting', 'failed'];
  const sorted = [...databases].sort(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state) || byNaturalOrder(a.name, b.name),
  );
  terminal.say(
    textTable(
      [{ title: 'database' }, { title: 'state' }, { title: 'rows', align: 'right' }, { title: 'reason' }],
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
    terminal.say(`\n${terminal.paint('bad', visible(name))}: ${cut(visible(message ?? ''))}`);
    terminal.say(`→ ${inTerminalWords(remedy ?? '')}`);
  }
}

/** A line for each database that the admin gave up. */
export function sayGivenUp(givenUp: NonNullable<FleetRecord['givenUp']>, terminal: Terminal): void {
  for (const { name, at, key } of givenUp)
    terminal.say(
      `${visible(name)} was given up on ${moment(at)}; it may still be encrypted with key ${key}.`,
    );
}

/** A message may list thousands of rows; `--json` has it in full. */
const longestMessage = 1000;

function cut(message: string): string {
  return message.length > longestMessage ? `${message.slice(0, longestMessage - 1)}…` : message;
}
