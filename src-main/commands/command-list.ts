import type { Commands } from './command-entry.ts';
import { apiKeyCommands } from './api-keys/group.ts';
import { auditCommands } from './audit/group.ts';
import { backupCommands } from './backup/group.ts';
import { shareCommands } from './backup/shares/group.ts';
import { connectionsCommands } from './connections/group.ts';
import { credentialsCommands } from './credentials/group.ts';
import { envCommands } from './environments/group.ts';
import { fleetCommands } from './fleet/group.ts';
import { handoffCommands } from './handoff/group.ts';
import { keyCommands } from './keys/group.ts';

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
  key: keyCommands,
  env: envCommands,
  backup: backupCommands,
  share: shareCommands,
  audit: auditCommands,
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
  handoff: handoffCommands,
  fleet: fleetCommands,
  connections: connectionsCommands,
  credentials: credentialsCommands,
  'api-key': apiKeyCommands,
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
