import type { Commands } from './command-entry.ts';

/** Every command of `keel`, in the order of its help. */
export const commandList: Commands = {
  demo: {
    summary: 'walk the whole job on a sample database of its own: from discovery to hand-off and undo',
    load: () => import('./practice/command.ts'),
  },
  status: {
    summary: 'what Keel knows of its environments, and what to do next; connects to no server',
    load: () => import('./status/command.ts'),
  },
  doctor: {
    summary:
      'try what Keel rests on: its home, the activity log, the keychain, each environment’s files and database',
    load: () => import('./status/doctor.ts'),
  },
  key: {
    summary: 'make a key or check one; list the keys of an environment, and give up old ones',
    commands: {
      generate: {
        summary:
          'make a new key, equal in form to `openssl rand -base64 32`: in a new file, or in the key ring of an environment',
        load: () => import('./keys/generate.ts'),
      },
      adopt: {
        summary: 'keep the key that Ballast runs with in the key ring; `keel prove` makes it the active one',
        load: () => import('./keys/adopt.ts'),
      },
      inspect: {
        summary: 'check the form of a key and show its fingerprint, never the key',
        load: () => import('./keys/inspect.ts'),
      },
      list: {
        summary: 'list the keys of an environment, or of all, and which database dumps each opens',
        load: () => import('./keys/list.ts'),
      },
      dumps: {
        summary: 'state, with its date, that no old database dump exists any more: what keeps retired keys',
        load: () => import('./keys/dumps.ts'),
      },
      destroy: {
        summary: 'remove a retired key from its store for good, once no database dump needs it',
        load: () => import('./keys/destroy.ts'),
      },
    },
  },
  env: {
    summary: 'the environments that `--env NAME` and the desktop app know',
    commands: {
      add: {
        summary:
          'connect a database as an environment, which `--env NAME` and the desktop app know from then on',
        load: () => import('./environments/add.ts'),
      },
      list: {
        summary: 'list the environments, those of the desktop app too',
        load: () => import('./environments/list.ts'),
      },
      show: {
        summary: 'show what is kept of an environment',
        load: () => import('./environments/show.ts'),
      },
      update: {
        summary: 'give an environment a reviewed inventory, or another look',
        load: () => import('./environments/update.ts'),
      },
      remove: {
        summary: 'forget an environment; its keys, key ring and rotation records stay',
        load: () => import('./environments/remove.ts'),
      },
    },
  },
  backup: {
    summary: 'make an artefact of a key, prove it, and bring the key back from it',
    commands: {
      create: {
        summary: 'back a key up in a form that opens without Keel, and prove it by restoring the key from it',
        load: () => import('./backup/create.ts'),
      },
      drill: {
        summary: 'restore the key from an artefact, and from nothing else; of shares, every one is tested',
        load: () => import('./backup/drill.ts'),
      },
      prove: {
        summary: 'restore keys from artefacts and say what each of them opens in each database; only reads',
        load: () => import('./backup/prove.ts'),
      },
      restore: {
        summary:
          'bring a key back from an artefact: into the key ring, once it has proven to open the database, or into a new file',
        load: () => import('./backup/restore.ts'),
      },
    },
  },
  audit: {
    summary: 'what was done with Keel, and whether that log is whole',
    commands: {
      show: {
        summary: 'list what was done with Keel, in the app and here, newest first',
        load: () => import('./audit/show.ts'),
      },
      verify: {
        summary: 'follow the hash chain of the activity log from its first entry to its last',
        load: () => import('./audit/verify.ts'),
      },
      export: {
        summary: 'write the activity log to a new file: JSON lines, or CSV where its name ends so',
        load: () => import('./audit/export.ts'),
      },
    },
  },
  applications: {
    summary: 'list the applications whose keys Keel can rotate, and those that rotate their own',
    load: () => import('./keys/applications.ts'),
  },
  leftovers: {
    summary: 'list where old keys still stand, to work off: Ballast’s files, artefacts, key files, dumps',
    load: () => import('./keys/leftovers.ts'),
  },
  discover: {
    summary: 'find the encrypted columns of a database and propose an inventory; only reads',
    load: () => import('./proof/discover.ts'),
  },
  prove: {
    summary: 'open every value with a key and say what that proves; only reads',
    load: () => import('./proof/prove.ts'),
  },
  census: {
    summary: 'read every cell of a database, or a file, and account for all that is under a key; only reads',
    load: () => import('./proof/census.ts'),
  },
  rotate: {
    summary: 're-encrypt every value under a new key, in one transaction that is verified before COMMIT',
    load: () => import('./rotation/rotate.ts'),
  },
  recover: {
    summary:
      'after a crash: find out what became of a rotation, finish or close it, and clear away what it left',
    load: () => import('./rotation/recover.ts'),
  },
  undo: {
    summary:
      'rotate back to the key that was retired last: each value that it rewrites is read back and compared, and others are left',
    load: () => import('./rotation/undo.ts'),
  },
  sweep: {
    summary:
      'look for values that were written under the old key after the rotation; only reads, but for --rewrite',
    load: () => import('./rotation/sweep.ts'),
  },
  handoff: {
    summary: 'bring the active key of an environment to where Ballast reads it',
    commands: {
      apply: {
        summary: 'show what changes and change it; without a place, at every place that was named before',
        load: () => import('./handoff/apply.ts'),
      },
      undo: {
        summary: 'put a place back to the key that it held before Keel wrote there',
        load: () => import('./handoff/undo.ts'),
      },
      running: {
        summary: 'see whether those who are connected to the database started since the cutover',
        load: () => import('./handoff/running.ts'),
      },
    },
  },
  fleet: {
    summary:
      'prove, search, look at or rotate many databases of one server, which share the environment’s key',
    commands: {
      prove: {
        summary:
          'open every value of every database of a list with the key, and say what that proves; only reads',
        load: () => import('./fleet/prove.ts'),
      },
      census: {
        summary:
          'read every cell of the databases of a list, or without one of every database on record, for values under a key; only reads',
        load: () => import('./fleet/census.ts'),
      },
      posture: {
        summary: 'look at how each database of a list is protected; only reads',
        load: () => import('./fleet/posture.ts'),
      },
      rotate: {
        summary:
          'rotate every database of a list; one that fails leaves the others right, and the next run does it alone',
        load: () => import('./fleet/rotate.ts'),
      },
      status: {
        summary: 'say what is on record of the last rotation of the fleet; connects to nothing',
        load: () => import('./fleet/status.ts'),
      },
      undo: {
        summary:
          'take the databases that the last rotation of the fleet took over back to the key they came from',
        load: () => import('./fleet/undo.ts'),
      },
      sweep: {
        summary: 'look for values under the old key in the databases that went over; only reads',
        load: () => import('./fleet/sweep.ts'),
      },
      recover: {
        summary: 'find out what became of rotations of the fleet that did not come to their end',
        load: () => import('./fleet/recover.ts'),
      },
      'give-up': {
        summary:
          'let the rotation come to its end without a database that cannot be done; it stays on record, and its key is kept',
        load: () => import('./fleet/give-up.ts'),
      },
    },
  },
  connections: {
    summary: 'see whether the decrypted credentials work',
    commands: {
      test: {
        summary: 'try every credential where it belongs; only reads, there and here',
        load: () => import('./connections/test.ts'),
      },
    },
  },
  credentials: {
    summary: 'list the credentials, keep them in a sealed archive, and write them back from it',
    commands: {
      list: {
        summary: 'list credentials by name, of a database or of an archive; none is shown',
        load: () => import('./credentials/list.ts'),
      },
      show: {
        summary: 'what is known of one credential; with --reveal the credential itself, on stdout',
        load: () => import('./credentials/show.ts'),
      },
      export: {
        summary: 'write all decrypted credentials into a sealed age file; the database is only read',
        load: () => import('./credentials/export.ts'),
      },
      verify: {
        summary: 'compare an archive with the database, row by row; the database is only read',
        load: () => import('./credentials/verify.ts'),
      },
      import: {
        summary: 'write the credentials of an archive back into their rows, under the database’s key',
        load: () => import('./credentials/import.ts'),
      },
    },
  },
  'api-key': {
    summary: 'look after Ballast’s API keys, of which its database keeps bcrypt hashes',
    commands: {
      list: {
        summary: 'list the API keys and what is to be said of them; only reads',
        load: () => import('./api-keys/list.ts'),
      },
      create: {
        summary: 'make an API key; its hash goes to the database, the key to you, once',
        load: () => import('./api-keys/create.ts'),
      },
      verify: {
        summary: 'tell which API key this is, and whether Ballast would take it; only reads',
        load: () => import('./api-keys/verify.ts'),
      },
      revoke: {
        summary: 'revoke an API key; its row stays',
        load: () => import('./api-keys/revoke.ts'),
      },
      replace: {
        summary: 'make a key like another and revoke that one, both or neither',
        load: () => import('./api-keys/replace.ts'),
      },
      find: {
        summary: 'find the table of API keys, and say why; only reads',
        load: () => import('./api-keys/find.ts'),
      },
    },
  },
  posture: {
    summary: 'look at how everything around the key is protected, row by row of Ballast’s page on encryption',
    load: () => import('./posture/command.ts'),
  },
  completion: {
    summary: 'write the script that lets bash, zsh or fish complete commands, options and environments',
    load: async () => (await import('./completion/command.ts')).completionOf(commandList),
  },
};
