import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { placementFor, readWindowState, writeWindowState } from '#shell/window-state';
import { test } from '#test/support/temp-folder';

const laptop = { x: 0, y: 25, width: 1440, height: 875 };
const desk = { x: 1440, y: 0, width: 2560, height: 1400 };
const left = { x: 100, y: 100, width: 1200, height: 700, maximized: false };

describe('the window is placed', () => {
  test('in the usual size where nothing is known', () => {
    expect(placementFor(undefined, [laptop])).toEqual({ width: 1280, height: 800, maximized: false });
  });

  test('where it was left', () => {
    expect(placementFor(left, [laptop])).toEqual({
      width: 1200,
      height: 700,
      position: { x: 100, y: 100 },
      maximized: false,
    });
  });

  test('on the second display while there is one, and anywhere when it is gone', () => {
    const there = { ...left, x: 2000, y: 300 };
    expect(placementFor(there, [laptop, desk]).position).toEqual({ x: 2000, y: 300 });
    expect(placementFor(there, [laptop]).position).toBeUndefined();
  });

  test('within a display that has shrunk', () => {
    expect(placementFor({ ...left, width: 3000, height: 2000 }, [laptop])).toMatchObject({
      width: 1440,
      height: 875,
    });
  });

  test('never smaller than its content needs', () => {
    expect(placementFor({ ...left, width: 10, height: 10 }, [laptop])).toMatchObject({
      width: 900,
      height: 600,
    });
  });

  test('maximized again', () => {
    expect(placementFor({ ...left, maximized: true }, [laptop]).maximized).toBe(true);
  });

  test.for([
    ['of its width on the display', { x: 1440 - 120 }, { x: 1440 - 119 }],
    ['of its width on the display, from the left', { x: -1080 }, { x: -1081 }],
    ['of its height on the display', { y: 900 - 40 }, { y: 900 - 39 }],
    ['of its title on the display', { y: 25 }, { y: 24 }],
  ] as const)('where it can still be taken hold of: just enough %s', ([, enough, tooLittle]) => {
    const { x, y } = left;
    expect(placementFor({ ...left, ...enough }, [laptop]).position).toEqual({ x, y, ...enough });
    expect(placementFor({ ...left, ...tooLittle }, [laptop]).position).toBeUndefined();
  });

  test('in its own size at most where its display is gone', () => {
    const there = { ...left, x: 2000, y: 300 };
    expect(placementFor(there, [laptop])).toMatchObject({ width: 1200, height: 700 });
    expect(placementFor({ ...there, width: 3000, height: 2000 }, [laptop])).toMatchObject({
      width: 1280,
      height: 800,
    });
  });

  test.for([
    ['left of every display', { x: -1150 }],
    ['right of every display', { x: 1400 }],
    ['below every display', { y: 880 }],
    ['with its title above the display', { y: -300 }],
  ] as const)('anew if it stood %s', ([, where]) => {
    expect(placementFor({ ...left, ...where }, [laptop]).position).toBeUndefined();
  });
});

describe('the file of the state', () => {
  test('gives back what was kept, and leaves nothing else behind', async ({ folder }) => {
    const path = join(folder, 'state.json');
    await writeWindowState(path, left);
    await writeWindowState(path, { ...left, x: 5 });
    expect(await readWindowState(path)).toEqual({ ...left, x: 5 });
    expect(await readdir(folder)).toEqual(['state.json']);
  });

  test.for([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['a field missing', '{"x":1,"y":1,"width":900,"height":600}'],
    ['a size that cannot be', '{"x":1,"y":1,"width":-5,"height":600,"maximized":false}'],
    ['a place that cannot be', '{"x":1e9,"y":1,"width":900,"height":600,"maximized":false}'],
  ] as const)('counts as absent with %s', async ([, content], { folder }) => {
    const path = join(folder, 'state.json');
    await writeFile(path, content);
    expect(await readWindowState(path)).toBeUndefined();
  });

  test('may be missing, and may be unwritable', async ({ folder }) => {
    const path = join(folder, 'gone', 'state.json');
    await writeWindowState(path, left);
    expect(await readWindowState(path)).toBeUndefined();
  });
});
