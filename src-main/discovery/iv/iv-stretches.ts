import { ivLength } from '#crypto/cfb';
import { encodings } from '#forms/encodings';
import type { Range } from '#forms/template-match';
import { spanEncodings, stretches } from '#discovery/runs';

/** Encodings in which an IV may stand in a text. */
export const ivEncodings = [...spanEncodings, 'uuid'] as const;
type IvEncoding = (typeof ivEncodings)[number];

/** How many digits an IV has, with and without what fills them up. */
const ivDigits: Readonly<Record<(typeof spanEncodings)[number], readonly number[]>> = {
  base64: [22, 24],
  base64url: [22, 24],
  hex: [32],
  base32: [26, 32],
};
/** A word that is glued to a run. */
const longestGlue = 24;

/**
 * Where each of some texts may have an IV. A run of 16 bytes; else, where all texts have the same word right before or after so many
 * digits, as in `0x` and `v1`, what is left without it.
 */
export function ivStretches(texts: readonly string[], encoding: IvEncoding): Range[][] {
  if (encoding === 'uuid')
    return texts.map((text) => uuids(text).filter((range) => isIv(text, range, encoding)));
  const runs = texts.map((text) => stretches(text, encoding).filter(({ from, to }) => to - from >= 22));
  const exact = runs.map((some, i) => some.filter((range) => isIv(texts[i] as string, range, encoding)));
  const bare = texts.filter((_, i) => exact[i]?.length === 0).length;
  if (bare * 2 < texts.length) return exact;
  const glue = commonGlue(texts, runs, encoding);
  if (!glue) return exact;
  return runs.map((some, i) => {
    const own = exact[i] as Range[];
    if (own.length > 0) return own;
    const text = texts[i] as string;
    return some.flatMap((run) => {
      const range = { from: run.from + glue.before.length, to: run.to - glue.after.length };
      const fits = range.to - range.from === glue.digits && glueOf(text, run, range) === nameOf(glue);
      return fits && isIv(text, range, encoding) ? [range] : [];
    });
  });
}

interface Glue {
  readonly digits: number;
  readonly before: string;
  readonly after: string;
}

/** The words around so many digits that most of the texts have, of the runs that are a little longer than an IV. */
function commonGlue(
  texts: readonly string[],
  runs: readonly (readonly Range[])[],
  encoding: (typeof spanEncodings)[number],
): Glue | undefined {
  const counts = new Map<string, { readonly glue: Glue; count: number }>();
  for (const [i, some] of runs.entries()) {
    const text = texts[i] as string;
    const own = new Set<string>();
    for (const run of some) {
      for (const glue of gluesOf(text, run, encoding)) {
        const name = `${glue.digits} ${nameOf(glue)}`;
        if (own.has(name)) continue;
        own.add(name);
        const entry = counts.get(name) ?? { glue, count: 0 };
        entry.count++;
        counts.set(name, entry);
      }
    }
  }
  const [best] = [...counts.values()].sort((a, b) => b.count - a.count);
  return best && best.count >= 3 && best.count * 5 >= texts.length * 4 ? best.glue : undefined;
}

function* gluesOf(
  text: string,
  { from, to }: Range,
  encoding: (typeof spanEncodings)[number],
): Generator<Glue> {
  for (const digits of ivDigits[encoding]) {
    const more = to - from - digits;
    if (more < 1 || more > longestGlue) continue;
    for (let head = 0; head <= more; head++) {
      const range = { from: from + head, to: from + head + digits };
      if (!isIv(text, range, encoding)) continue;
      yield { digits, before: text.slice(from, range.from), after: text.slice(range.to, to) };
    }
  }
}

function glueOf(text: string, run: Range, { from, to }: Range): string {
  return nameOf({ before: text.slice(run.from, from), after: text.slice(to, run.to) });
}

function nameOf({ before, after }: Pick<Glue, 'before' | 'after'>): string {
  return `${before} ${after}`;
}

function isIv(text: string, { from, to }: Range, encoding: IvEncoding): boolean {
  return to - from >= 22 && encodings[encoding].read(text.slice(from, to))?.bytes.length === ivLength;
}

function uuids(text: string): Range[] {
  return Array.from(
    text.matchAll(/(?<![\da-f-])[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?![\da-f-])/gi),
    ({ index }) => ({ from: index, to: index + 36 }),
  );
}
