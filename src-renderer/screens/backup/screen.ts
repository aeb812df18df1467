import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Backups',
  icon: 'backup',
  group: 'key',
  needsEnvironment: true,
  shortcut: '4',
  operations: ['backup.create', 'backup.drill'],
} as const satisfies ScreenData;
