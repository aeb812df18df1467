import { blur, type Picture, paint } from '#test/unit/backup/spoilt-pictures';

/*
 * What happens to a sheet before it is photographed, to the light, and to the picture afterwards. Places are in parts of a side.
 */

export type Change = (picture: Picture) => Picture;

const shade = ({ width, luma }: Picture, x: number, y: number) => luma[y * width + x] as number;

/** Each pixel from its own shade and its place. */
const each =
  (tone: (value: number, x: number, y: number) => number): Change =>
  (picture) => {
    const { width, height } = picture;
    return paint(width, height, (x, y) => tone(shade(picture, x, y), x / width, y / height));
  };

/** The same numbers between 0 and 1 each time. */
function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** A round spot that takes away light: coffee, oil, a finger (`ink` is how much of the light is left in it). */
export const spot = (x: number, y: number, radius: number, ink: number): Change =>
  each((value, px, py) => (Math.hypot(px - x, py - y) < radius ? value * ink : value));

/** The ring of a cup. */
export const ring = (x: number, y: number, radius: number, ink: number): Change =>
  each((value, px, py) => (Math.abs(Math.hypot(px - x, py - y) - radius) < 0.018 ? value * ink : value));

/** A hole, or a sticker: white. */
export const hole = (x: number, y: number, radius: number): Change =>
  each((value, px, py) => (Math.hypot(px - x, py - y) < radius ? 250 : value));

/** A line of a pen from edge to edge, or the worn crease of a fold (`light`). */
export const stroke = (y: number, slope: number, thickness: number, tone: number): Change =>
  each((value, px, py) => (Math.abs(py - y - slope * px) < thickness / 2 ? tone : value));

/** Ink that ran: dark grows by a pixel for each step. */
export const bleed = (steps: number): Change => spread(steps, Math.min);
/** Ink that is worn: light grows. */
export const wear = (steps: number): Change => spread(steps, Math.max);

function spread(steps: number, choose: (...values: number[]) => number): Change {
  const once = (picture: Picture) =>
    paint(picture.width, picture.height, (x, y) => {
      const right = Math.min(picture.width - 1, x + 1);
      const below = Math.min(picture.height - 1, y + 1);
      return choose(shade(picture, x, y), shade(picture, right, y), shade(picture, x, below));
    });
  return (picture) => {
    let grown = picture;
    for (let step = 0; step < steps; step++) grown = once(grown);
    return grown;
  };
}

/** Blank dots all over, as of a printer that is running dry or of sand. */
export const speckle = (share: number, tone: number): Change => {
  const random = drawn(7);
  return each((value) => (random() < share ? tone : value));
};

/** Half of the light is gone where a hand or a phone throws its shadow. */
export const shadow = (edge: number, slope: number, left: number): Change =>
  each((value, x, y) => value * (y - edge > slope * (x - 0.5) ? left : 1));

/** The lamp reflected by glossy paper: light is added, and what is too light is white. */
export const glare = (x: number, y: number, radius: number, strength: number): Change =>
  each((value, px, py) => value + strength * Math.exp(-(((px - x) ** 2 + (py - y) ** 2) / radius ** 2)));

/** Light through blinds. */
export const blinds = (count: number, left: number): Change =>
  each((value, _, y) => value * (Math.sin(2 * Math.PI * count * y) > 0 ? 1 : left));

/** Exposed too much or too little. */
export const exposed = (factor: number, floor = 0): Change => each((value) => floor + value * factor);

/** Dark corners. */
export const vignette = (strength: number): Change =>
  each((value, x, y) => value * (1 - strength * Math.min(1, 2 * ((x - 0.5) ** 2 + (y - 0.5) ** 2))));

/** Grain of a sensor. */
export const grain = (strength: number, seed = 3): Change => {
  const random = drawn(seed);
  return each((value) => value + (random() + random() - 1) * strength);
};

/** Out of focus by some pixels. */
export const defocus =
  (radius: number): Change =>
  (picture) =>
    blur(picture, radius);

/** A hand that moved while the picture was taken, over so many pixels. */
export const shake =
  (across: number, down: number): Change =>
  (picture) => {
    const steps = Math.max(2, Math.ceil(2 * Math.hypot(across, down)));
    return paint(picture.width, picture.height, (x, y) => {
      let sum = 0;
      for (let step = 0; step < steps; step++) {
        const part = step / (steps - 1) - 0.5;
        const column = Math.min(picture.width - 1, Math.max(0, Math.round(x + part * across)));
        const row = Math.min(picture.height - 1, Math.max(0, Math.round(y + part * down)));
        sum += shade(picture, column, row);
      }
      return sum / steps;
    });
  };

/** A copying machine: contrast up, edges eaten or fattened, and dust. */
export const copied =
  (generations: number, threshold: number): Change =>
  (picture) => {
    let copy = picture;
    for (let made = 0; made < generations; made++) {
      copy = grain(60, 11 + made)(blur(copy, 1));
      copy = each((value) => (value - threshold) * 3 + 128)(copy);
    }
    return speckle(0.004, 0)(copy);
  };

/** Black or white only, as a fax or a scan to text is. */
export const blackAndWhite = (threshold: number): Change => each((value) => (value < threshold ? 0 : 255));

/** Greys as dots of a printer or a newspaper. */
export const halftone =
  (cell: number): Change =>
  (picture) =>
    paint(picture.width, picture.height, (x, y) => {
      const dot = 127 + 60 * (Math.sin((x * 2 * Math.PI) / cell) + Math.sin((y * 2 * Math.PI) / cell));
      return shade(picture, x, y) * 0.55 + 90 > dot ? 235 : 40;
    });

/** Stripes between a screen and a camera. */
export const screen =
  (period: number, strength: number): Change =>
  (picture) =>
    paint(
      picture.width,
      picture.height,
      (x, y) =>
        shade(picture, x, y) *
        (1 - strength * (0.5 + 0.5 * Math.sin((x * 1.03 + y * 0.21) * ((2 * Math.PI) / period)))),
    );

export const inTurn =
  (...changes: readonly Change[]): Change =>
  (picture) =>
    changes.reduce((changed, change) => change(changed), picture);
