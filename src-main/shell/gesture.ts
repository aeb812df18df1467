import type { WebContents } from 'electron';
import type { Press } from '#procedures/consent/consent';

/** How long a press has to last before a secret is shown for it. */
const holdMs = 400;

/** How long after it ended a press still counts for what it was made for. */
const afterMs = 1_000;

/** What is pressed on the window, and what a press was used for: each counts once. */
export interface Gesture {
  /** A button or key went down; one that is down already keeps its time. */
  press(what: string): void;
  release(what: string): void;
  /** Ends all presses; none of them counts any more. */
  releaseAll(): void;
  /** Takes a press that nothing has taken yet: one that is down for `holdMs`, or for a click also one that is down or just ended. */
  take(kind: 'click' | 'hold'): Press | undefined;
  /** How many presses there have been. */
  count(): number;
}

interface Pressed {
  readonly since: number;
  taken: boolean;
}

export function createGesture(now: () => number = () => performance.now()): Gesture {
  const pressed = new Map<string, Pressed>();
  let last: { readonly press: Pressed; readonly endedAt: number } | undefined;
  let presses = 0;

  const isHeld = (press: Pressed) =>
    now() - press.since >= holdMs && [...pressed.values()].some((one) => one === press);
  const just = () => (last && now() - last.endedAt <= afterMs ? [last.press] : []);

  return {
    press(what) {
      if (pressed.has(what)) return;
      presses++;
      pressed.set(what, { since: now(), taken: false });
    },
    release(what) {
      const press = pressed.get(what);
      if (!press) return;
      pressed.delete(what);
      last = { press, endedAt: now() };
    },
    releaseAll() {
      pressed.clear();
      last = undefined;
    },
    take(kind) {
      const candidates =
        kind === 'hold' ? [...pressed.values()].filter(isHeld) : [...pressed.values(), ...just()];
      const press = candidates.find(({ taken }) => !taken);
      if (!press) return undefined;
      press.taken = true;
      return { isHeld: () => isHeld(press) };
    },
    count: () => presses,
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
