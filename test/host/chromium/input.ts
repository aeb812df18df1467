import type { PageInput } from './worlds.ts';

/** A key as `before-input-event` has it. */
export function inputOf(type: string, input: PageInput): object {
  const { key, code, isAutoRepeat, isComposing, shift, control, alt, meta, location } = input;
  const modifiers = modifiersOf(input);
  const kind = type === 'keydown' ? 'keyDown' : 'keyUp';
  return { type: kind, key, code, isAutoRepeat, isComposing, shift, control, alt, meta, location, modifiers };
}

const buttons = ['left', 'middle', 'right'] as const;
const mouse: Readonly<Record<string, string>> = {
  mousedown: 'mouseDown',
  mouseup: 'mouseUp',
  mousemove: 'mouseMove',
  wheel: 'mouseWheel',
};

const touch: Readonly<Record<string, string>> = {
  touchstart: 'touchStart',
  touchend: 'touchEnd',
  touchcancel: 'touchCancel',
};

/** What `input-event` is told of one event of the page. */
export function inputEventsOf(type: string, input: PageInput): object[] {
  const modifiers = modifiersOf(input);
  const kind = mouse[type];
  if (kind !== undefined) {
    return [
      {
        type: kind,
        modifiers,
        x: input.x,
        y: input.y,
        button: buttons[input.button] ?? 'left',
        clickCount: 1,
      },
    ];
  }
  if (touch[type] !== undefined) return [{ type: touch[type], modifiers }];
  const keyCode = input.key === ' ' ? 'Space' : input.key;
  if (type === 'keyup') return [{ type: 'keyUp', modifiers, keyCode }];
  const down = { type: 'rawKeyDown', modifiers, keyCode };
  return input.key.length === 1 ? [down, { type: 'char', modifiers, keyCode: input.key }] : [down];
}

function modifiersOf({ shift, control, alt, meta, isAutoRepeat }: PageInput): string[] {
  const held = { shift, control, alt, meta, isautorepeat: isAutoRepeat };
  return Object.entries(held).flatMap(([name, on]) => (on ? [name] : []));
}
