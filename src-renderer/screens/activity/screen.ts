import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Activity',
  icon: 'activity',
  group: 'log',
  needsEnvironment: false,
  shortcut: '7',
  menu: { under: 'go' },
  operations: [],
} as const satisfies ScreenData;
