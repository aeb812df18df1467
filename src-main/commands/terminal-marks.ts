import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { visible } from '#shared/visible-text';

/*
 * A line holds names of the database and what we put around them. Colours and breaks of ours are marks that nobody else can write, since they
 * carry a number of this process; everything else that is not seen is replaced on its way out.
 */
const number = randomBytes(9).toString('hex');
const marks = new RegExp(`\\u{fdd0}${number}:(break|-?[a-z]+)\\u{fdd1}`, 'u');

function mark(name: string): string {
  return `\u{fdd0}${number}:${name}\u{fdd1}`;
}

/** Ends a line within what is said at once, as between the rows of a table. */
export const lineBreak = mark('break');

/** Breaks around a text stay outside of its colour. */
export function coloured(style: string, text: string): string {
  const [, before, inner, after] = /^(\n*)([\s\S]*?)(\n*)$/.exec(text) as RegExpExecArray;
  return `${before}${mark(style)}${inner}${mark(`-${style}`)}${after}`;
}

/** What goes to the terminal for a line: our marks as what they stand for, and breaks at its beginning and end. */
export function shownLine(line: string): string {
  const [, before, inner, after] = /^(\n*)([\s\S]*?)(\n*)$/.exec(line) as RegExpExecArray;
  const shown = (inner ?? '').split(marks).map((part, i) => (i % 2 === 0 ? visible(part) : codeOf(part)));
  return `${before}${shown.join('')}${after}`;
}

function codeOf(name: string): string {
  if (name === 'break') return '\n';
  const [on, off] = inspect.colors[name.replace('-', '')] as [number, number];
  return `\u{1b}[${name.startsWith('-') ? off : on}m`;
}
