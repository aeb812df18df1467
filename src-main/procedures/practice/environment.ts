import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { EncryptionKey } from '#crypto/encryption-key';
import { environmentNameOf } from '#environments/environment-name';
import { addEnvironmentSettings } from '#environments/environment-settings';
import { environmentFolder } from '#environments/keel-home';
import { addressOf } from '#postgres/database-address';
import { parseDatabaseUrl } from '#postgres/target';
import { temporaryFolder } from '#practice/temporary-folder';
import type { SessionSecrets } from '#procedures/session-secrets';
import type { Workspaces } from '#procedures/workspaces';

/** A practice database that runs, and the key it is under. */
export interface RunningPractice {
  readonly url: string;
  readonly key: EncryptionKey;
}

/** The environment of the practice database, in a home of its own that goes away with it. */
export interface PracticeEnvironment {
  /** Present while there is one. */
  readonly id: string | undefined;
  /** Enters it, with its key as if it had been adopted from the sample's `.env`; answers its id. */
  register(practice: RunningPractice): Promise<string>;
  /** Removes it with its keys and files. */
  unregister(): Promise<void>;
}

/** Its keys protect nothing but samples, so sealing them need not take a second. */
const workFactor = 10;

const sampleEnvFile = (key: string) =>
  [
    '# Sample Ballast settings, for practice',
    'POSTGRES_DB=ballast',
    `ENCRYPTION_KEY=${key}`,
    'LOG_LEVEL=info',
    '',
  ].join('\n');

export function createPracticeEnvironment(ports: {
  readonly workspaces: Workspaces;
  readonly secrets: SessionSecrets;
}): PracticeEnvironment {
  const { workspaces, secrets } = ports;
  let registered: { readonly id: string; readonly home: string } | undefined;

  const unregister = async () => {
    if (!registered) return;
    const { id, home } = registered;
    registered = undefined;
    workspaces.leave(home);
    secrets.forget(id);
    await rm(home, { recursive: true, force: true });
  };

  return {
    get id() {
      return registered?.id;
    },
    unregister,
    async register({ url, key }) {
      const home = await temporaryFolder('practice');
      const target = parseDatabaseUrl(url, {});
      using password = target.password;
      const folder = await environmentFolder(
        home,
        environmentNameOf(target.host, target.port, target.database),
      );
      const id = basename(folder);
      registered = { id, home };
      workspaces.join(home, { workFactor });
      const envFile = join(home, 'ballast', '.env');
      await mkdir(join(home, 'ballast'));
      await writeFile(envFile, sampleEnvFile(key.toBase64()), { mode: 0o600 });
      await addEnvironmentSettings(folder, {
        name: 'Practice',
        colour: 'teal',
        production: false,
        addedAt: new Date().toISOString(),
        address: addressOf(target),
        keyPlace: 'sealed-file',
        hasPassword: true,
        rememberPassword: false,
        inventory: [],
        excluded: [],
        transport: { encrypted: false, verified: 'none', local: true },
        targets: [{ target: { kind: 'env-file', path: envFile, variable: 'ENCRYPTION_KEY' } }],
      });
      const made = {
        ...(password && { password: password.bytes.toString('utf8') }),
        passphrase: randomBytes(24).toString('base64url'),
      };
      // nobody typed it, so a lock meanwhile takes nothing away
      secrets.keep(id, made, secrets.epoch());
      using workspace = await workspaces.open(id);
      await (await workspace.openKeys()).keyRing.hold(key, 'pending', 'adopted');
      return id;
    },
  };
}
