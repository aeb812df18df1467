import { kindByContents } from './file-kind.ts';
import { unclear } from './unclear.ts';

/** The one line of a `.env` that sets a variable, cut so that the pieces joined are the file again. */
export interface EnvAssignment {
  /** Everything before the value, and its opening quote. */
  readonly before: string;
  readonly value: string;
  /** The closing quote and everything after. */
  readonly after: string;
  /** For showing: what stands between line start and value, quote included. */
  readonly lead: string;
  readonly quote: '' | '"' | "'" | '`';
  /** A comment follows on the same line. It may hold anything, an older key too. */
  readonly commented: boolean;
  /** Written `NAME: value`, which not every reader of such files knows. */
  readonly colon: boolean;
}

/** A byte order mark, in UTF-8 read as text or byte by byte. */
const byteOrderMark = /^(?:\uFEFF|\u00EF\u00BB\u00BF)/;

/**
 * Finds where the `.env` named `file` sets `variable`. Throws `file-unwritable`, naming lines and no values, where the variable is
 * missing, is set twice, stands within the lines of another value, or has a value that readers take differently.
 */
export function findAssignment(text: string, variable: string, file: string): EnvAssignment {
  const [only, ...more] = linesSetting(text, variable);
  if (!only) {
    throw unclear(file, `it does not set ${variable}`, remedyForMissing(text, variable));
  }
  if (more.length > 0) {
    const lines = [only, ...more].map(({ line }) => line).join(', ');
    throw unclear(
      file,
      `it sets ${variable} more than once (lines ${lines})`,
      'keep one of them and remove the others: programs differ in which one they use',
    );
  }
  if (only.within !== undefined) {
    throw unclear(
      file,
      `line ${only.line} is inside the quotes that are opened on line ${only.within}`,
      `close the quotes on line ${only.within}, or put ${variable} before it`,
    );
  }
  const colon = only.lead.trimEnd().endsWith(':');
  const other = colon ? kindByContents(text) : undefined;
  if (other !== undefined)
    throw unclear(file, `it does not set ${variable} as an environment file does`, other);
  const cut = cutValue(only.rest);
  if (!cut) {
    throw unclear(
      file,
      `the quotes on line ${only.line} do not enclose the whole value`,
      `write the value of ${variable} on one line, in one pair of quotes or none`,
    );
  }
  const { value, quote, commented } = cut;
  if (quote !== "'" && value.includes('$')) {
    throw unclear(
      file,
      `line ${only.line} takes ${variable} from another variable`,
      'specify the variable that contains the key itself, or put the key in its place',
    );
  }
  // a key that follows the equals sign at once is read by shells too, which take a word after a blank for a command
  const isEmpty = value === '' && quote === '' && !colon;
  const lead = isEmpty ? only.lead.trimEnd() : only.lead;
  const start = only.offset + lead.length + quote.length;
  const after = text.slice(start + value.length);
  if (value === '' && quote === '' && /^\s*["'`]/.test(after)) {
    throw unclear(
      file,
      `the value of line ${only.line} is empty, and some programs take the quotes on the next line as its value`,
      `put the value of ${variable} on that line`,
    );
  }
  return { before: text.slice(0, start), value, after, lead: lead + quote, quote, commented, colon };
}

/** A line is proposed only where the file is of this kind: it would break another one. */
function remedyForMissing(text: string, variable: string): string {
  const other = kindByContents(text);
  if (other !== undefined) return other;
  const { at } = firstOtherLine(text) ?? {};
  if (at === undefined) return `add the line \`${variable}=\` where it belongs`;
  return `it does not look like an environment file (line ${at}): specify the file that sets ${variable}, and choose its kind`;
}

/** The first line that neither sets or names a variable nor belongs to a value, a comment or nothing; of a file of colons alone the first of these. */
function firstOtherLine(text: string): { readonly at: number } | undefined {
  let open: string | undefined;
  let colon: { readonly at: number } | undefined;
  let equals = false;
  for (const [index, line] of text
    .replace(byteOrderMark, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (open !== undefined) {
      if (closes(line, open)) open = undefined;
      continue;
    }
    if (/^[ \t]*(?:#.*|[A-Z_][A-Z0-9_]*[ \t]*)?$/.test(line)) continue;
    const [, sign, rest] =
      /^(?:export[ \t]+)?[A-Za-z_][\w.-]*(?:[ \t]*(=)|:[ \t])[ \t]*(.*)$/.exec(line) ?? [];
    if (rest === undefined) return { at: index + 1 };
    if (sign === undefined) colon ??= { at: index + 1 };
    else equals = true;
    open = quoteLeftOpen(rest);
  }
  return equals ? undefined : colon;
}

interface SettingLine {
  /** Of the line, in UTF-16 units from the start of the text. */
  readonly offset: number;
  /** Counted from 1. */
  readonly line: number;
  /** Up to and with the equals sign or colon and the blanks after it. */
  readonly lead: string;
  readonly rest: string;
  /** The line that opens the quotes in which this one stands. */
  readonly within: number | undefined;
}

function linesSetting(text: string, variable: string): SettingLine[] {
  // not \s: that takes in no-break spaces, which are half a letter when bytes are read one by one. A colon separates as well for
  // dotenv (with a blank behind it) and for compose-go
  const assignment = /^([ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*[=:][ \t]*)([^\r\n]*)/;
  const found: SettingLine[] = [];
  let open: { readonly quote: string; readonly line: number } | undefined;
  let offset = byteOrderMark.exec(text)?.[0].length ?? 0;
  for (const [index, ended] of text
    .slice(offset)
    .split(/(?<=\r\n|\n|\r(?!\n))/)
    .entries()) {
    const line = index + 1;
    const [, lead = '', name, rest = ''] = assignment.exec(ended) ?? [];
    if (name === variable) found.push({ offset, line, lead, rest, within: open?.line });
    if (!open) {
      const quote = quoteLeftOpen(rest);
      open = quote === undefined ? undefined : { quote, line };
    } else if (closes(ended, open.quote)) open = undefined;
    offset += ended.length;
  }
  return found;
}

/** The quote that a value opens and does not close on its line. */
function quoteLeftOpen(rest: string): string | undefined {
  const quote = /^["'`]/.exec(rest)?.[0];
  return quote !== undefined && !closes(rest.slice(1), quote) ? quote : undefined;
}

function closes(text: string, quote: string): boolean {
  return (quote === '"' ? text.replace(/\\./g, '') : text).includes(quote);
}

function cutValue(rest: string): Pick<EnvAssignment, 'value' | 'quote' | 'commented'> | undefined {
  const [, quote, quoted = '', comment] = /^(["'`])(.*?)\1[ \t]*(#.*)?$/s.exec(rest) ?? [];
  if (quote)
    return { quote: quote as EnvAssignment['quote'], value: quoted, commented: comment !== undefined };
  if (/^["'`]/.test(rest)) return undefined;
  const value = rest.slice(0, rest.search(/^#|[ \t]+#|[ \t]*$/));
  return { quote: '', value, commented: rest.slice(value.length).includes('#') };
}
