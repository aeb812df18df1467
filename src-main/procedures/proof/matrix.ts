import { openedIn } from '#shared/opened-values';
import type { Connection } from '#contract/environments';
import type { MatrixResult } from '#contract/matrix';
import { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { targetFromAddress } from '#postgres/database-address';
import type { Proof } from '#proof/prove';
import { formsOfChosen, readerOfChosen } from '#applications/applications';
import { proveKeys } from '#proof/prove-keys';
import { loadKey } from '#workspace/ring-keys';
import { nestedIn } from '#proof/values-within';
import { databaseAt } from '#workspace/database';
import { assertHandChosen, openGiven, restoredFrom } from '#procedures/backup/given-artefact';
import type { ResolvedConnection } from '#procedures/environments/connection';
import type { Consent } from '#procedures/consent/consent';
import type { Implementations } from '#procedures/implementations';
import type { Ports } from '#procedures/ports';
import type { MatrixMemory } from './matrix-memory.ts';
import { windowAudit } from '#procedures/window-context';
import { inWindowWords } from '#procedures/act-text';
import type { LoginGuesses } from '#procedures/environments/login-guesses';
import type { Workspace } from '#procedures/workspaces';

export interface MatrixPorts
  extends Pick<Ports, 'workspaces' | 'note' | 'changed' | 'assertChosen' | 'assertOpen'> {
  readonly memory: MatrixMemory;
  readonly guesses: LoginGuesses;
  readonly confirmedConnection: (connection: Connection, consent: Consent) => Promise<ResolvedConnection>;
}

type Names = 'state' | 'addArtefact' | 'addDatabase' | 'takeAway' | 'run';

/** Which key decrypts what: the keys of a ring and of artefacts, on the databases of environments and on others. Only reads. */
export function matrixProcedures(ports: MatrixPorts): Pick<Implementations, `matrix.${Names}`> {
  const { workspaces, memory, note, changed } = ports;
  return {
    async 'matrix.state'({ environment }) {
      using workspace = await workspaces.open(environment);
      const { keys } = await workspace.readRing();
      const { workspaces: all } = await workspaces.list();
      const databases = all.map((one) => {
        using open = one;
        return { id: open.id, label: open.settings.name, adHoc: false };
      });
      databases.sort((a, b) => Number(b.id === environment) - Number(a.id === environment));
      return {
        keys: [
          ...keys
            .filter(({ state }) => state !== 'destroyed')
            .map(({ fingerprint, state }) => ({ id: fingerprint, fingerprint, state }))
            .reverse(),
          ...memory.keys(environment).map(([id, { key, from }]) => ({
            id,
            fingerprint: key.fingerprint,
            from,
          })),
        ],
        databases: [
          ...databases,
          ...memory.databases(environment).map(([id, { address }]) => ({
            id,
            label: `${address.database} on ${address.host}`,
            adHoc: true,
          })),
        ],
        cells: [...memory.cells(environment)],
      };
    },

    async 'matrix.addArtefact'({ environment, from }, { progress, signal }) {
      assertHandChosen(from, ports.assertChosen);
      using taken = await openGiven(from);
      progress('restoring', 0);
      using workspace = await workspaces.open(environment);
      const key = await restoredFrom(taken, 'nothing was added', {
        reader: readerOfChosen(workspace.settings.application),
        signal,
        onProgress: ({ step, done, total }) => progress(step, done, total),
      });
      disposeUnlessOpen(key, ports.assertOpen);
      const { fingerprint } = key;
      const id = memory.addKey({ environment, key, from: taken.name.location });
      changed();
      return { id, fingerprint };
    },

    async 'matrix.addDatabase'({ environment, connection }, { consent }) {
      const resolved = await ports.confirmedConnection(connection, consent);
      const { address, password } = resolved;
      try {
        await ports.guesses.counted(address, async () => {
          const client = await databaseAt(targetFromAddress(address, password)).open('keel matrix');
          await client.end();
        });
      } catch (error) {
        password?.[Symbol.dispose]();
        throw error;
      }
      if (password) disposeUnlessOpen(password, ports.assertOpen);
      const id = memory.addDatabase({ ...resolved, environment });
      changed();
      return { id };
    },

    async 'matrix.takeAway'({ id }) {
      memory.takeAway(id);
      changed();
      return {};
    },

    async 'matrix.run'({ environment, keys: wanted, databases }, { signal, progress }) {
      using workspace = await workspaces.open(environment, { signal });
      using keys = await loadKeys(workspace, wanted, memory);
      let cells = 0;
      await assertKnown(ports, environment, databases);
      for (const [done, id] of databases.entries()) {
        signal.throwIfAborted();
        progress('decrypting every row of each database', done, databases.length);
        const results = await proveOn(ports, environment, id, keys.loaded, signal);
        const at = new Date().toISOString();
        // a lock wiped what was kept, and nothing is added to it
        ports.assertOpen();
        for (const [place, key] of wanted.entries()) {
          const result = results[place];
          if (result) memory.keepCell(environment, { key, database: id, at, result });
          cells += 1;
        }
        changed();
      }
      await windowAudit(note).after({
        environment,
        action: 'keys proven on databases',
        detail: `${wanted.length} × ${databases.length}, read-only`,
        outcome: 'done',
      });
      return { cells };
    },
  };
}

/** Throws `environment-missing` for a column that is neither an environment nor was added: nothing is kept of it. */
async function assertKnown(
  { workspaces, memory }: MatrixPorts,
  environment: string,
  wanted: readonly string[],
): Promise<void> {
  const known = new Set(memory.databases(environment).map(([id]) => id));
  for (const workspace of (await workspaces.list()).workspaces) {
    using one = workspace;
    known.add(one.id);
  }
  if (wanted.every((id) => known.has(id))) return;
  throw new KeelError(
    'environment-missing',
    'one of the databases is no longer listed; nothing was read',
    'select the databases again',
  );
}

function disposeUnlessOpen(secret: Disposable, assertOpen: () => void): void {
  try {
    assertOpen();
  } catch (error) {
    secret[Symbol.dispose]();
    throw error;
  }
}

interface LoadedKeys extends Disposable {
  readonly loaded: readonly EncryptionKey[];
}

/** Copies of the wanted keys, in their order: a lock meanwhile wipes those of artefacts. */
async function loadKeys(
  workspace: Workspace,
  wanted: readonly string[],
  memory: MatrixMemory,
): Promise<LoadedKeys> {
  const restored = new Map(memory.keys(workspace.id));
  const loaded: EncryptionKey[] = [];
  const dispose = () => {
    for (const key of loaded) key[Symbol.dispose]();
  };
  try {
    for (const id of wanted) {
      const held = restored.get(id)?.key;
      loaded.push(held ? held.copy() : await loadKey(workspace, id));
    }
    return { loaded, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** What each of the keys opens of one database; what keeps it from being asked is a result of its own for each. */
async function proveOn(
  { workspaces, memory }: MatrixPorts,
  environment: string,
  id: string,
  keys: readonly EncryptionKey[],
  signal: AbortSignal,
): Promise<readonly MatrixResult[]> {
  try {
    const adHoc = new Map(memory.databases(environment)).get(id);
    using workspace = adHoc ? undefined : await workspaces.open(id, { signal });
    const database = adHoc
      ? databaseAt(targetFromAddress(adHoc.address, adHoc.password), signal)
      : await workspace?.database();
    const known = workspace?.settings;
    await using client = await database?.open('keel matrix');
    if (!client) return [];
    const proofs = await proveKeys(client, keys, {
      ...(known && known.inventory.length > 0 && { inventory: { version: 1, columns: known.inventory } }),
      forms: formsOfChosen(known?.application),
      excluded: known?.excluded ?? [],
      signal,
    });
    return proofs.map(resultOf);
  } catch (error) {
    if (!(error instanceof KeelError) || error.code === 'cancelled') throw error;
    const { code, message, remedy } = error;
    const failure = { code, message, remedy: inWindowWords(remedy) };
    return keys.map(() => ({ failure }));
  }
}

function resultOf(proof: Proof): MatrixResult {
  const { verdict, bits, columns, within } = proof;
  return {
    verdict,
    ...openedIn(columns),
    bits,
    nested: nestedIn(within),
  };
}
