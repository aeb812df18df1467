import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Hand-off',
  icon: 'handoff',
  group: 'key',
  needsEnvironment: true,
  shortcut: '6',
  operations: ['rotation.sweep', 'rotation.sweepRewrite'],
} as const satisfies ScreenData;
