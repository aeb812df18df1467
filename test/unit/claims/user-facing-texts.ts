import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseAst } from 'vite';

export interface SourceText {
  /** From the top of the project. */
  readonly file: string;
  /** What is computed stands as `…`. */
  readonly text: string;
}

const top = resolve(import.meta.dirname, '../../..');

/** Every text of several words in the sources of these folders: strings, templates, and what stands between tags. */
export function textsOf(folders: readonly string[]): SourceText[] {
  return folders.flatMap((folder) =>
    readdirSync(join(top, folder), { recursive: true, withFileTypes: true })
      .filter(({ name }) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
      .flatMap(({ parentPath, name }) => textsIn(join(parentPath, name))),
  );
}

function textsIn(path: string): SourceText[] {
  const texts: string[] = [];
  collect(parseAst(readFileSync(path, 'utf8'), { lang: path.endsWith('x') ? 'tsx' : 'ts' }), texts);
  const file = relative(top, path);
  return texts.filter((text) => text.includes(' ')).map((text) => ({ file, text }));
}

function collect(node: unknown, texts: string[]): void {
  if (Array.isArray(node)) {
    for (const one of node) collect(one, texts);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { type, value, quasis } = node as Record<string, any>;
  if (type === 'Literal' && typeof value === 'string') texts.push(plain(value));
  if (type === 'JSXText') texts.push(plain(value));
  if (type === 'TemplateLiteral') texts.push(plain(quasis.map((quasi: any) => quasi.value.cooked).join('…')));
  for (const child of Object.values(node)) collect(child, texts);
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Words that say that something was looked at as a whole, or that nothing remains. */
export const claim =
  /\bnothing else\b|\bno other\b|\bnothing (?:is |was )?left\b|\bnone (?:is |was )?(?:left|altered|missing)\b|\ball (?:the |other |its |their |of (?:it|them) )?(?:values?|rows?|tables?|columns?|databases|keys|places|cells|shares|credentials|checks|backups|clear|good)\b|\bevery (?:other )?(?:cell|value|row|table|column|database|key|place|share|credential|check|backup)\b|\bclean\b|\bthroughout\b|\bno value\b|\bread back\b|^\W*done\b|\bis whole\b|^whole:|\beverything (?:was|is)\b/i;
