import type { CommandGroup } from '#commands/command-entry';

/** `keel env` */
export const envCommands: CommandGroup = {
  summary: 'manage the environments used by `--env NAME` and the desktop app',
  commands: {
    add: {
      summary: 'add a database as an environment for `--env NAME` and the desktop app',
      load: () => import('./add.ts'),
    },
    list: {
      summary: 'list the environments, including those added in the desktop app',
      load: () => import('./list.ts'),
    },
    show: {
      summary: 'show the details of an environment',
      load: () => import('./show.ts'),
    },
    update: {
      summary: 'set the reviewed inventory or the appearance of an environment',
      load: () => import('./update.ts'),
    },
    rename: {
      summary: 'give an environment another name; its database and keys do not change',
      load: () => import('./rename.ts'),
    },
    remove: {
      summary: 'remove an environment; its keys, key ring and rotation records are kept',
      load: () => import('./remove.ts'),
    },
  },
};
