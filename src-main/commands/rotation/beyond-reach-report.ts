import { counted } from '#shared/counted';
import type { BeyondReach } from '#contract/beyond-reach';
import type { Terminal } from '#commands/terminal';
import { visible } from '#shared/visible-text';

/** What a rotation does not reach, and what to do about it. */
export function sayBeyondReach({ key, places, replace }: BeyondReach, terminal: Terminal): void {
  terminal.say(`\nBeyond the reach of a rotation, and possibly still encrypted with key ${key}:`);
  for (const { what, remedy, statements } of places) {
    terminal.say(`  ${what}: ${remedy}`);
    for (const statement of statements) terminal.say(`    ${visible(statement)}`);
  }
  if (replace.length === 0) return;
  terminal.say('\nIf that key leaked, its values are exposed: replace the credentials themselves.');
  for (const { where, columns } of replace) {
    terminal.say(`  ${where}`);
    for (const { name, values } of columns)
      terminal.say(`    ${visible(name)}${values === undefined ? '' : `: ${counted(values, 'value')}`}`);
  }
  terminal.say('  `keel credentials list` lists each with its source.');
}
