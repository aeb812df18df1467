import type { CommandGroup } from '#commands/command-entry';

/** `keel backup` */
export const backupCommands: CommandGroup = {
  summary: 'back up a key, test the backup, and restore the key from it',
  commands: {
    create: {
      summary: 'back up a key in a format that opens without Keel, and test it by restoring the key from it',
      load: () => import('./create.ts'),
    },
    drill: {
      summary: 'test a backup by restoring the key from it alone; every share of a set is tested',
      load: () => import('./drill.ts'),
    },
    prove: {
      summary: 'restore keys from backups and show what each of them decrypts in each database; read-only',
      load: () => import('./prove.ts'),
    },
    restore: {
      summary:
        'restore a key from a backup, to the key ring once it is proven to decrypt the database, or to a new file',
      load: () => import('./restore.ts'),
    },
    sheet: {
      summary:
        'write an emergency sheet to print: where the database is, which backups are on record, and whom to ask; Keel writes no secret on it',
      load: () => import('./sheet.ts'),
    },
  },
};
