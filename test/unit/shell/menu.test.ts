import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, test } from 'vitest';
import { menuTemplate } from '#shell/desktop/menu';

const chosen: string[] = [];

function items(platform: NodeJS.Platform, isPackaged = true): MenuItemConstructorOptions[] {
  const template = menuTemplate({
    platform,
    isPackaged,
    choose: (item) => void chosen.push(item),
    lock: () => void chosen.push('lock'),
  });
  const flat = (all: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    all.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])]);
  return flat(template);
}

describe.for(['linux', 'darwin', 'win32'] as const)('the menus on %s', (platform) => {
  test('hold every choice that the window knows, and the lock', () => {
    chosen.length = 0;
    expect(items(platform).filter((item) => typeof item !== 'object')).toEqual([]);
    for (const { click } of items(platform)) (click as (() => void) | undefined)?.();
    expect(chosen.toSorted()).toEqual(['activity', 'back', 'connect', 'home', 'lock', 'palette', 'settings']);
  });

  test('are in the order of the platform', () => {
    const shown = (all: readonly MenuItemConstructorOptions[]): string[] =>
      all.flatMap(({ label, role, type, accelerator, submenu }) => [
        `${label ?? role ?? type}${accelerator === undefined ? '' : ` (${accelerator})`}`,
        ...(Array.isArray(submenu) ? shown(submenu).map((line) => `  ${line}`) : []),
      ]);
    const template = menuTemplate({
      platform,
      isPackaged: true,
      choose: () => undefined,
      lock: () => undefined,
    });
    expect(shown(template)).toMatchSnapshot();
  });

  test('give no shortcut twice', () => {
    const shortcuts = items(platform).flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
  });

  test('can quit, edit and zoom', () => {
    const roles = items(platform).map(({ role }) => role);
    expect(roles).toEqual(expect.arrayContaining(['quit', 'editMenu', 'zoomIn', 'togglefullscreen']));
  });

  test('open the developer tools only while developing', () => {
    const opens = (isPackaged: boolean) =>
      items(platform, isPackaged).some(({ role }) => role === 'toggleDevTools');
    expect([opens(true), opens(false)]).toEqual([false, true]);
  });

  test('cannot load anything: there is no reload', () => {
    expect(items(platform).some(({ role }) => role === 'reload' || role === 'forceReload')).toBe(false);
  });
});
