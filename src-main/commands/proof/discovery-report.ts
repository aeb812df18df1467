import { counted } from '#shared/counted';
import type { Discovery } from '#discovery/discovery';
import type { Terminal } from '#commands/terminal';
import { textTable } from '#commands/text-table';
import { columnPath } from '#shared/column-path';

/** What was found, with the reasons. */
export function sayDiscovery(
  { proposed, unresolved, inconclusive, unopened, skipped }: Discovery,
  terminal: Terminal,
  hasKey: boolean,
): void {
  if (proposed.length === 0) {
    terminal.say(
      hasKey
        ? 'No encrypted columns were found that this key decrypts.'
        : 'No columns were found that look like Ballast’s encrypted ones. No key was given, so nothing was decrypted.',
    );
  } else {
    terminal.say(`${counted(proposed.length, 'encrypted column')}:\n`);
    const rows = proposed.map(({ entry, why }) => [columnPath(entry), entry.layout, entry.kind, why]);
    const titles = ['column', 'layout', 'kind of secret', 'why'];
    terminal.say(
      textTable(
        titles.map((title) => ({ title })),
        rows,
        terminal.paint,
      ),
    );
  }
  if (unresolved.length > 0) {
    terminal.say(
      terminal.paint(
        'bad',
        '\nEncrypted with this key, in a format that is not certain; a rotation stops at these:\n',
      ),
    );
    const rows = unresolved.map(({ entry, why }) => [columnPath(entry), why]);
    terminal.say(textTable([{ title: 'column' }, { title: 'why' }], rows, terminal.paint));
  }
  if (inconclusive.length + unopened.length > 0) {
    terminal.say('\nNot proposed:\n');
    const rows = [...inconclusive, ...unopened].map(({ entry, why }) => [
      columnPath(entry),
      entry.layout,
      why,
    ]);
    terminal.say(
      textTable([{ title: 'column' }, { title: 'layout' }, { title: 'why' }], rows, terminal.paint),
    );
  }
  for (const reason of skipped) terminal.say(terminal.paint('warning', `\nNot checked: ${reason}`));
}
