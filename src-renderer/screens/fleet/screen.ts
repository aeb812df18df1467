import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Fleet',
  icon: 'fleet',
  group: 'key',
  needsEnvironment: true,
  operations: ['fleet.prove', 'fleet.rotate', 'fleet.undo', 'fleet.sweep', 'fleet.recover'],
} as const satisfies ScreenData;
