import { isDeepStrictEqual } from 'node:util';
import type { ConnectionsReport, ProbeCounts } from '#contract/connections';
import type { Inventory } from '#contract/inventory';
import { type Credential, readCredentials } from '#credentials/read-credentials';
import { atCredentials, type CredentialsInput } from '#credentials/use-cases/at-credentials';
import type { EncryptionKey } from '#crypto/encryption-key';
import { AcceptedColumns } from '#environments/accepted-columns';
import { rememberIvProofs } from '#environments/iv-proofs';
import { codeOf, KeelError } from '#errors/keel-error';
import { activeKeyOf } from '#shared/active-key';
import { counted, formatCount } from '#shared/counted';
import { readRootCertificate } from '#storage/root-certificate';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { startConnectionTest, targetOf } from '#connections/connection-test';
import { keepConnectionsReport } from './last-report.ts';

export interface TestInput extends CredentialsInput {
  /** See `ConnectionTestOptions`. */
  readonly allowPrivate: boolean;
  readonly only?: readonly string[];
  readonly concurrency?: number;
  readonly timeoutMs?: number;
  readonly madeUp?: boolean;
  /** Targets that the admin agreed to before, to which this test adds those that it asks for. */
  readonly confirmed?: Set<string>;
  /** File of the authority that servers may be signed by; that of the environment's posture without it. */
  readonly rootCertificate?: string | undefined;
}

type TestStep = 'reading the credentials' | 'trying credentials';

/**
 * Shows every credential that the key opens to the server that it is for, changing nothing there or here, and keeps what was found for
 * the screens where it was a test of the whole environment. Noted also where it failed after some were tried. Throws `key-wrong`
 * where the key opens none, `tls-failed` for the authority, and what the database does.
 */
export async function testConnections(
  workspace: Workspace,
  input: TestInput,
  context: Pick<UseCaseContext<TestStep>, 'signal' | 'onProgress' | 'audit' | 'confirm'>,
): Promise<ConnectionsReport> {
  const { signal, onProgress, audit } = context;
  onProgress({ step: 'reading the credentials', done: 0 });
  const { only = [], allowPrivate, key } = input;
  const { fingerprint } = key;
  const authority = input.rootCertificate ?? workspace.settings?.posture?.places.rootCertificate;
  const roots = authority === undefined ? [] : [await readRootCertificate(authority)];
  const confirmed = input.confirmed ?? new Set<string>();
  if (!input.madeUp) await confirmTargets(workspace, input, confirmed, context);
  const accepted = new AcceptedColumns();
  const failed = new AbortController();
  const test = startConnectionTest({
    ...input,
    signal: AbortSignal.any([signal, failed.signal]),
    roots,
    mayTry: (target) => confirmed.has(target),
    onAccepted: (place) => accepted.add(place),
    onDone: (done) => onProgress({ step: 'trying credentials', done }),
  });
  const noted = { environment: workspace.id, fingerprint };
  const scope = only.length > 0 ? `; only ${only.join(', ')}` : '';
  let taken = 0;
  // what cannot be noted is not shown to anybody
  if (!input.madeUp)
    await audit.before({
      ...noted,
      action: 'verifying connections begun',
      detail: scope.replace(/^; /, ''),
      outcome: 'done',
    });
  try {
    const take = async (credentials: readonly Credential[]) => {
      for (const credential of credentials) {
        taken++;
        await test.take(credential);
      }
    };
    const { inventory, opened, unopened } = await atCredentials(workspace, input, { signal }, async (at) => ({
      inventory: at.inventory,
      ...(await readCredentials(at.client, key, at.inventory, take, { signal })),
    }));
    if (opened === 0 && unopened > 0) throw opensNothing(key, unopened);
    const found = await test.finish();
    // a server took what was decrypted: so its beginning is right
    await rememberIvProofs(workspace.folder, accepted.proofs(inventory.columns, fingerprint));
    const report = { ...found, at: new Date().toISOString(), fingerprint, allowPrivate, unopened };
    if (only.length === 0 && (await isWhole(workspace, key, inventory)))
      await keepConnectionsReport(workspace.folder, report);
    await audit.after({
      ...noted,
      action: 'connections verified',
      detail: `${inNumbers(found.counts)}${scope}`,
      outcome: found.counts.refused === 0 ? 'done' : 'failed',
    });
    return report;
  } catch (error) {
    failed.abort();
    await test.finish().catch(() => undefined);
    // servers may have seen their credentials by now
    if (taken > 0) {
      const code = signal.aborted ? 'cancelled' : codeOf(error);
      const detail = `${code}, with ${counted(taken, 'credential')} begun${scope}`;
      await audit.after({ ...noted, action: 'verifying connections broke off', detail, outcome: 'failed' });
    }
    throw error;
  }
}

/** Asks for the servers that the credentials name and that were not agreed to yet. Nothing is sent before. */
async function confirmTargets(
  workspace: Workspace,
  input: TestInput,
  confirmed: Set<string>,
  { signal, confirm }: Pick<UseCaseContext, 'signal' | 'confirm'>,
): Promise<void> {
  const fresh = new Set<string>();
  let credentials = 0;
  const look = async (batch: readonly Credential[]) => {
    for (const credential of batch) {
      const target = targetOf(credential);
      if (target === undefined || confirmed.has(target)) continue;
      credentials++;
      if (fresh.size < maxAsked) fresh.add(target);
    }
  };
  await atCredentials(workspace, input, { signal }, (at) =>
    readCredentials(at.client, input.key, at.inventory, look, { signal }),
  );
  if (fresh.size === 0) return;
  // each is named: one more among many must not pass unseen
  const all = [...fresh].sort();
  for (let from = 0; from < all.length; from += maxInOne) {
    const targets = all.slice(from, from + maxInOne);
    await confirm({ of: 'try-credentials', credentials, targets });
    for (const target of targets) confirmed.add(target);
  }
}

/** Servers that one question names in full. */
const maxInOne = 20;
/** What is beyond is asked for by the next test. */
const maxAsked = 2_000;

/** Whether it was a test of all that the environment is known to encrypt, under the key that Ballast runs with. */
async function isWhole(
  workspace: Workspace,
  { fingerprint }: EncryptionKey,
  { columns }: Inventory,
): Promise<boolean> {
  if (!isDeepStrictEqual(columns, workspace.settings?.inventory)) return false;
  return activeKeyOf((await workspace.readRing()).keys)?.fingerprint === fingerprint;
}

function inNumbers({ works, refused, unreachable, certificate, ...counts }: ProbeCounts): string {
  return `${works} work, ${refused} refused, ${unreachable} unreachable, ${certificate} with certificate problems, ${counts['not-probed']} not probed`;
}

function opensNothing({ fingerprint }: EncryptionKey, values: number): KeelError {
  return new KeelError(
    'key-wrong',
    `key ${fingerprint} decrypts none of ${formatCount(values)} values, so nothing was tested`,
    'prove it against the database, and find the encrypted columns again',
  );
}
