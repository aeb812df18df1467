import { createInterface } from 'node:readline/promises';
import { KeelError } from '#errors/keel-error';
import { visible } from '#shared/visible-text';
import { shownLine } from './terminal-marks.ts';

/**
 * Asks the admin to type a name. Throws `confirmation-missing` if something else is typed, or where nobody can be asked.
 * `yes` answers instead.
 */
export async function confirm(question: string, name: string, yes: boolean): Promise<void> {
  if (yes) return;
  // a value that was typed into standard input ended it
  const isOver = process.stdin.readableEnded;
  if (isOver || !process.stdin.isTTY || !process.stderr.isTTY) {
    throw new KeelError(
      'confirmation-missing',
      'there is no terminal to confirm on; nothing was changed',
      'run it in a terminal, or pass `--yes`',
    );
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${shownLine(question)}\nType ${visible(name)} to continue: `);
    if (answer.trim() === name) return;
  } finally {
    prompt.close();
  }
  throw new KeelError('confirmation-missing', 'the name does not match; nothing was changed', 'try again');
}
