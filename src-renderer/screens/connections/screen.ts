import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Connections',
  icon: 'connections',
  group: 'secrets',
  needsEnvironment: true,
  operations: ['connections.test'],
} as const satisfies ScreenData;
