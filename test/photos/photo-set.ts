import { invert, type Picture, paint, scale, toJpeg } from '#test/unit/backup/spoilt-pictures';
import { photograph, type Pose } from './camera.ts';
import {
  blackAndWhite,
  bleed,
  blinds,
  type Change,
  copied,
  defocus,
  exposed,
  glare,
  grain,
  halftone,
  hole,
  inTurn,
  ring,
  screen,
  shadow,
  shake,
  speckle,
  spot,
  stroke,
  vignette,
  wear,
} from './damage.ts';

export interface Photo {
  readonly kind: string;
  readonly name: string;
  /** A JPEG. Takes up to seconds. */
  readonly take: (sheet: Picture) => Buffer;
}

interface Shot {
  /** To the sheet, before it is photographed. */
  readonly sheet?: Change;
  readonly pose?: Pose;
  /** To light and picture. */
  readonly after?: Change;
  /** Of the JPEG. */
  readonly quality?: number;
}

/** What a good phone adds to any picture. */
const ordinary = grain(8);

function take(sheet: Picture, { sheet: damage, pose = {}, after, quality = 75 }: Shot): Buffer {
  const picture = photograph(damage?.(sheet) ?? sheet, pose);
  return toJpeg(ordinary(after?.(picture) ?? picture), quality);
}

const kinds: Readonly<Record<string, Readonly<Record<string, Shot>>>> = {
  perspective: {
    'from below, 25°': { pose: { pitch: 25 } },
    'from below, 40°': { pose: { pitch: 40 } },
    'from below, 50°': { pose: { pitch: 50 } },
    'from below, 58°': { pose: { pitch: 58 } },
    'from the side, 25°': { pose: { yaw: 25 } },
    'from the side, 40°': { pose: { yaw: 40 } },
    'from the side, 50°': { pose: { yaw: 50 } },
    'from a corner, 30°': { pose: { pitch: 30, yaw: 30 } },
    'from a corner, 40°': { pose: { pitch: 40, yaw: 35, roll: 20 } },
    'close and steep': { pose: { pitch: 35, focal: 0.7 } },
    'close, steep and turned': { pose: { pitch: 35, yaw: -20, roll: 135, focal: 0.8 } },
  },
  turned: {
    'by 12°': { pose: { roll: 12 } },
    'by 33°': { pose: { roll: 33 } },
    'by 45°': { pose: { roll: 45, fill: 0.65 } },
    'by 200°': { pose: { roll: 200, fill: 0.7 } },
    'by 285°, and tilted': { pose: { roll: 285, pitch: 30, fill: 0.7 } },
  },
  lens: {
    'wide angle, slight': { pose: { lens: 0.12 } },
    'wide angle': { pose: { lens: 0.3 } },
    'wide angle, strong': { pose: { lens: 0.55, fill: 0.7 } },
    'wide angle, near the edge': { pose: { lens: 0.35, fill: 0.55, offset: [0.7, 0.5] } },
    'wide angle, tilted': { pose: { lens: 0.25, pitch: 30 } },
    'pincushion, slight': { pose: { lens: -0.1 } },
    pincushion: { pose: { lens: -0.22 } },
    'pincushion, strong': { pose: { lens: -0.35 } },
    'pincushion, turned': { pose: { lens: -0.2, roll: 40, fill: 0.7 } },
  },
  curl: {
    'slightly rolled': { pose: { curl: 1.2 } },
    rolled: { pose: { curl: 0.8 } },
    'strongly rolled': { pose: { curl: 0.62 } },
    'rolled, from the side': { pose: { curl: 1, yaw: 25 } },
    'slightly bowed': { pose: { bow: 1.2 } },
    bowed: { pose: { bow: 0.8 } },
    'bowed, from below': { pose: { bow: 1, pitch: 25 } },
    'folded in the middle': { pose: { fold: 0.06 } },
    'folded sharply': { pose: { fold: 0.14 } },
    'once wet': { pose: { wave: 0.012 } },
    'once very wet': { pose: { wave: 0.025 } },
  },
  mirror: {
    straight: { pose: { mirror: true } },
    turned: { pose: { mirror: true, roll: 25, fill: 0.75 } },
    'from below': { pose: { mirror: true, pitch: 35 } },
    dim: { pose: { mirror: true }, after: inTurn(exposed(0.3), grain(20)) },
    'out of focus': { pose: { mirror: true }, after: defocus(2) },
    'wide angle': { pose: { mirror: true, lens: 0.25 } },
  },
  blur: {
    'slightly out of focus': { after: defocus(2) },
    'out of focus': { after: defocus(3) },
    'far out of focus': { after: defocus(4) },
    'out of focus and noisy': { after: inTurn(defocus(2), grain(50)) },
    'out of focus and tilted': { pose: { pitch: 30, yaw: 15 }, after: defocus(2) },
    'shaken across': { after: shake(5, 0) },
    'shaken down': { after: shake(0, 7) },
    'shaken askew': { after: shake(5, 5) },
    'shaken strongly': { after: shake(9, 2) },
    'small and soft': { pose: { width: 600, height: 600 }, after: defocus(1) },
  },
  stain: {
    'a coffee ring': { sheet: ring(0.5, 0.45, 0.2, 0.5) },
    'a dark coffee ring': { sheet: ring(0.55, 0.5, 0.22, 0.15) },
    'a spot of oil': { sheet: spot(0.6, 0.6, 0.15, 0.55) },
    'a finger at the edge': { sheet: spot(0.88, 0.6, 0.08, 0.4) },
    'a blot': { sheet: spot(0.55, 0.6, 0.08, 0) },
    'a large blot': { sheet: spot(0.55, 0.6, 0.12, 0) },
    'a punched hole': { sheet: hole(0.5, 0.3, 0.06) },
    'two punched holes': { sheet: inTurn(hole(0.35, 0.5, 0.06), hole(0.65, 0.55, 0.06)) },
    'struck through': { sheet: stroke(0.4, 0.25, 0.012, 20) },
    'worn at a fold': { sheet: stroke(0.5, 0, 0.03, 240) },
    'worn at two folds': { sheet: inTurn(stroke(0.36, 0, 0.02, 240), stroke(0.66, 0.02, 0.02, 240)) },
    'ink that ran': { sheet: bleed(2) },
    'ink that is worn': { sheet: wear(2) },
    'a dry printer': { sheet: speckle(0.12, 245) },
  },
  light: {
    'lit from one side': { after: (picture) => exposedAcross(picture, 0.2) },
    'lit from one side, far away': { after: (picture) => exposedAcross(picture, 0.08) },
    'at night': { after: inTurn(exposed(0.16, 6), grain(14)) },
    'at night, noisy': { after: inTurn(exposed(0.25, 6), grain(45)) },
    'too bright': { after: exposed(1, 150) },
    pale: { after: exposed(0.14, 140) },
    'the shadow of a hand': { after: shadow(0.5, 0.6, 0.4) },
    'a deep shadow': { after: shadow(0.5, -0.8, 0.15) },
    'a lamp reflected': { after: glare(0.5, 0.5, 0.12, 200) },
    'a large lamp reflected': { after: glare(0.4, 0.6, 0.2, 220) },
    'through blinds': { after: blinds(5, 0.4) },
    'through dense blinds': { after: blinds(14, 0.35) },
    'dark corners': { after: vignette(0.9) },
  },
  copy: {
    copied: { after: copied(1, 150) },
    'a copy of a copy': { after: copied(2, 150) },
    'a dark copy of a copy': { after: copied(2, 205) },
    'a fax': { pose: { width: 640, height: 640 }, after: blackAndWhite(140) },
    'a dark fax': { pose: { width: 640, height: 640, roll: 2 }, after: blackAndWhite(190) },
    'in halftone': { after: halftone(5) },
    'off a screen': { after: screen(7, 0.5) },
    'sent by chat': { pose: { width: 560, height: 560 }, quality: 25 },
    'as a bad JPEG': { quality: 8 },
    negative: { after: invert },
  },
  far: {
    'small in a large picture': { pose: { width: 2600, height: 2000, fill: 0.25, offset: [0.5, -0.4] } },
    'small, tilted, in a large picture': {
      pose: { width: 2600, height: 2000, fill: 0.3, pitch: 30, roll: 15 },
    },
    'three pixels a module': { pose: { width: 480, height: 480 } },
    'two and a half pixels a module': { pose: { width: 400, height: 400 } },
    'with room around it, enlarged': {
      pose: { width: 500, height: 500 },
      after: (picture) => scale(picture, 3),
    },
  },
};

