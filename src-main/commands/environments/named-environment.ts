import { type Command, Option } from '@commander-js/extra-typings';
import { chosenApplicationOf } from '#applications/applications';
import { findEnvironment, type KnownEnvironment } from '#environments/known-environments';
import { keelHome } from '#environments/keel-home';
import { KeelError } from '#errors/keel-error';
import { passwordStore } from '#keyring/password-store';
import { targetFromAddress } from '#postgres/database-address';
import { type Database, databaseAt } from '#workspace/database';

/** What `--env` leaves in a command's options, beside the flags that it stands for. */
export interface Named {
  readonly named?: KnownEnvironment;
  /** The environment's, or the one of `--application`. */
  readonly application?: string;
}

interface Mutable {
  readonly database?: string;
  env?: string;
  named?: KnownEnvironment;
  keepKeysIn?: string;
  exclude?: readonly string[];
  application?: string;
}

const envOption = () =>
  new Option(
    '--env <name>',
    'an environment from `keel env list`: its database, columns and key storage',
  ).env('KEEL_ENV');

/** Lets a command that works on a database take an environment instead. */
export function offerEnvironment(command: Command): void {
  if (command.options.some((option) => option.attributeName() === 'database')) command.addOption(envOption());
}

/**
 * Fills in what the environment of `--env` stands for; what was given next to it counts more. Throws `environment-missing`,
 * and `usage` where a database was given too.
 */
export async function takeEnvironment(options: Mutable, command: Command): Promise<void> {
  if (options.env === undefined) return;
  const isTyped = (name: string) => command.getOptionValueSource(name) === 'cli';
  if (isTyped('database')) {
    // a variable gives way to what was typed
    if (!isTyped('env')) return;
    throw new KeelError(
      'usage',
      'both --env and --database were given; nothing was done',
      'pass only one of them: an environment includes its database',
    );
  }
  const named = await findEnvironment(keelHome(), options.env);
  const { keyPlace, excluded, application } = named.settings;
  options.named = named;
  const takes = (name: string) => command.options.some((option) => option.attributeName() === name);
  if (takes('keepKeysIn')) options.keepKeysIn ??= keyPlace;
  // also where it is no option of the command: key files are read as that application reads them
  if (application !== undefined) options.application ??= chosenApplicationOf(application).id;
  if (takes('exclude')) options.exclude = [...excluded, ...(options.exclude ?? [])];
}

/**
 * The database of an environment, or another one on its server. Its password is asked of the keychain at each connection, if it is remembered there;
 * PGPASSWORD comes first, ~/.pgpass last.
 */
export function databaseOf(
  { id, settings }: KnownEnvironment,
  {
    database = settings.address.database,
    signal,
  }: { readonly database?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Database {
  const { rememberPassword } = settings;
  const address = { ...settings.address, database };
  const bare = databaseAt(targetFromAddress(address), signal);
  return {
    ...bare,
    open: async (applicationName) => {
      const asks = rememberPassword && !process.env['PGPASSWORD'];
      using password = asks ? await passwordStore().get(id) : undefined;
      return databaseAt(targetFromAddress(address, password), signal).open(applicationName);
    },
  };
}
