import { access, constants, stat } from 'node:fs/promises';
import { counted } from '#shared/counted';
import { openActivityLog } from '#audit/activity-log';
import { knownEnvironments } from '#environments/known-environments';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import { type Text, text } from '#errors/text';
import { keychainWorks } from '#keyring/keychain';
import { readKeyRing } from '#keyring/key-ring-file';
import { serverFacts } from '#postgres/connect';
import { refusedRemedy, refusedWords } from '#postgres/engine/refused-engine';
import { RotationRecords } from '#records/rotation-record';
import { isUnsettled } from '#records/rotation-state';
import { type Database, withClient } from '#workspace/database';

/** What came of trying one thing that Keel rests on. `remedy` where it did not work. */
export interface Check {
  readonly subject: string;
  readonly works: boolean;
  readonly detail: string;
  readonly remedy?: Text | string;
}

export interface CheckOptions {
  readonly home: string;
  /** How an environment's database is reached. */
  readonly databaseOf: (id: string) => Promise<Database>;
}

/** Tries what Keel rests on, one thing after another: its home, the activity log, the keychain, and of each environment its files and its database. */
export async function* checkSetup({ home, databaseOf }: CheckOptions): AsyncGenerator<Check> {
  yield await attempt('home', () => checkHome(home));
  yield await attempt('activity log', () => checkLog(home));
  const { environments, damaged } = await knownEnvironments(home);
  const isUsed = environments.some(
    ({ settings }) => settings.keyPlace === 'keychain' || settings.rememberPassword,
  );
  yield await attempt('keychain', () => checkKeychain(isUsed));
  for (const error of damaged) yield failed('environment', error);
  for (const { id, folder, settings } of environments) {
    yield await attempt(`${settings.name}: files`, () => checkFiles(folder));
    yield await attempt(`${settings.name}: database`, async () => checkDatabase(await databaseOf(id)));
  }
}

type Outcome = Omit<Check, 'subject'>;

async function attempt(subject: string, check: () => Promise<Outcome>): Promise<Check> {
  try {
    return { subject, ...(await check()) };
  } catch (error) {
    return failed(subject, expectedFailure(error));
  }
}

function failed(subject: string, { message, remedy }: KeelError): Check {
  return { subject, works: false, detail: message, remedy };
}

async function checkHome(home: string): Promise<Outcome> {
  const found = await stat(home).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    if (found.code === 'ENOENT')
      return {
        works: true,
        detail: `${home} does not exist yet; it is created when something is stored in it`,
      };
    return { works: false, detail: `${home}: ${found.message}`, remedy: 'check who owns its parent folders' };
  }
  const writable = await access(home, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!writable)
    return {
      works: false,
      detail: `${home} is not writable for this account`,
      remedy: 'give the folder to the account that runs Keel',
    };
  // systems without such modes report none of others
  const open = (found.mode & 0o077) !== 0 && process.platform !== 'win32';
  if (open)
    return {
      works: false,
      detail: `${home} can be read by other accounts`,
      remedy: `remove their access: chmod 700 '${home}'`,
    };
  return { works: true, detail: `${home}, accessible only to this account` };
}

async function checkLog(home: string): Promise<Outcome> {
  const { lines, trouble } = await openActivityLog(home).examine();
  if (!trouble)
    return {
      works: true,
      detail: `${counted(lines.length, 'entry', 'entries')}, each linked to the previous one`,
    };
  return {
    works: false,
    detail: `entry ${trouble.line} ${trouble.what}`,
    remedy: 'keep a copy of the folder as evidence, and find out who could write there',
  };
}

/** A server without one is in order as long as nothing is kept there. */
async function checkKeychain(isUsed: boolean): Promise<Outcome> {
  const checked = await keychainWorks();
  if (checked.works) return { works: true, detail: 'an entry was written, read and removed' };
  if (!isUsed) return { works: true, detail: `${checked.why}; no environment stores anything in it` };
  return { works: false, detail: checked.why, remedy: checked.error.remedy };
}

async function checkFiles(folder: string): Promise<Outcome> {
  const { keys } = await readKeyRing(folder);
  const records = await new RotationRecords(folder).list();
  if (records.some(({ state }) => isUnsettled(state))) {
    return { works: false, detail: 'a rotation was interrupted', remedy: text`${{ do: 'recover' }}` };
  }
  return {
    works: true,
    detail: `${counted(keys.length, 'key')}, ${counted(records.length, 'rotation')}, none unresolved`,
  };
}

async function checkDatabase(database: Database): Promise<Outcome> {
  return withClient(database, 'keel doctor', async (client) => {
    const { engine, versionText } = await serverFacts(client);
    const { rows } = await client.query<{ role: string }>('SELECT CURRENT_USER::pg_catalog.text AS role');
    if (engine.way === 'refused')
      return { works: false, detail: refusedWords(engine.name, engine.lacks), remedy: refusedRemedy };
    const untested = engine.way !== 'usual' ? ', which Keel has never been run on (untested)' : '';
    return { works: true, detail: `${engine.name} ${versionText}, as ${rows[0]?.role}${untested}` };
  });
}
