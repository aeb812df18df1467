import type { AppState } from '#contract/app';
import { screenEntries, type ScreenId } from '../screen-list.ts';

export type ShortcutTarget = 'palette' | 'find' | 'sidebar' | 'lock' | 'back' | 'forward' | ScreenId;

interface Shortcut {
  /** Of the keyboard event; letters in lower case. */
  readonly key: string;
  /** Alt instead of Ctrl or ⌘. */
  readonly alt?: true;
  readonly target: ShortcutTarget;
}

/** All global shortcuts. They never collide with those of text fields. */
const shortcuts: readonly Shortcut[] = [
  { key: 'k', target: 'palette' },
  { key: 'f', target: 'find' },
  { key: 'b', target: 'sidebar' },
  { key: 'l', target: 'lock' },
  ...screenEntries.flatMap(({ id, shortcut }) =>
    shortcut === undefined ? [] : [{ key: shortcut, target: id }],
  ),
  { key: 'ArrowLeft', alt: true, target: 'back' },
  { key: 'ArrowRight', alt: true, target: 'forward' },
];

/** macOS goes back with ⌘ [, where Alt with arrows moves by words. */
const macShortcuts: readonly Shortcut[] = [
  ...shortcuts.filter(({ alt }) => !alt),
  { key: '[', target: 'back' },
  { key: ']', target: 'forward' },
];

type Platform = AppState['platform'];
export type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** What a key press asks for, if it is one of the shortcuts. */
export function targetOf(pressed: Pressed, platform: Platform): ShortcutTarget | undefined {
  if (pressed.shiftKey) return undefined;
  const mac = platform === 'darwin';
  const command = mac ? pressed.metaKey && !pressed.ctrlKey : pressed.ctrlKey && !pressed.metaKey;
  const key = pressed.key.length === 1 ? pressed.key.toLowerCase() : pressed.key;
  return shortcutsOf(platform).find((shortcut) =>
    shortcut.key === key && shortcut.alt
      ? pressed.altKey && !pressed.ctrlKey && !pressed.metaKey
      : shortcut.key === key && command && !pressed.altKey,
  )?.target;
}

const names: Readonly<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→' };

/** A shortcut as the platform writes it, like `Ctrl K` or `⌘ K`. */
export function shortcutOf(target: ShortcutTarget, platform: Platform): string | undefined {
  const found = find(target, platform);
  if (!found) return undefined;
  const modifier = found.alt ? 'Alt' : platform === 'darwin' ? '⌘' : 'Ctrl';
  return `${modifier} ${names[found.key] ?? found.key.toUpperCase()}`;
}

/** The same as `aria-keyshortcuts` wants it, like `Control+K`. */
export function ariaShortcutOf(target: ShortcutTarget, platform: Platform): string | undefined {
  const found = find(target, platform);
  if (!found) return undefined;
  const modifier = found.alt ? 'Alt' : platform === 'darwin' ? 'Meta' : 'Control';
  return `${modifier}+${found.key.length === 1 ? found.key.toUpperCase() : found.key}`;
}

function find(target: ShortcutTarget, platform: Platform): Shortcut | undefined {
  return shortcutsOf(platform).find((shortcut) => shortcut.target === target);
}

function shortcutsOf(platform: Platform): readonly Shortcut[] {
  return platform === 'darwin' ? macShortcuts : shortcuts;
}

/** Whether `?` was typed where it is no text, which asks for the shortcuts. */
export function asksForHelp({ key, ctrlKey, metaKey, altKey }: Pressed, isTyping: boolean): boolean {
  return key === '?' && !isTyping && !ctrlKey && !metaKey && !altKey;
}
