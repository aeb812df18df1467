import type { CommandGroup } from '#commands/command-entry';

/** `keel key` */
export const keyCommands: CommandGroup = {
  summary: 'generate, import and inspect keys; list the keys of an environment, and destroy old ones',
  commands: {
    generate: {
      summary:
        'generate a key like `openssl rand -base64 32`, in a new file or in the key ring of an environment',
      load: () => import('./generate.ts'),
    },
    import: {
      aliases: ['adopt'],
      summary: 'import the key that Ballast uses into the key ring; `keel prove` makes it the active one',
      load: () => import('./import.ts'),
    },
    inspect: {
      summary: 'check that a key is well-formed and show its fingerprint, never the key',
      load: () => import('./inspect.ts'),
    },
    list: {
      summary: 'list the keys of one or all environments, and which database dumps each one decrypts',
      load: () => import('./list.ts'),
    },
    dumps: {
      summary:
        'record that no database dump from before a given time exists, so that keys retired by then can be destroyed',
      load: () => import('./dumps.ts'),
    },
    destroy: {
      summary: 'delete a retired key from its store permanently, once no database dump needs it',
      load: () => import('./destroy.ts'),
    },
  },
};
