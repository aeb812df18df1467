import type { PageInput } from '../chromium/worlds.ts';

type Keys = Pick<PageInput, 'key' | 'code' | 'shift' | 'control' | 'alt' | 'meta'>;

const named: Readonly<Record<string, string>> = {
  plus: '+',
  left: 'ArrowLeft',
  right: 'ArrowRight',
  up: 'ArrowUp',
  down: 'ArrowDown',
  space: ' ',
  esc: 'Escape',
  return: 'Enter',
};

/** Whether these keys are the accelerator, like `CmdOrCtrl+Shift+H`. */
export function matchesAccelerator(accelerator: string, pressed: Keys): boolean {
  const parts = accelerator.toLowerCase().split('+');
  const isMac = process.platform === 'darwin';
  const has = (...names: string[]) => names.some((name) => parts.includes(name));
  const either = has('cmdorctrl', 'commandorcontrol');
  const wanted = {
    shift: has('shift'),
    control: has('ctrl', 'control') || (either && !isMac),
    alt: has('alt', 'option'),
    meta: has('cmd', 'command', 'meta', 'super') || (either && isMac),
  };
  const key = parts.at(-1) ?? '';
  const expected = named[key] ?? key;
  const isKey =
    pressed.key.toLowerCase() === expected.toLowerCase() || pressed.code === `Key${expected.toUpperCase()}`;
  return (
    isKey &&
    (wanted.shift === pressed.shift || expected === '+') &&
    wanted.control === pressed.control &&
    wanted.alt === pressed.alt &&
    wanted.meta === pressed.meta
  );
}