/** Light from the left of which the right edge keeps a part. */
function exposedAcross(picture: Picture, rest: number): Picture {
  const { width, height, luma } = picture;
  return paint(width, height, (x, y) => (luma[y * width + x] as number) * (1 - (1 - rest) * (x / width)));
}

/** Pictures of one kit as people take them, from easy to beyond hope. The same each time. */
export const photoSet: readonly Photo[] = Object.entries(kinds).flatMap(([kind, shots]) =>
  Object.entries(shots).map(([name, shot]) => ({ kind, name, take: (sheet: Picture) => take(sheet, shot) })),
);

/** The middle of a kit: its code, lines of text above and below it. */
export function kitSheet(matrix: readonly (readonly boolean[])[]): Picture {
  const [module, margin] = [10, 12];
  const side = (matrix.length + 2 * margin) * module;
  return paint(side, side, (x, y) => {
    const [column, row] = [Math.floor(x / module) - margin, Math.floor(y / module) - margin];
    if (row < -2 || row > matrix.length + 1) return isLetter(x, y) ? 60 : 245;
    return matrix[row]?.[column] ? 18 : 245;
  });
}

/** Something like a line of small print. */
function isLetter(x: number, y: number): boolean {
  return y % 32 < 16 && (x * 37 + Math.floor(y / 32) * 101) % 11 < 6 && x % 90 > 14;
}
