import { expect, test } from 'vitest';
import {
  ariaShortcutOf,
  asksForHelp,
  type Pressed,
  shortcutOf,
  targetOf,
} from '../../../src-renderer/frame/shortcuts.ts';

const press = (key: string, held: Partial<Pressed> = {}): Pressed => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

test.each([
  ['linux', press('k', { ctrlKey: true }), 'palette'],
  ['linux', press('K', { ctrlKey: true }), 'palette'],
  ['darwin', press('k', { metaKey: true }), 'palette'],
  ['darwin', press('k', { ctrlKey: true }), undefined],
  ['linux', press('k', { metaKey: true }), undefined],
  ['win32', press('l', { ctrlKey: true }), 'lock'],
  ['linux', press('ArrowLeft', { altKey: true }), 'back'],
  ['darwin', press('ArrowLeft', { altKey: true }), undefined],
  ['darwin', press('[', { metaKey: true }), 'back'],
  ['linux', press('f', { ctrlKey: true }), 'find'],
  ['darwin', press('b', { metaKey: true }), 'sidebar'],
  ['linux', press('k'), undefined],
  ['linux', press('5', { ctrlKey: true }), 'rotate'],
  // AltGr is Ctrl with Alt on some keyboards: it types a character
  ['win32', press('5', { ctrlKey: true, altKey: true }), undefined],
  ['linux', press('k', { ctrlKey: true, shiftKey: true }), undefined],
] as const)('on %s a key press asks for what it should', (platform, pressed, target) => {
  expect(targetOf(pressed, platform)).toBe(target);
});

test('a shortcut is written as on the keyboard of the platform', () => {
  expect(shortcutOf('palette', 'linux')).toBe('Ctrl K');
  expect(shortcutOf('palette', 'darwin')).toBe('⌘ K');
  expect(shortcutOf('back', 'win32')).toBe('Alt ←');
  expect(shortcutOf('back', 'darwin')).toBe('⌘ [');
  expect(ariaShortcutOf('lock', 'linux')).toBe('Control+L');
  expect(ariaShortcutOf('back', 'linux')).toBe('Alt+ArrowLeft');
});

test('a question mark asks for the shortcuts, unless it is typed into a field', () => {
  expect(asksForHelp(press('?', { shiftKey: true }), false)).toBe(true);
  expect(asksForHelp(press('?', { shiftKey: true }), true)).toBe(false);
  expect(asksForHelp(press('?', { ctrlKey: true }), false)).toBe(false);
});
