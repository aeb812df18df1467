import type { CommandGroup } from '#commands/command-entry';

/** `keel api-key` */
export const apiKeyCommands: CommandGroup = {
  summary: 'manage Ballast’s API keys, which its database stores as bcrypt hashes',
  commands: {
    list: {
      summary: 'list the API keys with findings about them; read-only',
      load: () => import('./list.ts'),
    },
    create: {
      summary: 'create an API key; the database gets its hash, and you get the key, once',
      load: () => import('./create.ts'),
    },
    verify: {
      summary: 'identify an API key and check whether Ballast would accept it; read-only',
      load: () => import('./verify.ts'),
    },
    revoke: {
      summary: 'revoke an API key; its row is kept',
      load: () => import('./revoke.ts'),
    },
    replace: {
      summary: 'create a key like an existing one and revoke the old one, both or neither',
      load: () => import('./replace.ts'),
    },
    find: {
      summary: 'find the API key table and explain why; read-only',
      load: () => import('./find.ts'),
    },
  },
};
