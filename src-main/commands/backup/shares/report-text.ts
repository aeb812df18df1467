import type { ShareReport, WordMistake } from '#contract/backup';
import type { Terminal } from '#commands/terminal';
import { visible } from '#shared/visible-text';

/** What became of each share. */
export function sayShares(shares: readonly ShareReport[] | undefined, terminal: Terminal): void {
  const { paint } = terminal;
  for (const { name, state, number, holder, message, words } of shares ?? []) {
    const mark = state === 'good' ? paint('good', '✓') : state === 'other' ? '·' : paint('bad', '✗');
    const who = [...(number === undefined ? [] : [`share ${number}`]), ...(holder ? [holder] : [])].join(
      ', ',
    );
    const verdict =
      state === 'good' ? 'good' : state === 'other' ? (message ?? '') : `${state}: ${message ?? ''}`;
    const named = who === '' || state === 'missing' ? name : `${name} (${who})`;
    terminal.say(`  ${mark} ${visible(named)}  ${visible(verdict)}`);
    sayMistakes(words, terminal);
  }
}

/** The words that are not in the list. */
export function sayMistakes(words: readonly WordMistake[] | undefined, terminal: Terminal): void {
  for (const { position, typed, suggestions } of words?.slice(0, 8) ?? []) {
    const nearest = suggestions.length > 0 ? `; perhaps ${suggestions.join(', ')}` : '';
    terminal.say(`    word ${position}: ${visible(typed ?? 'not in the word list')}${nearest}`);
  }
}
