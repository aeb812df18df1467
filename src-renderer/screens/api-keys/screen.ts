import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'API keys',
  icon: 'api-keys',
  group: 'secrets',
  needsEnvironment: true,
  operations: ['apiKeys.find', 'apiKeys.verify'],
} as const satisfies ScreenData;
