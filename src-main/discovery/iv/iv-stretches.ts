import { ivLength } from '#crypto/cfb';
import { encodings } from '#forms/encodings';
import type { Range } from '#forms/template-match';
import { spanEncodings, stretches } from '#discovery/runs';

/** Encodings in which an IV may be in a text. */
export const ivEncodings = [...spanEncodings, 'uuid'] as const;
type IvEncoding = (typeof ivEncodings)[number];

/** How many digits an IV has, with and without what fills them up. */
const ivDigits: Readonly<Record<(typeof spanEncodings)[number], readonly number[]>> = {
  base64: [22, 24],
  base64url: [22, 24],
  hex: [32],
  base32: [26, 32],
};
/** A UUID, or base64 with a line break; hex has 32. */
const longestIv = 40;
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
    return some.flatMap((run) => withoutGlue(texts[i] as string, run, glue, encoding) ?? []);
  });
}

interface Glue {
  readonly digits: number;
  readonly before: string;
  readonly after: string;
}

/**
 * The words around so many digits that most of the texts have, of the runs that are a little longer than an IV. Those that have missed
 * too many texts are dropped on the way, and none is searched for once it would come too late.
 */
function commonGlue(
  texts: readonly string[],
  runs: readonly (readonly Range[])[],
  encoding: (typeof spanEncodings)[number],
): Glue | undefined {
  const enough = Math.max(3, (texts.length * 4) / 5);
  const counted = new Map<string, { readonly glue: Glue; count: number }>();
  for (const [i, some] of runs.entries()) {
    const text = texts[i] as string;
    if (texts.length - i >= enough) {
      const own = some.flatMap((run) => [...gluesOf(text, run, encoding)]);
      for (const [name, glue] of new Map(own.map((one) => [`${one.digits} ${nameOf(one)}`, one]))) {
        const entry = counted.get(name) ?? { glue, count: 0 };
        entry.count++;
        counted.set(name, entry);
      }
    } else {
      for (const entry of counted.values()) {
        if (some.some((run) => withoutGlue(text, run, entry.glue, encoding))) entry.count++;
      }
    }
    const left = texts.length - i - 1;
    for (const [name, { count }] of counted) if (count + left < enough) counted.delete(name);
    if (counted.size === 0 && left < enough) return undefined;
  }
  const [best] = [...counted.values()].sort((a, b) => b.count - a.count);
  return best?.glue;
}

/** What a run is without the words around it, if they are there and it is an IV. */
function withoutGlue(text: string, run: Range, glue: Glue, encoding: IvEncoding): Range | undefined {
  const range = { from: run.from + glue.before.length, to: run.to - glue.after.length };
  const fits = range.to - range.from === glue.digits && glueOf(text, run, range) === nameOf(glue);
  return fits && isIv(text, range, encoding) ? range : undefined;
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
  return (
    to - from >= 22 &&
    to - from <= longestIv &&
    encodings[encoding].read(text.slice(from, to))?.bytes.length === ivLength
  );
}

function uuids(text: string): Range[] {
  return Array.from(
    text.matchAll(/(?<![\da-f-])[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?![\da-f-])/gi),
    ({ index }) => ({ from: index, to: index + 36 }),
  );
}
