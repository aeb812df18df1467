import type { Picture } from './picture.ts';
import { crop, enlarge, evenOut, shrink, soften, stretch, turn, unbend } from './picture-variants.ts';

/** No look is larger: a code has pixels enough then, and memory stays small. */
const longestSide = 3000;

/**
 * A picture as its code might be read: as it is, softened, stretched, turned, smaller, larger, without the lens, in parts. The
 * likeliest first; each is made only when it is called.
 */
export function looksAt(original: Picture): readonly (() => Picture)[] {
  const whole = shrink(original, longestSide);
  const middle = once(() => shrink(whole, 1800));
  const clear = once(() => stretch(middle()));
  const soft = once(() => soften(middle()));
  const small = Math.max(whole.width, whole.height) < 1500;
  return [
    () => whole,
    soft,
    clear,
    () => turn(clear(), 45),
    () => shrink(whole, 900),
    ...(small ? [() => enlarge(clear()), () => soften(enlarge(clear()))] : []),
    // shadows with edges, and ink that has run
    () => evenOut(soft(), 1 / 80),
    () => soften(evenOut(soft(), 1 / 80)),
    () => evenOut(middle(), 1 / 24),
    // a lens that draws corners out, and one that draws them in
    () => unbend(soft(), 0.15),
    () => unbend(soft(), -0.15),
    () => turn(clear(), 20),
    () => turn(clear(), 70),
    () => soften(soft()),
    ...(original === whole ? [] : partsOf(original)),
  ];
}

/** Nine parts at their full size, each overlapping its neighbours by half: a small code in a huge picture. */
function partsOf(picture: Picture): (() => Picture)[] {
  const begins = [0, 0.25, 0.5];
  return begins.flatMap((top) =>
    begins.map((left) => () => shrink(crop(picture, left, top, left + 0.5, top + 0.5), longestSide)),
  );
}

function once(make: () => Picture): () => Picture {
  let made: Picture | undefined;
  return () => (made ??= make());
}
