import { KeelError } from '#errors/keel-error';
import { isText } from '#errors/text';
import { visibleJson, visibleLines } from '#shared/visible-text';
import { inTerminalWords } from './act-text.ts';
import { type ProgressLine, progressOn } from './progress-line.ts';
import { coloured, shownLine } from './terminal-marks.ts';

/**
 * Where a command speaks: words for people or one JSON object on stdout, progress and messages on stderr. Names and texts of others may
 * are in any of them: what is not seen is replaced, or escaped in JSON, here and nowhere else.
 */
export interface Terminal {
  readonly json: boolean;
  /** A line for people on stdout; nothing with `--json`. */
  say(line?: string): void;
  /** What was asked for as it is, such as a credential; a terminal is not spoken to by it. */
  hand(text: string): void;
  /** The same, once it is written for certain. Throws `file-unwritable` where it cannot be. */
  handed(text: string): Promise<void>;
  /** A line on stderr. */
  note(line: string): void;
  /** The one JSON object, its texts in words; nothing without `--json`. */
  result(value: object): void;
  /** Where long work stands, on stderr. Whatever else is said ends it first. */
  readonly progress: ProgressLine;
  readonly paint: Paint;
}

export type Tone = 'good' | 'bad' | 'warning' | 'dim' | 'strong' | 'accent';
export type Paint = (tone: Tone, text: string) => string;

const styles = {
  good: 'green',
  bad: 'red',
  warning: 'yellow',
  dim: 'dim',
  strong: 'bold',
  accent: 'cyan',
} as const;

/** No object is to print a text in any other words than those for the terminal. */
function textsInWords(_: string, value: unknown): unknown {
  return isText(value) ? inTerminalWords(value) : value;
}

/** The process's own terminal. Colours only where stdout is one and NO_COLOR is not set. */
export function processTerminal(json: boolean): Terminal {
  const colours = process.stdout.isTTY && !process.env['NO_COLOR'] && process.stdout.hasColors();
  const progress = progressOn(process.stderr);
  const write = (stream: NodeJS.WriteStream, text: string) => {
    progress.end();
    stream.write(`${text}\n`);
  };
  return {
    json,
    say: (line = '') => {
      if (json) progress.end();
      else write(process.stdout, shownLine(line));
    },
    hand: (text) => write(process.stdout, process.stdout.isTTY ? visibleLines(text) : text),
    async handed(text) {
      progress.end();
      const error = await new Promise<Error | null | undefined>((written) => {
        process.stdout.write(`${text}\n`, written);
      });
      if (!error) return;
      throw new KeelError(
        'file-unwritable',
        `it could not be written to standard output (${error.message}); nothing was changed`,
        'check where standard output goes',
        { cause: error },
      );
    },
    note: (line) => write(process.stderr, shownLine(line)),
    result: (value) => {
      if (json) write(process.stdout, visibleJson(JSON.stringify(value, textsInWords)));
    },
    progress,
    paint: (tone, text) => (colours ? coloured(styles[tone], text) : text),
  };
}
