import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Restore a key without a database',
  icon: 'restore',
  needsEnvironment: false,
  operations: ['restored.open'],
} as const satisfies ScreenData;
