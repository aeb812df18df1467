import type { ScreenData } from '../../screen-data.ts';

export const screen = {
  title: 'Connect a database',
  icon: 'connect',
  needsEnvironment: false,
  shortcut: 'n',
  menu: { under: 'file', label: 'Connect a Database…' },
  operations: ['connection.test'],
} as const satisfies ScreenData;
