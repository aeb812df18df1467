import { type CodecName, codecs } from './written-codecs.ts';

/**
 * How a cell is written: literal text, and between « and » what is encoded, as `ATOM+ATOM:CODEC`. Atoms are `iv`, `body`,
 * `mac`, `noise8` (bytes that mean nothing here, of that length) and bytes like `0x01ff`; a number after # tells the values of a
 * row apart. «i» is the number of the row.
 */
export type Template = string;

interface Encoded {
  readonly atoms: readonly string[];
  readonly codec: CodecName;
}

function piecesOf(template: Template, i: number): (string | Encoded)[] {
  return template.split(/(«[^»]*»)/).map((piece) => {
    const inside = /^«(.*)»$/.exec(piece)?.[1];
    if (inside === undefined) return piece;
    if (inside === 'i') return String(i);
    const [atoms = '', codec = ''] = inside.split(':');
    if (!(codec in codecs)) throw new Error(`no codec ${codec} (${template})`);
    return { atoms: atoms.split('+'), codec: codec as CodecName };
  });
}

/** The atoms of a template, in order. */
export function atomsOf(template: Template): string[] {
  return piecesOf(template, 0).flatMap((piece) => (typeof piece === 'string' ? [] : piece.atoms));
}

/** The text of row `i`. */
export function fill(template: Template, i: number, bytesOf: (atom: string) => Buffer): string {
  const texts = piecesOf(template, i).map((piece) =>
    typeof piece === 'string'
      ? piece
      : codecs[piece.codec].write(Buffer.concat(piece.atoms.map((atom) => literal(atom) ?? bytesOf(atom)))),
  );
  return texts.join('');
}

/** The bytes of each atom in a text of row `i`; throws unless everything around them is to the letter what was written. */
export function readAtoms(template: Template, i: number, text: string): Map<string, Buffer> {
  const pieces = piecesOf(template, i);
  const pattern = pieces.map((piece) =>
    typeof piece === 'string' ? escaped(piece) : `(${patternOf(piece)})`,
  );
  const match = new RegExp(`^${pattern.join('')}$`).exec(text);
  if (!match) throw new Error('the text around the ciphertext changed');
  const found = new Map<string, Buffer>();
  const encoded = pieces.filter((piece) => typeof piece !== 'string');
  for (const [n, { atoms, codec }] of encoded.entries()) {
    const bytes = codecs[codec].read(match[n + 1] as string);
    const rest = bytes.length - sum(atoms.map((atom) => lengthOf(atom) ?? 0));
    let at = 0;
    for (const atom of atoms) {
      const part = bytes.subarray(at, (at += lengthOf(atom) ?? rest));
      if (literal(atom)?.equals(part) === false) throw new Error('bytes beside the ciphertext are others');
      found.set(atom, part);
    }
  }
  return found;
}

/** Of an atom `body#2` the number; 1 where there is none. */
export function valueOf(atom: string): number {
  return Number(/#(\d+)$/.exec(atom)?.[1] ?? 1);
}

function literal(atom: string): Buffer | undefined {
  return atom.startsWith('0x') ? Buffer.from(atom.slice(2), 'hex') : undefined;
}

/** Undefined for a body, which is as long as its plaintext. */
export function lengthOf(atom: string): number | undefined {
  if (atom.startsWith('iv')) return 16;
  if (atom.startsWith('mac')) return 32;
  const noise = /^noise(\d+)/.exec(atom)?.[1];
  return noise === undefined ? literal(atom)?.length : Number(noise);
}

function patternOf({ atoms, codec }: Encoded): string {
  const { letters, write } = codecs[codec];
  const lengths = atoms.map(lengthOf);
  const isFixed = !lengths.includes(undefined) && codec !== 'base64-slashed' && codec !== 'base64-percent';
  const many = isFixed ? `{${write(Buffer.alloc(sum(lengths.map((length) => length ?? 0)))).length}}` : '+';
  return `[${letters}]${many}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
