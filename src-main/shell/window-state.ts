import { z } from 'zod';
import { readState, writeState } from '#storage/state-file';
import { stateKind } from '#storage/state-kind';

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const coordinate = z.number().int().min(-100_000).max(100_000);

const windowState = z.strictObject({
  x: coordinate,
  y: coordinate,
  width: coordinate.positive(),
  height: coordinate.positive(),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowState>;

export const windowKind = stateKind({
  file: 'window/state.json',
  what: 'the window position',
  version: 1,
  schema: windowState,
  remedy: 'no action is needed: it will be saved again',
  firstHadNoVersion: true,
  replaceable: true,
});

export const smallest = { width: 900, height: 600 } as const;
const usual = { width: 1280, height: 800 } as const;

/** As much of the window's top edge has to be on a display, so that it can be taken hold of. */
const graspable = { width: 120, height: 40 } as const;

export interface Placement {
  readonly width: number;
  readonly height: number;
  /** Absent: wherever the system puts it. */
  readonly position?: { readonly x: number; readonly y: number };
  readonly maximized: boolean;
}

/** Where the window goes: as it was left, unless the display that it was on is gone or has shrunk. */
export function placementFor(saved: WindowState | undefined, workAreas: readonly Area[]): Placement {
  if (!saved) return { ...usual, maximized: false };
  const { x, y, maximized } = saved;
  const display = workAreas.find((area) => isGraspable(saved, area));
  const width = Math.max(smallest.width, Math.min(saved.width, display?.width ?? usual.width));
  const height = Math.max(smallest.height, Math.min(saved.height, display?.height ?? usual.height));
  return { width, height, maximized, ...(display && { position: { x, y } }) };
}

function isGraspable(window: Area, display: Area): boolean {
  const shared = Math.min(window.x + window.width, display.x + display.width) - Math.max(window.x, display.x);
  const below = window.y - display.y;
  return shared >= graspable.width && below >= 0 && below <= display.height - graspable.height;
}

/** The state as it was kept, or undefined: a window in the usual place is no failure. */
export async function readWindowState(path: string): Promise<WindowState | undefined> {
  try {
    return await readState(windowKind, path);
  } catch {
    return undefined;
  }
}

/** Keeps it, but never in place of a newer Keel's. What cannot be written is forgotten. One window a home writes it. */
export async function writeWindowState(path: string, state: WindowState): Promise<void> {
  await writeState(windowKind, path, state).catch(() => {});
}
