import type { CommandGroup } from '#commands/command-entry';

/** `keel credentials` */
export const credentialsCommands: CommandGroup = {
  summary: 'list and replace credentials, export them to an encrypted archive, and write them back from it',
  commands: {
    list: {
      summary: 'list the credentials of a database or an archive by name; none is shown',
      load: () => import('./list.ts'),
    },
    show: {
      summary: 'show what is known about one credential; with --reveal the credential itself, on stdout',
      load: () => import('./show.ts'),
    },
    replace: {
      summary: 'replace one credential, or one field of it; it is read back and compared',
      load: () => import('./replace.ts'),
    },
    export: {
      summary: 'write all decrypted credentials to an encrypted age file; the database is only read',
      load: () => import('./export.ts'),
    },
    verify: {
      summary: 'compare an archive with the database, row by row; the database is only read',
      load: () => import('./verify.ts'),
    },
    import: {
      summary: 'write archived credentials back into their rows, encrypted with the database’s key',
      load: () => import('./import.ts'),
    },
  },
};
