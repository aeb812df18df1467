import type { CommandGroup } from '#commands/command-entry';

/** `keel handoff` */
export const handoffCommands: CommandGroup = {
  summary: 'write the active key of an environment to where Ballast reads it',
  commands: {
    apply: {
      summary: 'show what changes and apply it; without a destination, at every destination used before',
      load: () => import('./apply.ts'),
    },
    undo: {
      summary: 'restore the key that a destination had before Keel wrote to it',
      load: () => import('./undo.ts'),
    },
    running: {
      summary: 'check whether the sessions connected to the database started after the cutover',
      load: () => import('./running.ts'),
    },
  },
};
