import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openActivityLog } from '#audit/activity-log';
import { Secret } from '#crypto/secret';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { changeAppSettings, readAppSettings } from '#environments/app-settings';
import { changeEnvironmentSettings, readEnvironmentSettings } from '#environments/environment-settings';
import { keepLastPlace, readLastPlace } from '#environments/last-place';
import { readIvProofs, rememberIvProofs } from '#environments/iv-proofs';
import { readPostureRuns, recordPostureRun } from '#environments/posture-runs';
import { openLockPassphrase } from '#environments/lock-passphrase';
import { readCensuses, recordCensus } from '#records/census-record';
import { readFleetRecord, recordFleetOutcome } from '#records/fleet-record';
import { changeKeyRing, readKeyRing } from '#keyring/key-ring-file';
import { sealedFileStore } from '#keyring/sealed-file-store';
import { keepConnectionsReport, readConnectionsReport } from '#connections/use-cases/last-report';
import { nextOrder, rotationOrderKind } from '#records/rotation-order';
import { RotationRecords } from '#records/rotation-record';
import { readWindowState, writeWindowState } from '#shell/window-state';
import { readState } from '#storage/state-file';
import type { StateKind } from '#storage/state-kind';

export const project = join(import.meta.dirname, '..', '..', '..');
/** A home as the first Keel left it. */
export const firstHome = join(project, 'test', 'fixtures', 'state', 'v1');
/** Of both sealed files and of the lock in it. */
export const passphrase = 'five random words for a test';

/** A kind of state, used the way Keel uses it. */
export interface UsedKind {
  /** As the kind declares it. */
  readonly file: string;
  /** The file of that kind in `firstHome`. */
  readonly path: string;
  /** Reads it; rejects, or answers what is said instead, where it cannot be read. */
  readonly read: (home: string) => Promise<unknown>;
  /** Changes it as an act of the admin does. */
  readonly change: (home: string) => Promise<unknown>;
  /** What shows in the file that `change` was carried out. */
  readonly changed: string;
}

const acme = (home: string) => join(home, 'environments', 'acme');
const orgs = (home: string) => join(home, 'environments', 'orgs');
const keys = { from: '4739-e613-729b-b078', to: '61d8-dbfd-71a3-6543' };
const rotation = '55fe700c-524e-4ee0-be29-6f7cf9f6c5ad';

function sealed(home: string) {
  return sealedFileStore(acme(home), new Secret(Buffer.from(passphrase)), { workFactor: 10 });
}

async function confirmRotation(home: string): Promise<void> {
  const records = new RotationRecords(acme(home));
  const [record] = await records.list();
  if (record) await records.advance(record, 'stragglers-clear');
}

