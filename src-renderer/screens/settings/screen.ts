import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Settings',
  icon: 'settings',
  group: 'app',
  needsEnvironment: false,
  shortcut: ',',
  menu: { under: 'app' },
  operations: [],
} as const satisfies ScreenData;
