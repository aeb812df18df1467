import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Prove',
  icon: 'prove',
  group: 'key',
  needsEnvironment: true,
  shortcut: '3',
  operations: ['inventory.discover', 'proof.run', 'census.take'],
} as const satisfies ScreenData;
