import type { CommandGroup } from '#commands/command-entry';

/** `keel audit` */
export const auditCommands: CommandGroup = {
  summary: 'show, verify and export the activity log',
  commands: {
    show: {
      summary: 'list what was done with Keel, in the app and on the command line, newest first',
      load: () => import('./show.ts'),
    },
    verify: {
      summary: 'verify the hash chain of the activity log, from its first entry to its last',
      load: () => import('./verify.ts'),
    },
    export: {
      summary: 'write the activity log to a new file, as JSON Lines, or as CSV if its name ends in .csv',
      load: () => import('./export.ts'),
    },
  },
};
