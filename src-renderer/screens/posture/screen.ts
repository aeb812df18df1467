import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Posture',
  icon: 'posture',
  group: 'secrets',
  needsEnvironment: true,
  operations: ['posture.check'],
} as const satisfies ScreenData;
