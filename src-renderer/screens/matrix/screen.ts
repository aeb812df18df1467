import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Key matrix',
  icon: 'matrix',
  group: 'key',
  needsEnvironment: true,
  operations: ['matrix.addArtefact', 'matrix.run'],
} as const satisfies ScreenData;
