import { openActivityLog } from '#audit/activity-log';
import type { Audit, AuditEntry } from '#audit/audit';
import { DerivationMemory } from '#crypto/derivation-memory';
import { readEnvironmentSettings } from '#environments/environment-settings';
import { keelHome } from '#environments/keel-home';
import { KeelError } from '#errors/keel-error';
import { type Derivations, derivationsInWords } from '#shared/derivations';
import { siblingOf } from '#workspace/database';
import { type KeyPlace, openKeyRingOf } from '#workspace/key-place';
import type { Confirmation, UnaskingContext, UseCaseContext } from '#workspace/use-case';
import { isKnown, type KnownWorkspace, openWorkspace, type Workspace } from '#workspace/workspace';
import { inTerminalWords } from './act-text.ts';
import {
  type CommandContext,
  environmentFolderOf,
  readPassphrase,
  requireDatabase,
  sayNotes,
} from './command-context.ts';
import { confirm } from './confirm.ts';
import { databaseOf, type Named } from './environments/named-environment.ts';
import type { Terminal } from './terminal.ts';

/** Options that say which environment a command works on, and how its keys are reached. */
export interface WorkspaceOptions extends Named {
  readonly database?: string;
  readonly keepKeysIn?: KeyPlace;
  readonly passphraseFile?: string;
}

/**
 * The workspace of `--env` or `--database`. The caller disposes it. The
 * passphrase of a sealed file is read when the keys are asked for. Throws `usage` without a database.
 */
export async function commandWorkspace(
  options: WorkspaceOptions,
  { terminal, signal }: Pick<CommandContext, 'terminal'> & Partial<Pick<CommandContext, 'signal'>>,
  ownFiles: ReadonlyMap<string, string> = new Map(),
): Promise<Workspace> {
  const { named } = options;
  const database = requireDatabase(options, signal);
  sayNotes(database, terminal);
  const folder = environmentFolderOf(options);
  const settings = named?.settings ?? (await readEnvironmentSettings(folder));
  const memory = new DerivationMemory();
  const owned: Disposable[] = [memory];
  return openWorkspace(folder, settings, {
    owned,
    signal,
    async database(name) {
      if (name === undefined) return database;
      return named ? databaseOf(named, { database: name, signal }) : siblingOf(database, name);
    },
    async openKeys() {
      const place = options.keepKeysIn ?? named?.settings.keyPlace;
      const passphrase = await readPassphrase(options);
      if (passphrase) owned.push(passphrase);
      const open = await openKeyRingOf(folder, {
        ...(place && { place }),
        ...(passphrase && { passphrase, memory }),
        ownFiles,
      });
      if (open.warning) terminal.note(terminal.paint('warning', inTerminalWords(open.warning)));
      return open;
    },
  });
}

/** The workspace of `--env` or `--database`; undefined where neither was given. */
export async function workspaceIfGiven(
  options: WorkspaceOptions,
  context: Parameters<typeof commandWorkspace>[1],
): Promise<Workspace | undefined> {
  if (!options.named && options.database === undefined) return undefined;
  return commandWorkspace(options, context);
}

/** The workspace of `--env`: what a command remembers needs a name. Throws `usage` without one. */
export async function namedWorkspace(
  options: WorkspaceOptions,
  context: Parameters<typeof commandWorkspace>[1],
): Promise<KnownWorkspace> {
  if (!options.named) throw noEnvironment();
  return knownWorkspace(await commandWorkspace(options, context));
}

/** The workspace of a database that was added as an environment. Throws `usage` for another. */
export function knownWorkspace(workspace: Workspace): KnownWorkspace {
  if (isKnown(workspace)) return workspace;
  throw noEnvironment();
}

function noEnvironment(): KeelError {
  return new KeelError(
    'usage',
    'no environment was given; nothing was done',
    'pass --env NAME; `keel env add` adds an environment',
  );
}

/** What a use case that asks nothing is given on the command line. `words` stand for its steps where progress is shown. */
export function useCaseContext<Step extends string>(
  { terminal, signal }: CommandContext,
  words?: string,
): UnaskingContext<Step> {
  return {
    signal,
    onProgress: ({ step, done, total, derivations }) => {
      if (derivations) sayDerivations(derivations, terminal);
      terminal.progress.show(words ?? step, done, total);
    },
    audit: commandAudit(terminal),
  };
}

/** Before a wait that is longer than it looks. */
export function sayDerivations(derivations: Derivations, terminal: Pick<Terminal, 'note'>): void {
  terminal.note(`${derivationsInWords(derivations)}.`);
}

/**
 * What a use case that asks is given on the command line. `ask` words its question and names what has to be typed; `yes` answers
 * it.
 */
export function askingContext<Step extends string>(
  context: CommandContext,
  {
    ask,
    yes,
    words,
  }: {
    readonly words?: string;
    readonly ask: (confirmation: Confirmation) => { readonly question: string; readonly name: string };
    readonly yes: boolean | undefined;
  },
): UseCaseContext<Step> {
  return {
    ...useCaseContext(context, words),
    async confirm(confirmation) {
      context.terminal.progress.end();
      const { question, name } = ask(confirmation);
      await confirm(question, name, yes ?? false);
    },
  };
}

/** The same where the command line has said it in so many words, like `--reveal` or the place of a hand-off: nobody is asked again. */
export function agreedContext<Step extends string>(context: CommandContext): UseCaseContext<Step> {
  return { ...useCaseContext(context), confirm: async () => {} };
}

/** The activity log under Keel's home; an effect that could not be noted is a warning. */
export function commandAudit(terminal: Terminal): Audit {
  const before = (entry: AuditEntry) => openActivityLog(keelHome()).append(entry);
  return {
    before,
    after: (entry) =>
      before(entry).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        terminal.note(terminal.paint('warning', `This was not recorded in the activity log: ${why}`));
      }),
  };
}
