import type { CommandGroup } from '#commands/command-entry';

/** `keel fleet` */
export const fleetCommands: CommandGroup = {
  summary: 'verify, scan, check or rotate many databases that share the environment’s key',
  commands: {
    prove: {
      summary:
        'decrypt every value of every listed database with the key, and show what that proves; read-only',
      load: () => import('./prove.ts'),
    },
    census: {
      summary:
        'search every cell of the listed databases (without a list: of all databases on record) for values encrypted with a key; read-only',
      load: () => import('./census.ts'),
    },
    posture: {
      summary: 'check how each listed database is protected; read-only',
      load: () => import('./posture.ts'),
    },
    rotate: {
      summary:
        'rotate every listed database; if one fails, the others are not affected, and the next run rotates only that one',
      load: () => import('./rotate.ts'),
    },
    status: {
      summary: 'show the record of the last fleet rotation; connects to no server',
      load: () => import('./status.ts'),
    },
    undo: {
      summary: 'rotate the databases of the last fleet rotation back to their previous key',
      load: () => import('./undo.ts'),
    },
    sweep: {
      summary: 'scan the rotated databases for values encrypted with the old key; read-only',
      load: () => import('./sweep.ts'),
    },
    recover: {
      summary: 'determine the outcome of fleet rotations that did not finish',
      load: () => import('./recover.ts'),
    },
    'give-up': {
      summary:
        'let the rotation finish without a database that cannot be rotated; it stays on record, and its key is kept',
      load: () => import('./give-up.ts'),
    },
  },
};
