import type { CommandGroup } from '#commands/command-entry';

/** `keel connections` */
export const connectionsCommands: CommandGroup = {
  summary: 'test whether the decrypted credentials work',
  commands: {
    test: {
      summary: 'try every credential at the service it belongs to; changes nothing there or here',
      load: () => import('./test.ts'),
    },
  },
};
