import { encode } from 'jpeg-js';
import { PNG } from 'pngjs';
import { encodeQR } from 'qr';

/** A grey picture, a byte a pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly luma: Uint8Array;
}

const at = ({ width, height, luma }: Picture, x: number, y: number, outside = 255): number =>
  x < 0 || y < 0 || x >= width || y >= height ? outside : (luma[y * width + x] as number);

/** Between the four pixels around a point. */
function between(picture: Picture, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const [fx, fy] = [x - left, y - top];
  const upper = at(picture, left, top) * (1 - fx) + at(picture, left + 1, top) * fx;
  const lower = at(picture, left, top + 1) * (1 - fx) + at(picture, left + 1, top + 1) * fx;
  return upper * (1 - fy) + lower * fy;
}

export function paint(width: number, height: number, shade: (x: number, y: number) => number): Picture {
  const luma = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      luma[y * width + x] = Math.max(0, Math.min(255, Math.round(shade(x, y))));
    }
  }
  return { width, height, luma };
}

/** A code of any text in the middle of a white sheet. */
export function sheetWith(text: string): Picture {
  return sheetOf(encodeQR(text, 'raw', { border: 4 }));
}

/** Modules as they would come out of a printer, on a white sheet. */
export function sheetOf(matrix: readonly (readonly boolean[])[], module = 4, margin = 40): Picture {
  const side = matrix.length * module + 2 * margin;
  return paint(side, side, (x, y) => {
    const cell = matrix[Math.floor((y - margin) / module)]?.[Math.floor((x - margin) / module)];
    return cell ? 0 : 255;
  });
}

export function rotate(picture: Picture, degrees: number): Picture {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const width = Math.ceil(Math.abs(picture.width * cos) + Math.abs(picture.height * sin));
  const height = Math.ceil(Math.abs(picture.width * sin) + Math.abs(picture.height * cos));
  return paint(width, height, (x, y) => {
    const [dx, dy] = [x - (width - 1) / 2, y - (height - 1) / 2];
    return between(
      picture,
      dx * cos + dy * sin + (picture.width - 1) / 2,
      dy * cos - dx * sin + (picture.height - 1) / 2,
    );
  });
}

export function scale(picture: Picture, factor: number): Picture {
  const [width, height] = [Math.round(picture.width * factor), Math.round(picture.height * factor)];
  const soft = factor < 1 ? blur(picture, Math.round(0.5 / factor)) : picture;
  return paint(width, height, (x, y) => between(soft, (x + 0.5) / factor - 0.5, (y + 0.5) / factor - 0.5));
}

/** Seen from below: the upper edge is shorter than the lower one, and what is far is closer together. */
export function tilt(picture: Picture, narrower: number): Picture {
  const { width, height } = picture;
  return paint(width, height, (x, y) => {
    const near = (1 + narrower) / (1 + (narrower * y) / height);
    return between(picture, (x - width / 2) * near + width / 2, y * near);
  });
}

/** A box blur, twice, which is close to what a lens out of focus does. */
export function blur(picture: Picture, radius: number): Picture {
  if (radius < 1) return picture;
  const once = (source: Picture, dx: number, dy: number) =>
    paint(source.width, source.height, (x, y) => {
      let sum = 0;
      for (let k = -radius; k <= radius; k++) sum += at(source, x + k * dx, y + k * dy);
      return sum / (2 * radius + 1);
    });
  return once(once(picture, 1, 0), 0, 1);
}

/** The same noise each time. */
export function noise(picture: Picture, strength: number): Picture {
  let state = 1;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648 - 0.5;
  };
  return paint(picture.width, picture.height, (x, y) => at(picture, x, y) + random() * 2 * strength);
}

/** Light from the left: the right edge keeps `rest` of it. */
export function darken(picture: Picture, rest: number): Picture {
  const { width, height } = picture;
  return paint(width, height, (x, y) => at(picture, x, y) * (1 - (1 - rest) * (x / width)));
}

export function fade(picture: Picture, darkest: number, brightest: number): Picture {
  const { width, height } = picture;
  return paint(width, height, (x, y) => darkest + (at(picture, x, y) * (brightest - darkest)) / 255);
}

export function invert(picture: Picture): Picture {
  return paint(picture.width, picture.height, (x, y) => 255 - at(picture, x, y));
}

/** On a larger table of mid grey. */
export function onTable(picture: Picture, width: number, height: number, left: number, top: number): Picture {
  return paint(width, height, (x, y) => at(picture, x - left, y - top, 110 + ((x * 7 + y * 13) % 23)));
}

export function beside(left: Picture, right: Picture): Picture {
  return paint(left.width + right.width, Math.max(left.height, right.height), (x, y) =>
    x < left.width ? at(left, x, y) : at(right, x - left.width, y),
  );
}

function rgba({ width, height, luma }: Picture): Buffer {
  const data = Buffer.alloc(width * height * 4, 255);
  for (const [i, value] of luma.entries()) data.fill(value, i * 4, i * 4 + 3);
  return data;
}

export function toPng(picture: Picture): Buffer {
  const { width, height } = picture;
  const png = new PNG({ width, height });
  rgba(picture).copy(png.data);
  return PNG.sync.write(png);
}

export function toJpeg(picture: Picture, quality = 60): Buffer {
  const { width, height } = picture;
  return encode({ width, height, data: rgba(picture) }, quality).data;
}

export function fromPng(bytes: Buffer): Picture {
  const { width, height, data } = PNG.sync.read(bytes);
  return paint(width, height, (x, y) => data[(y * width + x) * 4] as number);
}
