import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Home',
  icon: 'home',
  group: 'key',
  needsEnvironment: false,
  shortcut: '1',
  menu: { under: 'go' },
  operations: ['practice.start'],
} as const satisfies ScreenData;
