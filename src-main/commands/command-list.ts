import { backupCommands, shareCommands } from './backup/command-groups.ts';
import type { Commands } from './command-entry.ts';

/** Every command of `keel`, in the order of its help. */
export const commandList: Commands = {
  demo: {
    summary: 'run through a complete rotation on a sample database, from discovery to hand-off and undo',
    load: () => import('./practice/command.ts'),
  },
  status: {
    summary: 'show what Keel knows about its environments and what to do next; connects to no server',
    load: () => import('./status/command.ts'),
  },
  doctor: {
    summary:
      'check what Keel depends on: its home folder, the activity log, the keychain, each environment’s files and database',
    load: () => import('./status/doctor.ts'),
  },
  key: {
    summary: 'generate, import and inspect keys; list the keys of an environment, and destroy old ones',
    commands: {
      generate: {
        summary:
          'generate a key like `openssl rand -base64 32`, in a new file or in the key ring of an environment',
        load: () => import('./keys/generate.ts'),
      },
      adopt: {
        summary: 'import the key that Ballast uses into the key ring; `keel prove` makes it the active one',
        load: () => import('./keys/adopt.ts'),
      },
      inspect: {
        summary: 'check that a key is well-formed and show its fingerprint, never the key',
        load: () => import('./keys/inspect.ts'),
      },
      list: {
        summary: 'list the keys of one or all environments, and which database dumps each one decrypts',
        load: () => import('./keys/list.ts'),
      },
      dumps: {
        summary:
          'record that no database dump from before a given time exists: what retired keys are kept for',
        load: () => import('./keys/dumps.ts'),
      },
      destroy: {
        summary: 'delete a retired key from its store permanently, once no database dump needs it',
        load: () => import('./keys/destroy.ts'),
      },
    },
  },
  env: {
    summary: 'manage the environments used by `--env NAME` and the desktop app',
    commands: {
      add: {
        summary: 'add a database as an environment for `--env NAME` and the desktop app',
        load: () => import('./environments/add.ts'),
      },
      list: {
        summary: 'list the environments, including those added in the desktop app',
        load: () => import('./environments/list.ts'),
      },
      show: {
        summary: 'show the details of an environment',
        load: () => import('./environments/show.ts'),
      },
      update: {
        summary: 'set the reviewed inventory or the appearance of an environment',
        load: () => import('./environments/update.ts'),
      },
      remove: {
        summary: 'remove an environment; its keys, key ring and rotation records are kept',
        load: () => import('./environments/remove.ts'),
      },
    },
  },
  backup: backupCommands,
  share: shareCommands,
  audit: {
    summary: 'show, verify and export the activity log',
    commands: {
      show: {
        summary: 'list what was done with Keel, in the app and on the command line, newest first',
        load: () => import('./audit/show.ts'),
      },
      verify: {
        summary: 'verify the hash chain of the activity log, from its first entry to its last',
        load: () => import('./audit/verify.ts'),
      },
      export: {
        summary: 'write the activity log to a new file, as JSON Lines, or as CSV if its name ends in .csv',
        load: () => import('./audit/export.ts'),
      },
    },
  },
  applications: {
    summary: 'list the applications whose keys Keel can rotate, and those that rotate their own keys',
    load: () => import('./keys/applications.ts'),
  },
  leftovers: {
    summary: 'list where old keys are still stored: Ballast’s files, backups, key files, dumps',
    load: () => import('./keys/leftovers.ts'),
  },
  discover: {
    summary: 'find the encrypted columns of a database and propose an inventory; read-only',
    load: () => import('./proof/discover.ts'),
  },
  prove: {
    summary: 'decrypt every value with a key and show what that proves; read-only',
    load: () => import('./proof/prove.ts'),
  },
  census: {
    summary: 'read every cell of a database, or a file, and report what is encrypted with a key; read-only',
    load: () => import('./proof/census.ts'),
  },
  rotate: {
    summary: 're-encrypt every value with a new key, in one transaction that is verified before COMMIT',
    load: () => import('./rotation/rotate.ts'),
  },
  recover: {
    summary:
      'after a crash: determine the outcome of a rotation, finish or close it, and remove what it left behind',
    load: () => import('./rotation/recover.ts'),
  },
  undo: {
    summary:
      'rotate back to the most recently retired key; each value that it rewrites is read back and compared, others are left unchanged',
    load: () => import('./rotation/undo.ts'),
  },
  sweep: {
    summary:
      'scan for values that were written with the old key after the rotation; read-only without --rewrite',
    load: () => import('./rotation/sweep.ts'),
  },
  handoff: {
    summary: 'write the active key of an environment to where Ballast reads it',
    commands: {
      apply: {
        summary: 'show what changes and apply it; without a destination, at every destination used before',
        load: () => import('./handoff/apply.ts'),
      },
      undo: {
        summary: 'restore the key that a destination had before Keel wrote to it',
        load: () => import('./handoff/undo.ts'),
      },
      running: {
        summary: 'check whether the sessions connected to the database started after the cutover',
        load: () => import('./handoff/running.ts'),
      },
    },
  },
  fleet: {
    summary: 'verify, scan, check or rotate many databases that share the environment’s key',
    commands: {
      prove: {
        summary:
          'decrypt every value of every listed database with the key, and show what that proves; read-only',
        load: () => import('./fleet/prove.ts'),
      },
      census: {
        summary:
          'read every cell of the listed databases, or without a list of every database on record, for values encrypted with a key; read-only',
        load: () => import('./fleet/census.ts'),
      },
      posture: {
        summary: 'check how each listed database is protected; read-only',
        load: () => import('./fleet/posture.ts'),
      },
      rotate: {
        summary:
          'rotate every listed database; if one fails, the others are not affected, and the next run rotates only that one',
        load: () => import('./fleet/rotate.ts'),
      },
      status: {
        summary: 'show the record of the last fleet rotation; connects to no server',
        load: () => import('./fleet/status.ts'),
      },
      undo: {
        summary: 'rotate the databases of the last fleet rotation back to their previous key',
        load: () => import('./fleet/undo.ts'),
      },
      sweep: {
        summary: 'scan the rotated databases for values encrypted with the old key; read-only',
        load: () => import('./fleet/sweep.ts'),
      },
      recover: {
        summary: 'determine the outcome of fleet rotations that did not finish',
        load: () => import('./fleet/recover.ts'),
      },
      'give-up': {
        summary:
          'let the rotation finish without a database that cannot be rotated; it stays on record, and its key is kept',
        load: () => import('./fleet/give-up.ts'),
      },
    },
  },
  connections: {
    summary: 'test whether the decrypted credentials work',
    commands: {
      test: {
        summary: 'try every credential at the service it belongs to; read-only, there and here',
        load: () => import('./connections/test.ts'),
      },
    },
  },
  credentials: {
    summary: 'list and replace credentials, export them to an encrypted archive, and write them back from it',
    commands: {
      list: {
        summary: 'list the credentials of a database or an archive by name; none is shown',
        load: () => import('./credentials/list.ts'),
      },
      show: {
        summary: 'show what is known about one credential; with --reveal the credential itself, on stdout',
        load: () => import('./credentials/show.ts'),
      },
      replace: {
        summary: 'replace one credential, or one field of it; it is read back and compared',
        load: () => import('./credentials/replace.ts'),
      },
      export: {
        summary: 'write all decrypted credentials to an encrypted age file; the database is only read',
        load: () => import('./credentials/export.ts'),
      },
      verify: {
        summary: 'compare an archive with the database, row by row; the database is only read',
        load: () => import('./credentials/verify.ts'),
      },
      import: {
        summary: 'write archived credentials back into their rows, encrypted with the database’s key',
        load: () => import('./credentials/import.ts'),
      },
    },
  },
  'api-key': {
    summary: 'manage Ballast’s API keys, which its database stores as bcrypt hashes',
    commands: {
      list: {
        summary: 'list the API keys with findings about them; read-only',
        load: () => import('./api-keys/list.ts'),
      },
      create: {
        summary: 'create an API key; the database gets its hash, and you get the key, once',
        load: () => import('./api-keys/create.ts'),
      },
      verify: {
        summary: 'identify an API key and check whether Ballast would accept it; read-only',
        load: () => import('./api-keys/verify.ts'),
      },
      revoke: {
        summary: 'revoke an API key; its row is kept',
        load: () => import('./api-keys/revoke.ts'),
      },
      replace: {
        summary: 'create a key like an existing one and revoke the old one, both or neither',
        load: () => import('./api-keys/replace.ts'),
      },
      find: {
        summary: 'find the API key table and explain why; read-only',
        load: () => import('./api-keys/find.ts'),
      },
    },
  },
  posture: {
    summary: 'check how everything around the key is protected, row by row of Ballast’s encryption page',
    load: () => import('./posture/command.ts'),
  },
  completion: {
    summary: 'print the script that completes commands, options and environments in bash, zsh or fish',
    load: async () => (await import('./completion/command.ts')).completionOf(commandList),
  },
  manual: {
    summary:
      'print the manual page of a command for man(1), or write the pages of all commands into a folder',
    load: async () => (await import('./manual/command.ts')).manualOf(commandList),
  },
};
