import { openedIn } from '#shared/opened-values';
import { counted, formatCount } from '#shared/counted';
import { rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { writeAgeFile } from '#backup/age/age-file';
import { drillAgeFile } from '#backup/drill';
import { type EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { writeDurably } from '#storage/durable-file';
import { KeelError } from '#errors/keel-error';
import { formsOf, variableOfChosen } from '#applications/applications';
import type { Application } from '#contract/application';
import { newKeyOf } from '#keys/new-key';
import { applyHandoff } from '#handoff/target';
import { readCatalog } from '#postgres/catalog';
import { discoverColumns } from '#discovery/discovery';
import { resolveInventory } from '#postgres/table-target';
import type { PracticeDatabase } from '#practice/practice-database';
import { temporaryFolder } from '#practice/temporary-folder';
import { assertNoStops } from '#rewrite/finding';
import { runPreflight } from '#rotation/preflight/run-preflight';
import { type Proof, proveKey } from '#proof/prove';
import { recordedRun } from '#rotation/run/recorded-run';
import { rotationResultOf } from '#rotation/run/rotation-result';
import { type RunRequest, runRotation } from '#rotation/run/run-rotation';
import { openSession } from '#rewrite/session';
import type { CommandContext } from '#commands/command-context';
import type { RotationResult } from '#contract/rotation';
import { RotationRecords } from '#records/rotation-record';
import { openDatabase, withClient } from '#workspace/database';
import { openKeyRingOf } from '#workspace/key-place';
import { duration } from '#commands/wording';

export interface DemoStep {
  readonly name: string;
  readonly ms: number;
  /** What it did, in plain words. */
  readonly words: string;
}

export interface Demo {
  readonly steps: readonly DemoStep[];
  readonly rotation: RotationResult;
  /** Every value, opened with the new key after the rotation. */
  readonly proof: Proof;
  /** The hand-off's change, with the key masked. */
  readonly diff: string;
  /** Personal sources are under their users' keys, and left alone by name. */
  readonly excluded: readonly string[];
}

const personalSources = ['source_connection.credentials'];
const handoffFile = (variable: string, key: EncryptionKey) =>
  Buffer.concat([
    Buffer.from(`# Sample settings\nLOG_LEVEL=info\n${variable}=`),
    key.written,
    Buffer.from('\nTZ=UTC\n'),
  ]);

/** The whole main job, for real, on a practice database, each step announced as it ends. Leaves no file behind. */
export async function walkMainJob(
  practice: PracticeDatabase,
  application: Application | undefined,
  context: CommandContext,
): Promise<Demo> {
  const folder = await temporaryFolder('demo');
  try {
    return await walkIn(folder, practice, application, context);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function walkIn(
  folder: string,
  practice: PracticeDatabase,
  application: Application | undefined,
  { terminal, signal }: CommandContext,
): Promise<Demo> {
  const steps: DemoStep[] = [];
  const step = async <T>(name: string, work: () => Promise<T>, words: (result: T) => string): Promise<T> => {
    terminal.progress.show(name, 0);
    const startedAt = performance.now();
    const result = await work();
    const done = { name, ms: performance.now() - startedAt, words: words(result) };
    steps.push(done);
    const number = String(steps.length).padStart(2);
    terminal.say(
      `${number} ${terminal.paint('good', '✓')} ${name.padEnd(10)} ${duration(done.ms).padStart(7)}  ${done.words}`,
    );
    return result;
  };

  const database = openDatabase(practice.url);
  const keyFile = join(folder, 'new.key');
  const backup = join(folder, 'new-key.age');
  const envFile = join(folder, '.env');
  const { key: from } = practice;
  const forms = application && formsOf(application);
  const variable = variableOfChosen(application?.id);
  const excluded = application ? [] : personalSources;
  await writeDurably(join(folder, 'old.key'), asLine(from));
  await writeDurably(envFile, handoffFile(variable, from));

  const { inventory } = await step(
    'discover',
    () =>
      withClient(database, 'keel demo', (client) => discoverColumns(client, { key: from, forms, signal })),
    ({ proposed }) =>
      `${counted(proposed.length, 'encrypted column')} found and proven by content, none by name`,
  );
  using to = await step(
    'generate',
    async () => {
      const key = application ? await newKeyOf(application, from) : generateEncryptionKey();
      await writeDurably(keyFile, asLine(key));
      return key;
    },
    (key) => `a new key from the system's random source, fingerprint ${key.fingerprint}`,
  );
  using passphrase = new Secret(Buffer.from(randomBytes(16).toString('base64url')));
  await step(
    'back up',
    () => writeAgeFile(backup, to, passphrase, { environment: database.label, createdAt: new Date() }),
    () => 'encrypted in an age file with a passphrase; `age --decrypt` opens it without Keel',
  );
  await step(
    'drill',
    () => drill(backup, passphrase, to),
    () => 'restored from that file alone: the same key',
  );

  await using session = await openSession(database.open, 'usual');
  const request: RunRequest = {
    inventory,
    keys: { from, to, toMayBePresent: false, inDoubt: 'stop' },
    excluded,
    accepted: [],
    lockTimeoutMs: 5_000,
    onProgress: ({ step: name, done, total }) => terminal.progress.show(name, done, total),
    signal,
  };
  const preflight = await step(
    'preflight',
    async () => {
      const checked = await runPreflight(session, { ...request, signal });
      assertNoStops(checked.findings);
      return checked;
    },
    ({ findings }) => `${findings.length} checks run, none blocks the rotation`,
  );
  await step(
    'rehearse',
    () => runRotation(session, preflight, request, { rehearsal: true }),
    ({ rows, lockMs }) =>
      `${counted(rows, 'row')} rewritten and rolled back; writers would wait ${duration(lockMs)}`,
  );
  const ownFiles = new Map([
    [from.fingerprint, join(folder, 'old.key')],
    [to.fingerprint, keyFile],
  ]);
  const home = join(folder, 'home');
  const { keyRing } = await openKeyRingOf(home, { place: 'own-files', ownFiles });
  await keyRing.hold(to, 'pending');
  await keyRing.recordProof(to.fingerprint, { artefact: 'age-file', location: backup });
  const result = await step(
    'rotate',
    () =>
      recordedRun(
        session,
        preflight,
        { ...request, purpose: 'rotate' },
        { keyRing, records: new RotationRecords(home) },
      ),
    ({ rows, lockMs }) =>
      `${counted(rows, 'row')} encrypted with the new key, compared before COMMIT; writers waited ${duration(lockMs)}`,
  );
  const proof = await step(
    'verify',
    () =>
      withClient(database, 'keel demo', async (client) =>
        proveKey(client, to, resolveInventory(inventory, await readCatalog(client)), { signal }),
      ),
    ({ columns, bits }) => {
      const { opened } = openedIn(columns);
      return `the new key decrypts ${formatCount(opened)} values, ${formatCount(bits)} bits of evidence`;
    },
  );
  const { diffMasked: diff } = await step(
    'hand off',
    () => applyHandoff({ kind: 'env-file', path: envFile, variable }, from.fingerprint, to),
    () => 'the new key is in a sample .env, everything else in it is unchanged',
  );
  await step(
    'undo',
    () =>
      runRotation(
        session,
        preflight,
        { ...request, keys: { from: to, to: from, toMayBePresent: true, inDoubt: 'rewrite' } },
        { rehearsal: true },
      ),
    ({ rows }) =>
      `available: \`keel undo\` would re-encrypt ${counted(rows, 'row')} with the old key (rehearsed)`,
  );
  const rotation = rotationResultOf(session.id, { from, to }, false, result);
  return { steps, rotation, proof, diff, excluded };
}

function asLine(key: EncryptionKey): Buffer {
  return Buffer.concat([key.written, Buffer.from('\n')]);
}

async function drill(path: string, passphrase: Secret, key: EncryptionKey): Promise<void> {
  const result = await drillAgeFile(path, passphrase, key.fingerprint);
  if (result.result === 'correct') return;
  throw new KeelError('drill-failed', 'the backup does not restore the key', 'check the disk');
}
