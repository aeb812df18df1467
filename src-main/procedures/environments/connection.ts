import { randomUUID } from 'node:crypto';
import type { Connection, DatabaseAddress } from '#contract/environments';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { stageCount, testConnection, reportInWords } from '#postgres/connection-stages';
import { addressOf, targetFromAddress } from '#postgres/database-address';
import { readConnectionFile } from '#postgres/import-connection';
import { parseDatabaseUrl } from '#postgres/target';
import type { Consent } from '#procedures/consent/consent';
import type { Implementations } from '#procedures/implementations';
import type { Ports } from '#procedures/ports';
import { inWindowWords } from '#procedures/act-text';
import type { ConfirmedAddresses } from './confirmed-addresses.ts';
import { createLoginGuesses, type LoginGuesses } from './login-guesses.ts';
import { withoutTls } from '#shared/without-tls';

/** An address and its password, which the caller disposes. */
export interface ResolvedConnection {
  readonly address: DatabaseAddress;
  readonly password?: Secret;
  /** What was made of what was given. */
  readonly notes: readonly string[];
}

/** What was typed, pasted or imported on the way to an environment. */
export interface Connections {
  readonly procedures: Pick<Implementations, `connection.${'test' | 'import'}`>;
  /**
   * Throws `url-malformed`, `environment-missing` for an import that is not remembered, and `file-not-chosen` for a
   * certificate that no dialog named; what an imported file names was chosen with it.
   */
  resolveConnection(connection: Connection): Promise<ResolvedConnection>;
  /** The same, and asks the admin for a server that was not agreed to yet. */
  confirmedConnection(connection: Connection, consent: Consent): Promise<ResolvedConnection>;
  readonly guesses: LoginGuesses;
  /** Wipes the passwords of imports. */
  wipe(): void;
}

/** A file holds a handful; the oldest go first. */
const maxImports = 50;

/** As the window labels them. */
const certificateFiles = [
  ['sslrootcert', 'Root certificate'],
  ['sslcert', 'Client certificate'],
  ['sslkey', 'Client private key'],
] as const;

const stageWords = {
  dns: 'resolving the host name',
  tcp: 'connecting to the port',
  tls: 'setting up TLS',
  login: 'logging in',
  schema: 'reading the catalog',
  privileges: 'reading privileges',
};

export interface ConnectionPorts extends Pick<Ports, 'assertChosen' | 'assertOpen' | 'note'> {
  readonly addresses: ConfirmedAddresses;
  /** How many real presses the window has had so far. */
  readonly presses: () => number;
}

export function createConnections({
  assertChosen,
  addresses,
  assertOpen,
  presses,
  note,
}: ConnectionPorts): Connections {
  const guesses = createLoginGuesses({ presses, note });
  const imports = new Map<string, ResolvedConnection>();

  const forget = (id: string) => {
    imports.get(id)?.password?.[Symbol.dispose]();
    imports.delete(id);
  };

  /** Throws `file-not-chosen` for a certificate that no dialog named and that is not in a file which one named. */
  const assertFilesChosen = (address: DatabaseAddress, imported?: DatabaseAddress) => {
    for (const [name, label] of certificateFiles) {
      const path = address[name];
      if (path === undefined || path === imported?.[name]) continue;
      if (name === 'sslrootcert' && path === 'system') continue;
      try {
        assertChosen(path, 'open-certificate');
      } catch (cause) {
        throw new KeelError(
          'file-not-chosen',
          `the file given as ${name} was not chosen in a dialog; it was not read, and no connection was made`,
          `choose it with the button next to “${label}”, or remove ${name}`,
          { cause },
        );
      }
    }
  };

  /** The address and the password that the connection brings with it. */
  const resolve = (connection: Connection): ResolvedConnection => {
    if ('address' in connection) {
      assertFilesChosen(connection.address);
      return withPassword(connection.address);
    }
    if ('url' in connection) {
      const target = parseDatabaseUrl(connection.url, {});
      try {
        const address = addressOf(target);
        assertFilesChosen(address);
        return withPassword(address, target.password, target.notes);
      } catch (error) {
        target.password?.[Symbol.dispose]();
        throw error;
      }
    }
    const found = imports.get(connection.imported);
    if (!found) {
      throw new KeelError(
        'environment-missing',
        'the imported connection is no longer available; no connection was made',
        'choose the file again',
      );
    }
    const address = connection.tls ? { ...withoutTls(found.address), ...connection.tls } : found.address;
    assertFilesChosen(address, found.address);
    return withPassword(address, copyOf(found.password), found.notes);
  };

  const resolveConnection: Connections['resolveConnection'] = async (connection) => {
    const { address, password, notes } = resolve(connection);
    if (connection.password === undefined) return withPassword(address, password, notes);
    password?.[Symbol.dispose]();
    return withPassword(address, secretOf(connection.password), notes);
  };

  const confirmedConnection: Connections['confirmedConnection'] = async (connection, consent) => {
    const resolved = await resolveConnection(connection);
    try {
      await addresses.assertConfirmed(resolved.address, consent);
      return resolved;
    } catch (error) {
      resolved.password?.[Symbol.dispose]();
      throw error;
    }
  };

  return {
    resolveConnection,
    confirmedConnection,
    guesses,

    wipe() {
      for (const id of [...imports.keys()]) forget(id);
    },

    procedures: {
      async 'connection.test'({ connection }, { signal, progress, consent }) {
        const { address, password, notes } = await confirmedConnection(connection, consent);
        using _ = password;
        const report = await guesses.counted(
          address,
          () =>
            testConnection(
              { ...targetFromAddress(address, password), notes },
              {
                signal,
                onStage: (stage, number) => progress(stageWords[stage], number - 1, stageCount),
              },
            ),
          ({ stages }) => stages.some(({ stage, outcome }) => stage === 'login' && outcome === 'failed'),
        );
        return reportInWords(report, inWindowWords);
      },

      async 'connection.import'({ path }) {
        assertChosen(path, 'open-connection');
        const found = await readConnectionFile(path);
        try {
          assertOpen();
        } catch (error) {
          for (const { target } of found) target.password?.[Symbol.dispose]();
          throw error;
        }
        return found.map(({ from, target, notes }) => {
          const imported = randomUUID();
          const { password } = target;
          imports.set(imported, withPassword(addressOf(target), password, notes));
          const [oldest] = imports.keys();
          if (imports.size > maxImports && oldest !== undefined) forget(oldest);
          return {
            imported,
            from,
            address: addressOf(target),
            hasPassword: password !== undefined,
            notes: [...notes],
          };
        });
      },
    },
  };
}

function secretOf(text: string): Secret {
  return new Secret(Buffer.from(text, 'utf8'));
}

function copyOf(secret: Secret | undefined): Secret | undefined {
  return secret && new Secret(Buffer.from(secret.bytes));
}

function withPassword(
  address: DatabaseAddress,
  password?: Secret,
  notes: readonly string[] = [],
): ResolvedConnection {
  return { address, ...(password && { password }), notes };
}
