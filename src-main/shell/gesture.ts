import type { WebContents } from 'electron';

/** How long a press has to last before it counts as meant. */
const holdMs = 400;

/** What is pressed on the window right now, and since when. */
export interface Gesture {
  /** A button or key went down; one that is down already keeps its time. */
  press(what: string): void;
  release(what: string): void;
  releaseAll(): void;
  /** Whether something has been down for `holdMs`. */
  isHeld(): boolean;
}

export function createGesture(now: () => number = () => performance.now()): Gesture {
  const pressed = new Map<string, number>();
  return {
    press: (what) => {
      if (!pressed.has(what)) pressed.set(what, now());
    },
    release: (what) => void pressed.delete(what),
    releaseAll: () => pressed.clear(),
    isHeld: () => [...pressed.values()].some((since) => now() - since >= holdMs),
  };
}

const keys: ReadonlySet<string> = new Set(['Space', 'Enter', 'NumpadEnter']);

/**
 * Follows what the system reports about mouse, keys and touch. The page has no part in it: events that it makes up never pass
 * here, so a page that was taken over cannot pretend a press.
 */
export function followInput(contents: WebContents, gesture: Gesture): void {
  contents.on('before-mouse-event', (_event, { type, button }) => {
    if (button !== 'left') return;
    if (type === 'mouseDown') gesture.press('mouse');
    if (type === 'mouseUp') gesture.release('mouse');
  });
  contents.on('before-input-event', (_event, { type, code, isAutoRepeat }) => {
    if (!keys.has(code)) return;
    if (type === 'keyUp') gesture.release(code);
    else if (!isAutoRepeat) gesture.press(code);
  });
  contents.on('input-event', (_event, { type }) => {
    if (type === 'touchStart') gesture.press('touch');
    if (type === 'touchEnd' || type === 'touchCancel') gesture.release('touch');
  });
  // a release outside the window, or while another window is in front, is not told
  contents.on('blur', () => gesture.releaseAll());
  contents.on('render-process-gone', () => gesture.releaseAll());
}