export const usedKinds: readonly UsedKind[] = [
  {
    file: 'settings.json',
    path: 'settings.json',
    read: async (home) => {
      const { settings, unread } = await readAppSettings(home);
      if (unread) throw unread;
      return settings;
    },
    change: (home) => changeAppSettings(home, { clipboardSeconds: 77 }),
    changed: '77',
  },
  {
    file: 'lock.json',
    path: 'lock.json',
    read: (home) => openLockPassphrase(home).check(passphrase),
    change: (home) => openLockPassphrase(home).check('another').catch(unlessWrong),
    changed: '"wrongTries": 1',
  },
  {
    file: 'activity.head.json',
    path: 'activity.head.json',
    read: async (home) => {
      const { trouble, lines } = await openActivityLog(home).examine();
      if (trouble) throw Object.assign(new Error(trouble.what), { code: 'trouble' });
      return lines;
    },
    change: (home) => openActivityLog(home).append({ action: 'tried', detail: '', outcome: 'done' }),
    changed: '"count": 10',
  },
  {
    file: 'environments/*/environment.json',
    path: 'environments/acme/environment.json',
    read: (home) => readEnvironmentSettings(acme(home)),
    change: (home) => changeEnvironmentSettings(acme(home), { name: 'renamed' }),
    changed: 'renamed',
  },
  {
    file: 'environments/*/keyring.json',
    path: 'environments/acme/keyring.json',
    read: (home) => readKeyRing(acme(home)),
    change: (home) =>
      changeKeyRing(acme(home), (ring) => ({
        ...ring,
        dumps: { noneBefore: '2020-01-01T00:00:00.000Z', statedAt: '2026-12-01T00:00:00.000Z' },
      })),
    changed: 'noneBefore',
  },
  {
    file: 'environments/*/secrets.sealed',
    path: 'environments/acme/secrets.sealed',
    read: (home) => sealed(home).get('acme/e280-14d2-a29b-8209'),
    change: async (home) => {
      using key = generateEncryptionKey();
      await sealed(home).put(`acme/${key.fingerprint}`, key);
    },
    changed: 'BEGIN AGE',
  },
  {
    file: 'environments/*/connections.json',
    path: 'environments/acme/connections.json',
    read: (home) => readConnectionsReport(acme(home)),
    change: async (home) => {
      const first = await readConnectionsReport(firstHome.concat('/environments/acme'));
      if (first) await keepConnectionsReport(acme(home), { ...first, at: '2026-12-01T00:00:00.000Z' });
    },
    changed: '2026-12-01T00:00:00.000Z',
  },
  {
    file: 'environments/*/rotations/*.json',
    path: `environments/acme/rotations/${rotation}.json`,
    read: (home) => new RotationRecords(acme(home)).list(),
    change: confirmRotation,
    changed: 'confirmed',
  },
  {
    file: 'environments/*/rotation-order.json',
    path: 'environments/acme/rotation-order.json',
    read: (home) => readState(rotationOrderKind, join(acme(home), 'rotation-order.json')),
    change: (home) => nextOrder(acme(home), []),
    changed: '"last": 8',
  },
  {
    file: 'environments/*/fleet/rotation.json',
    path: 'environments/orgs/fleet/rotation.json',
    read: (home) => readFleetRecord(orgs(home)),
    change: (home) => recordFleetOutcome(orgs(home), keys, { name: 'org_05a39016_birch', state: 'done' }),
    changed: 'finishedAt',
  },
  {
    file: 'environments/*/censuses.json',
    path: 'environments/acme/censuses.json',
    read: (home) => readCensuses(acme(home)),
    change: (home) =>
      recordCensus(acme(home), 'db.example.org:5432/acme', {
        ...{
          keys: [keys.from],
          opened: [keys.from],
          places: [],
          unread: [],
          tables: 41,
          cells: 7_777,
          bytes: 1,
          scope: '',
        },
        ...{ beganAt: '2026-12-01T00:00:00.000Z', endedAt: '2026-12-01T00:00:01.000Z' },
      }),
    changed: '7777',
  },
  {
    file: 'environments/*/iv-proofs.json',
    path: 'environments/acme/iv-proofs.json',
    read: (home) => readIvProofs(acme(home)),
    change: async (home) => {
      const [proof] = await readIvProofs(firstHome.concat('/environments/acme'));
      if (proof) await rememberIvProofs(acme(home), [{ ...proof, fingerprint: keys.to }]);
    },
    changed: keys.to,
  },
  {
    file: 'environments/*/posture-runs.json',
    path: 'environments/acme/posture-runs.json',
    read: (home) => readPostureRuns(acme(home)),
    change: (home) =>
      recordPostureRun(acme(home), {
        ...{ at: '2026-12-01T00:00:00.000Z', fail: 1, warn: 2, unknown: 3, pass: 4, waived: 5 },
      }),
    changed: '2026-12-01T00:00:00.000Z',
  },
  {
    file: 'window/state.json',
    path: 'window/state.json',
    // it is no failure to have none
    read: (home) => readWindowState(join(home, 'window/state.json')),
    change: (home) =>
      writeWindowState(join(home, 'window/state.json'), {
        ...{ x: 1, y: 2, width: 1111, height: 800, maximized: true },
      }),
    changed: '1111',
  },
  {
    file: 'window/place.json',
    path: 'window/place.json',
    // it is no failure to have none
    read: (home) => readLastPlace(home),
    change: (home) => keepLastPlace(home, { screen: 'posture', sidebar: 'collapsed' }),
    changed: 'posture',
  },
];

/** Every kind that the code declares, wherever it does. */
export async function declaredKinds(): Promise<StateKind<unknown>[]> {
  const kinds: StateKind<unknown>[] = [];
  for (const path of await sources()) {
    const names = [...(await readFile(path, 'utf8')).matchAll(/^export const (\w+) = stateKind\(/gm)];
    if (names.length === 0) continue;
    const module = (await import(path)) as Record<string, StateKind<unknown>>;
    for (const [, name] of names) if (name && module[name]) kinds.push(module[name]);
  }
  return kinds;
}

async function sources(): Promise<string[]> {
  const entries = await readdir(join(project, 'src-main'), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function unlessWrong(error: { code?: string }): void {
  if (error.code !== 'passphrase-wrong') throw error;
}
