import { crc32 } from 'node:zlib';
import { textOf } from '#storage/text-encoding';

/*
 * A printed age file has a check at the end of each line, like `#K7QX`: whoever types it, or lets a program read it, learns which
 * line has a slip. The code of a kit has none, and other programs are given the lines without them.
 */

/** Letters and digits that no eye and no program takes for another. */
const letters = '2345679ACDEFHJKLMNPQRSTUVWXYZ';
const length = 4;
/** No sealed key has more. */
const mostLines = 64;

const checkAtEnd = /[ \t]*#[ \t]*([0-9A-Za-z]{4})[ \t\r]*$/;

/** The check of a line of an armor's body, which knows its number, from 1: a line left out is noticed by those after it. */
export function checkOf(line: string, number: number): string {
  let rest = crc32(`${number}:${line.replace(/\s/g, '')}`);
  let check = '';
  while (check.length < length) {
    check += letters[rest % letters.length];
    rest = Math.floor(rest / letters.length);
  }
  return check;
}

/** The lines of an armor as they are printed: first and last line have no check. */
export function checkedLines(armored: string): { readonly line: string; readonly check?: string }[] {
  const lines = armored.trimEnd().split('\n');
  return lines.map((line, at) =>
    at === 0 || at === lines.length - 1 ? { line } : { line, check: checkOf(line, at) },
  );
}

/** A text without the checks of its lines. */
export function withoutChecks(text: string): string {
  return text.replace(new RegExp(checkAtEnd, 'gm'), '');
}

/**
 * Which lines are not as they were printed, by their checks, and which are missing between others, by number from 1 for the one
 * after BEGIN. Empty where all agree, and where the text has no checks.
 */
export function slipsIn(bytes: Buffer): { readonly wrong: number[]; readonly missing: number[] } {
  const wrong: number[] = [];
  const missing: number[] = [];
  let number = 0;
  for (const typed of (textOf(bytes) ?? bytes.toString('latin1')).split('\n')) {
    const check = checkAtEnd.exec(typed)?.[1]?.toUpperCase();
    if (check === undefined) continue;
    const line = withoutChecks(typed).replace(/^[>|\s]+/, '');
    number++;
    const itsNumber = numberOf(line, check, number);
    if (itsNumber === undefined) wrong.push(number);
    else for (; number < itsNumber; number++) missing.push(number);
  }
  return { wrong, missing };
}

/** Which line, not before this one, a line is by its check. */
function numberOf(line: string, check: string, first: number): number | undefined {
  for (let number = first; number <= mostLines; number++) if (checkOf(line, number) === check) return number;
  return undefined;
}
