import type { CommandGroup } from '#commands/command-entry';

/** `keel backup`: data only, as the list that it is part of. */
export const backupCommands: CommandGroup = {
  summary: 'back up a key, test the backup, and restore the key from it',
  commands: {
    create: {
      summary: 'back up a key in a format that opens without Keel, and test it by restoring the key from it',
      load: () => import('./create.ts'),
    },
    drill: {
      summary: 'test a backup by restoring the key from it alone; of shares, every one is tested',
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

/** `keel share` */
export const shareCommands: CommandGroup = {
  summary: 'keep a register of the sets of shares, and have holders prove that they still have theirs',
  commands: {
    list: {
      summary: 'list the sets of shares: which one counts, who holds what, and when each share was proven',
      load: () => import('./shares/list.ts'),
    },
    prove: {
      summary: 'check one share against the register, and record the date',
      load: () => import('./shares/prove.ts'),
    },
    ask: {
      summary: 'write a question to the holder of a share, who answers it without showing the share',
      load: () => import('./shares/ask.ts'),
    },
    answer: {
      summary: 'answer such a question, on the machine of the holder; the answer is no secret',
      load: () => import('./shares/answer.ts'),
    },
    accept: {
      summary: 'check a holder’s answer, and record that the share was there after the question was asked',
      load: () => import('./shares/accept.ts'),
    },
    mark: {
      summary: 'record which set of shares counts, or that one is void',
      load: () => import('./shares/mark.ts'),
    },
  },
};
