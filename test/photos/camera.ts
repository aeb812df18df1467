import { type Picture, paint } from '#test/unit/backup/spoilt-pictures';

/** How a sheet lies and how it is held in front of a camera; what is left out is straight, flat and without fault. */
export interface Pose {
  /** Of the picture, in pixels. */
  readonly width?: number;
  readonly height?: number;
  /** The part of the picture's shorter side that the sheet takes when it is seen straight on. */
  readonly fill?: number;
  /** Turned in the picture, in degrees. */
  readonly roll?: number;
  /** Seen from below and from the side, in degrees. */
  readonly pitch?: number;
  readonly yaw?: number;
  /** Focal length in shorter sides of the picture: what is small is close, and its perspective strong. */
  readonly focal?: number;
  /** Radial distortion: positive as of a wide-angle lens (barrel), negative as of a pincushion. */
  readonly lens?: number;
  /** Where the sheet is in the picture, in parts of the shorter side, off its middle. */
  readonly offset?: readonly [x: number, y: number];
  /** Rolled about an upright axis, of this radius in sheet widths. */
  readonly curl?: number;
  /** The same about a level axis. */
  readonly bow?: number;
  /** Creased by folds: how far the middle of the sheet stands up from the table, in sheet widths. */
  readonly fold?: number;
  /** Waves of paper that was wet: how high, in sheet widths. */
  readonly wave?: number;
  /** As a front camera shows it. */
  readonly mirror?: boolean;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What the camera sees of a sheet that lies on a table of mid grey. Pure geometry: light, grain and focus come after it. */
export function photograph(sheet: Picture, pose: Pose): Picture {
  const { width = 1000, height = 1000, mirror = false } = pose;
  const shorter = Math.min(width, height);
  const place = placeOnSheet(pose);
  return paint(width, height, (px, py) => {
    let sum = 0;
    for (const [dx, dy] of within) {
      const column = mirror ? width - 1 - px - dx : px + dx;
      const { x, y } = place((column - width / 2) / shorter, (py + dy - height / 2) / shorter);
      sum += shadeAt(sheet, (x + 0.5) * sheet.width, (y + 0.5) * sheet.width, px, py);
    }
    return sum / within.length;
  });
}

/** Four rays a pixel: modules of a few pixels have soft edges. */
const within = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.25, 0.75],
  [0.75, 0.75],
] as const;

/** From a place in the picture to one on the sheet, both about the middle, in sides. */
function placeOnSheet(pose: Pose): (x: number, y: number) => Point {
  const { fill = 0.85, roll = 0, pitch = 0, yaw = 0, focal = 1.2, lens = 0, offset = [0, 0] } = pose;
  const turn = turned(roll, pitch, yaw);
  const eye = turn(0, 0, -focal / fill);
  const height = heightOf(pose);
  const steps = isFlat(pose) ? 1 : 6;
  return (px, py) => {
    const [ox, oy] = [px - offset[0] * (1 - fill), py - offset[1] * (1 - fill)];
    const bent = 1 + lens * (px * px + py * py) * 2;
    const ray = turn(ox * bent, oy * bent, focal);
    // the height of the sheet where the ray meets it is found by going there again and again
    let [x, y] = [0, 0];
    for (let step = 0, z = 0; step < steps; step++) {
      const far = (-z - eye.z) / ray.z;
      if (!(far > 0)) return beside;
      [x, y] = [eye.x + far * ray.x, eye.y + far * ray.y];
      z = height(x, y);
    }
    return flattened(pose, x, y);
  };
}

const beside: Point = { x: 9, y: 9 };

function turned(roll: number, pitch: number, yaw: number) {
  const [cosR, sinR] = cosAndSin(roll);
  const [cosP, sinP] = cosAndSin(pitch);
  const [cosY, sinY] = cosAndSin(yaw);
  return (x0: number, y0: number, z0: number): { x: number; y: number; z: number } => {
    const x1 = x0 * cosR + y0 * sinR;
    const y1 = y0 * cosR - x0 * sinR;
    const z1 = y1 * sinP + z0 * cosP;
    return { x: x1 * cosY + z1 * sinY, y: y1 * cosP - z0 * sinP, z: z1 * cosY - x1 * sinY };
  };
}

function cosAndSin(degrees: number): [cos: number, sin: number] {
  const angle = (degrees * Math.PI) / 180;
  return [Math.cos(angle), Math.sin(angle)];
}

function isFlat({ curl, bow, fold, wave }: Pose): boolean {
  return curl === undefined && bow === undefined && fold === undefined && wave === undefined;
}

/** How far the sheet stands up towards the camera above a place of the table. */
function heightOf({ curl, bow, fold, wave }: Pose): (x: number, y: number) => number {
  const arch = (radius: number, along: number) =>
    Math.abs(along) < radius ? Math.sqrt(radius * radius - along * along) - radius : -radius;
  if (curl !== undefined) return (x) => arch(curl, x);
  if (bow !== undefined) return (_, y) => arch(bow, y);
  if (fold !== undefined) return (x) => fold * (1 - 2 * Math.min(0.5, Math.abs(x)));
  if (wave !== undefined) return (x, y) => wave * Math.sin(9 * x + 4 * y);
  return () => 0;
}

/** Along the paper rather than along the table. */
function flattened({ curl, bow, fold }: Pose, x: number, y: number): Point {
  const along = (radius: number, value: number) =>
    Math.abs(value) < radius ? radius * Math.asin(value / radius) : 9;
  if (curl !== undefined) return { x: along(curl, x), y };
  if (bow !== undefined) return { x, y: along(bow, y) };
  if (fold !== undefined) return { x: x * Math.sqrt(1 + 4 * fold * fold), y };
  return { x, y };
}

/** Between four pixels of the sheet, or the table with its grain. */
function shadeAt({ width, height, luma }: Picture, x: number, y: number, px: number, py: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  if (left < 0 || top < 0 || left >= width - 1 || top >= height - 1) return 105 + ((px * 7 + py * 13) % 23);
  const [fx, fy] = [x - left, y - top];
  const at = top * width + left;
  const upper = (luma[at] as number) * (1 - fx) + (luma[at + 1] as number) * fx;
  const lower = (luma[at + width] as number) * (1 - fx) + (luma[at + width + 1] as number) * fx;
  return upper * (1 - fy) + lower * fy;
}
