import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Rotate',
  icon: 'rotate',
  group: 'key',
  needsEnvironment: true,
  shortcut: '5',
  operations: [
    'rotation.preflight',
    'rotation.rehearse',
    'rotation.rotate',
    'rotation.undo',
    'rotation.recover',
  ],
} as const satisfies ScreenData;
