import { asChosen, rotatableApplication } from '#applications/applications';
import { offeredApplications } from '#applications/in-brief';
import type { ChosenApplication } from '#contract/application';
import type { Connection, DatabaseAddress, EnvironmentCard } from '#contract/environments';
import { Secret } from '#crypto/secret';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import type { PasswordStore } from '#keyring/password-store';
import { targetFromAddress } from '#postgres/database-address';
import { databaseAt } from '#workspace/database';
import { addEnvironment } from '#workspace/use-cases/add-environment';
import { changeAppearance, forgetEnvironment } from '#workspace/use-cases/change-environment';
import { environmentCard, type Needs } from '#status/environment-card';
import { confirmWith } from '#procedures/consent/confirm-with';
import type { Consent } from '#procedures/consent/consent';
import type { Implementations } from '#procedures/implementations';
import type { Ports } from '#procedures/ports';
import { windowAudit, windowContext } from '#procedures/window-context';
import { checkPassphrase } from '#keyring/sealed-passphrase';
import type { SessionSecrets } from '#procedures/session-secrets';
import { inWindowWords } from '#procedures/act-text';
import type { LoginGuesses } from './login-guesses.ts';
import type { Workspace } from '#procedures/workspaces';

export interface EnvironmentPorts extends Pick<Ports, 'workspaces' | 'note' | 'changed' | 'isBusy'> {
  readonly home: string;
  readonly secrets: SessionSecrets;
  readonly passwords: PasswordStore;
  /** The keychain holds the password of this environment's database; never waits long for it. */
  readonly isRemembered: (environment: string) => Promise<boolean>;
  /** After so many days a proven backup wants to be drilled again. */
  readonly drillEveryDays: () => number;
  /** What was typed, pasted or imported, as address and password, agreed to; the caller disposes the password. */
  readonly confirmedConnection: (
    connection: Connection,
    consent: Consent,
  ) => Promise<{ readonly address: DatabaseAddress; readonly password?: Secret }>;
  readonly guesses: LoginGuesses;
}

type Names = 'list' | 'damaged' | 'add' | 'update' | 'remove' | 'unlock';

/** The environments that the window shows, and what is typed to use them. */
export function environmentProcedures(
  ports: EnvironmentPorts,
): Pick<Implementations, `environments.${Names}` | 'applications.list'> {
  const { home, workspaces, secrets, passwords, changed } = ports;
  const audit = windowAudit(ports.note);
  return {
    async 'applications.list'() {
      return offeredApplications();
    },

    async 'environments.list'() {
      return (await lookAtAll(ports)).cards;
    },

    async 'environments.damaged'() {
      return (await lookAtAll(ports)).damaged;
    },

    async 'environments.add'(
      { connection, application: named, rememberPassword, keyPlace, passphrase, ...appearance },
      { consent },
    ) {
      const application = chosenByName(named);
      const epoch = secrets.epoch();
      const { address, password } = await ports.confirmedConnection(connection, consent);
      using _ = password;
      const { id } = await ports.guesses.counted(address, () =>
        addEnvironment(
          { home, ...appearance, address, password, rememberPassword, keyPlace, passphrase, application },
          { passwords, audit, assertWanted: () => secrets.assertSince(epoch) },
        ),
      );
      const typed = {
        ...(password && { password: password.bytes.toString('utf8') }),
        ...(passphrase !== undefined && { passphrase }),
      };
      try {
        secrets.keep(id, typed, epoch);
      } finally {
        // the environment is there, whether Keel was locked since or not
        changed();
      }
      return { environment: id };
    },

    async 'environments.update'({ environment, ...appearance }, { consent }) {
      using workspace = await workspaces.open(environment);
      await changeAppearance(workspace, appearance, { audit, confirm: confirmWith(consent, workspace) });
      changed();
      return {};
    },

    async 'environments.remove'({ environment }, { consent }) {
      using workspace = await workspaces.open(environment);
      assertRemovable(workspace, ports.isBusy(environment));
      const confirm = confirmWith(consent, workspace);
      await forgetEnvironment(workspace, { passwords }, windowContext({ audit, confirm }));
      secrets.forget(environment);
      changed();
      return {};
    },

    async 'environments.unlock'({ environment, password, passphrase, rememberPassword }) {
      const epoch = secrets.epoch();
      using workspace = await workspaces.open(environment);
      const { settings, folder } = workspace;
      if (passphrase !== undefined) {
        const derived = await checkPassphrase(folder, passphrase);
        secrets.keep(environment, { passphrase, derived }, epoch);
      }
      if (password !== undefined) {
        await tryPassword(workspace, password, ports);
        secrets.keep(environment, { password }, epoch);
        const kept = secrets.password(environment);
        if (rememberPassword && kept) await passwords.put(environment, kept);
        if (rememberPassword || !settings.hasPassword) {
          await workspace.change({ hasPassword: true, rememberPassword: rememberPassword === true });
        }
      }
      changed();
      return {};
    },
  };
}

/** What an environment keeps of the application that was chosen for it. Throws `usage` for one that Keel does not rotate. */
function chosenByName(id: string | undefined): ChosenApplication | undefined {
  return id === undefined || id === 'ballast' ? undefined : asChosen(rotatableApplication(id));
}

/** The cards of all environments, and what keeps one from having a card: it must not hide the others. */
async function lookAtAll(ports: EnvironmentPorts) {
  const now = new Date();
  const { workspaces: found, damaged } = await ports.workspaces.list();
  const cards = await Promise.all(
    found.map(async (workspace): Promise<EnvironmentCard[]> => {
      using open = workspace;
      try {
        return [await environmentCard(open, await needsOf(open, ports), now, ports.drillEveryDays())];
      } catch (error) {
        damaged.push(expectedFailure(error));
        return [];
      }
    }),
  );
  return {
    cards: cards.flat(),
    damaged: damaged.map(({ code, message, remedy }) => ({
      code,
      message,
      remedy: inWindowWords(remedy),
    })),
  };
}

async function needsOf(
  { id, settings, practice }: Workspace,
  { secrets, isRemembered }: EnvironmentPorts,
): Promise<Needs> {
  if (practice) return [];
  const needs: Needs = [];
  if (settings.hasPassword && !secrets.password(id)) {
    if (!settings.rememberPassword || !(await isRemembered(id))) needs.push('password');
  }
  if (settings.keyPlace === 'sealed-file' && !secrets.passphrase(id)) needs.push('passphrase');
  return needs;
}

/** Throws unless the server lets the password in; one that it refuses is not kept, and what was there before neither. */
async function tryPassword(
  { id, settings }: Workspace,
  typed: string,
  { secrets, guesses }: Pick<EnvironmentPorts, 'secrets' | 'guesses'>,
): Promise<void> {
  using password = new Secret(Buffer.from(typed, 'utf8'));
  try {
    await guesses.counted(settings.address, async () => {
      const client = await databaseAt(targetFromAddress(settings.address, password)).open('keel connect');
      await client.end();
    });
  } catch (error) {
    if (error instanceof KeelError && error.code === 'login-refused') secrets.forgetPassword(id);
    throw error;
  }
}

function assertRemovable({ practice }: Workspace, busy: boolean): void {
  if (practice) {
    throw new KeelError(
      'practice-running',
      'a practice environment cannot be forgotten, only ended; nothing was changed',
      'end practice, which deletes its database and keys',
    );
  }
  if (!busy) return;
  throw new KeelError(
    'rotation-running',
    'an operation is running on this environment; nothing was changed',
    'wait until it finishes, or cancel it',
  );
}
