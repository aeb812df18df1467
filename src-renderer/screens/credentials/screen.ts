import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Credentials',
  icon: 'credentials',
  group: 'secrets',
  needsEnvironment: true,
  operations: ['credentials.export', 'credentials.readArchive', 'credentials.verify', 'credentials.import'],
} as const satisfies ScreenData;
