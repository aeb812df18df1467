import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Key',
  icon: 'key',
  group: 'key',
  needsEnvironment: true,
  shortcut: '2',
  operations: ['keyring.search'],
} as const satisfies ScreenData;
