/**
 * What an admin can do about a failure, as data. The core names the act, and each adapter has the words for it in one table: commands
 * and options at a terminal (`commands/act-text.ts`), screens and switches in the window (`procedures/act-text.ts`).
 */
export type Act =
  // keys, and where they are kept
  | { readonly do: 'generate-key' }
  /** One that is written as the application’s old one is. */
  | { readonly do: 'generate-key-alike' }
  | { readonly do: 'give-key' }
  | { readonly do: 'give-as-own-key' }
  | { readonly do: 'look-at-key-ring' }
  | { readonly do: 'destroy-key' }
  | { readonly do: 'state-dumps' }
  | { readonly do: 'seal-keys' }
  | { readonly do: 'keep-keys-elsewhere' }
  | { readonly do: 'choose-key-place' }
  | { readonly do: 'open-key-place'; readonly place: 'keychain' | 'sealed-file' }
  | { readonly do: 'give-passphrase' }
  /** For a key file that is yet to be made. */
  | { readonly do: 'choose-passphrase' }
  | { readonly do: 'prove-backup' }
  // what is known of the database
  | { readonly do: 'discover' }
  | { readonly do: 'add-columns' }
  | { readonly do: 'use-proposed-form' }
  | { readonly do: 'look-for-other-form' }
  | { readonly do: 'find-columns-first' }
  | { readonly do: 'prove-active-key' }
  | { readonly do: 'locate-iv' }
  | { readonly do: 'prove-iv' }
  | { readonly do: 'include-or-leave' }
  /** Of values within what others decrypt to: `names` are those that leave them. */
  | { readonly do: 'unnest-or-leave'; readonly names: readonly string[] }
  | { readonly do: 'name-api-key-table' }
  | { readonly do: 'name-hash-column' }
  /** The column of a new API key for what was asked of it, or not to ask for that. */
  | { readonly do: 'choose-key-column'; readonly role: 'scope' | 'expires' }
  /** Names the screen or command that proves a key. */
  | { readonly do: 'prove' }
  /** Names the comparison of an archive with the database. */
  | { readonly do: 'compare-archive' }
  /** Names the test of credentials against their servers. */
  | { readonly do: 'test-connections' }
  /** On one other database, or on those that a fleet has, of which `member` is one. */
  | { readonly do: 'take-census'; readonly member?: string }
  // rotation
  | { readonly do: 'recover' }
  | { readonly do: 'sweep' }
  | { readonly do: 'rewrite-stragglers' }
  | { readonly do: 'finish-fleet' }
  | { readonly do: 'list-own-database' }
  | { readonly do: 'see-fleet' }
  | { readonly do: 'use-rotating-machine' }
  | { readonly do: 'exclude-column'; readonly column: string }
  | { readonly do: 'exclude'; readonly columns: readonly string[] }
  | { readonly do: 'accept'; readonly code: string }
  | { readonly do: 'rewrite-ambiguous' }
  // reaching a database
  | { readonly do: 'add-environment' }
  | { readonly do: 'choose-environment' }
  | { readonly do: 'check-database-name' }
  | { readonly do: 'give-password' }
  | { readonly do: 'give-password-to-save' }
  | { readonly do: 'name-authority' }
  /** Names the root certificate of an authority; another than the one in use, if there is one. */
  | { readonly do: 'root-certificate'; readonly authority: string; readonly another: boolean }
  | { readonly do: 'add-client-file'; readonly name: 'sslcert' | 'sslkey' }
  // anything
  | { readonly do: 'try-again' }
  // clauses with their own conjunction: an adapter that offers this beside the text has no words for it
  | { readonly do: 'or-accept'; readonly code: string }
  | { readonly do: 'or-wait-longer' }
  | { readonly do: 'or-name-key-place' }
  | { readonly do: 'or-create-secret' }
  /** To `layout`, where it is known. */
  | { readonly do: 'correct-layout'; readonly layout?: string }
  | { readonly do: 'by-column-option' }
  | { readonly do: 'by-api-key-verify' };

/** The words of an adapter for every act. */
export type ActWords = {
  readonly [Do in Act['do']]: string | ((act: Extract<Act, { readonly do: Do }>) => string);
};
