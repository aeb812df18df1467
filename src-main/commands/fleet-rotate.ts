import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { Inventory } from '#contract/inventory';
import { DerivationMemory } from '#crypto/age-passphrase';
import { assertFitForEncryption, type EncryptionKey } from '#crypto/encryption-key';
import { folderNameOf } from '#environments/environment-name';
import { KeelError } from '#errors/keel-error';
import {
  type FleetRecord,
  fleetRecordFor,
  readFleetRecord,
  withOutcome,
  writeFleetRecord,
} from '#fleet/fleet-record';
import { inParallel } from '#fleet/in-parallel';
import { discoverColumns } from '#postgres/discovery';
import type { AcceptableStop } from '#rewrite/finding';
import { assertNoStops } from '#rewrite/finding';
import { openSession } from '#rewrite/session';
import type { KeyKeeper } from '#rotation/key-keeper';
import { runPreflight } from '#rotation/preflight';
import { recover } from '#rotation/recover';
import { rotate } from '#rotation/rotate';
import { RotationRecords } from '#rotation/rotation-record';
import { isUnsettled } from '#rotation/rotation-state';
import { runRotation } from '#rotation/run';
import { openEnvironment } from '../compose.ts';
import { noteEffect } from './activity.ts';
import { type CommandContext, readPassphrase, runs } from './command-context.ts';
import { confirm } from './confirm.ts';
import { type FleetMember, type FleetOptions, fleetOf } from './fleet-databases.ts';
import { fleetKeeper } from './fleet-keeper.ts';
import { offerFleet, requireFleetEnvironment } from './fleet-options.ts';
import { sayFleet } from './fleet-report.ts';
import { readKeyFile } from './key-source.ts';
import { databaseOf, type Named } from './named-environment.ts';
import {
  acceptOption,
  excludeOption,
  jsonOption,
  lockTimeoutOption,
  passphraseOption,
  yesOption,
} from './options.ts';
import { proveOwnFile } from './prove-artefact.ts';
import { activeKey } from './ring-key.ts';
import { count, counted } from './wording.ts';

interface Options extends Named, FleetOptions {
  readonly fromKeyFile?: string;
  readonly toKeyFile?: string;
  readonly passphraseFile?: string;
  readonly rehearse?: boolean;
  readonly yes?: boolean;
  readonly exclude: readonly string[];
  readonly accept: readonly AcceptableStop[];
  readonly lockTimeout: number;
}

/** `keel fleet rotate`: every database of a list, each in its own transaction. */
export function fleetRotateCommand(): Command {
  const command = offerFleet(new Command('rotate'))
    .description(
      'rotate every database of a list; one that fails leaves the others right, and the next run does it alone',
    )
    .addOption(
      new Option(
        '--from-key-file <file>',
        'the key that they are under now; the ring’s active one without it',
      ),
    )
    .addOption(
      new Option('--to-key-file <file>', 'the new key, in your own file, which counts as its backup'),
    )
    .option('--rehearse', 'do everything in each, then roll back')
    .addOption(excludeOption)
    .addOption(acceptOption)
    .addOption(lockTimeoutOption)
    .addOption(passphraseOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  return runs<Options>(command, async (options, context) => {
    const { terminal, signal } = context;
    const named = requireFleetEnvironment(options);
    const members = await fleetOf(named, options);
    const earlier = await readFleetRecord(named.folder);
    const unfinished = earlier?.finishedAt === undefined ? earlier : undefined;
    using passphrase = await readPassphrase(options);
    // each database asks the ring for both keys
    using memory = new DerivationMemory();
    const environment = await openEnvironment(databaseOf(named), {
      place: named.settings.keyPlace,
      ...(passphrase && { passphrase, memory }),
      ownFiles: new Map(),
    });
    using from = await fromKey(options, unfinished, environment.keyRing);
    using to = await toKey(options, unfinished, environment.keyRing);
    const keys = { from: from.fingerprint, to: to.fingerprint };
    assertSameKeys(keys, unfinished);
    let record = fleetRecordFor(
      members.map(({ name }) => name),
      keys,
      unfinished,
    );
    const left = members.filter(
      ({ name }) => record.databases.find((one) => one.name === name)?.state !== 'done',
    );
    const rehearsal = options.rehearse === true;
    if (!rehearsal) {
      await confirm(
        `${counted(left.length, 'database')} of ${members.length} go from key ${keys.from} to key ${keys.to}.`,
        named.settings.name,
        options.yes ?? false,
      );
      await environment.keyRing.hold(to, 'pending');
      if (options.toKeyFile !== undefined)
        await environment.keyRing.recordProof(to.fingerprint, await proveOwnFile(options.toKeyFile, to));
      await writeFleetRecord(named.folder, record);
    }
    const progress = terminal.progress();
    let ended = 0;
    progress.show('rotating databases', 0, left.length);
    // one change of the record after the other
    let written: Promise<void> = Promise.resolve();
    const settle = (outcome: FleetRecord['databases'][number]) => {
      ended += 1;
      progress.show('rotating databases', ended, left.length);
      record = withOutcome(record, outcome);
      if (!rehearsal) written = written.then(() => writeFleetRecord(named.folder, record));
      return written;
    };
    await inParallel(left, { limit: options.concurrency, signal }, async (member) => {
      const at = () => new Date().toISOString();
      try {
        const rows = await rotateOne(member, {
          options,
          inventory: named.settings.inventory,
          keys: { from, to },
          keyRing: fleetKeeper(environment.keyRing, keys),
          records: new RotationRecords(join(named.folder, 'fleet', folderNameOf(member.name))),
          rehearsal,
          signal,
        });
        await settle({ name: member.name, state: 'done', at: at(), rows });
      } catch (error) {
        if (signal.aborted) return;
        const { code, message, remedy } = asKeelError(error);
        await settle({ name: member.name, state: 'failed', at: at(), code, message, remedy });
      }
    });
    await written;
    progress.end();
    return tell(record, members, rehearsal, named.folder, context);
  });
}

interface OneRotation {
  readonly options: Options;
  readonly inventory: Inventory['columns'];
  readonly keys: { readonly from: EncryptionKey; readonly to: EncryptionKey };
  readonly keyRing: KeyKeeper;
  readonly records: RotationRecords;
  readonly rehearsal: boolean;
  readonly signal: AbortSignal;
}

/** Rotates one database, or finds that an earlier run did. Returns the rows that went over. */
async function rotateOne({ database }: FleetMember, one: OneRotation): Promise<number> {
  const { options, keys, keyRing, records, rehearsal, signal } = one;
  if (!rehearsal && (await settleEarlier(database, one))) return 0;
  await using session = await openSession(database.open);
  const inventory: Inventory =
    one.inventory.length > 0
      ? { version: 1, columns: [...one.inventory] }
      : (await discoverColumns(session.reader, { key: keys.from, signal })).inventory;
  const request = {
    inventory,
    keys: {
      ...keys,
      toMayBePresent: options.accept.includes('half-rotated'),
      takeAmbiguousAsFrom: options.accept.includes('ambiguous-rows'),
    },
    excluded: options.exclude,
    accepted: options.accept,
    lockTimeoutMs: options.lockTimeout,
    // of fifty databases one line is enough
    onProgress: () => {},
    signal,
  };
  const preflight = await runPreflight(session, request);
  assertNoStops(preflight.findings);
  const result = rehearsal
    ? await runRotation(session, preflight, request, { rehearsal: true })
    : await rotate(session, preflight, { ...request, purpose: 'rotate' }, { keyRing, records });
  return result.rows;
}

/** Settles what a killed run left of this database. True where it turns out to be under the new key by a run of this fleet. */
async function settleEarlier(
  database: FleetMember['database'],
  { keys, keyRing, records }: OneRotation,
): Promise<boolean> {
  const all = await records.list();
  if (all.some(({ state }) => isUnsettled(state))) {
    const client = await database.open('keel recover');
    try {
      await recover(client, { keyRing, records });
    } finally {
      await client.end();
    }
  }
  const last = (await records.list()).findLast(({ state }) => state !== 'rolled-back');
  return last?.to === keys.to.fingerprint && last.from === keys.from.fingerprint;
}

async function fromKey(
  { fromKeyFile, ...options }: Options,
  unfinished: FleetRecord | undefined,
  ring: Pick<KeyKeeper, 'load'>,
): Promise<EncryptionKey> {
  if (fromKeyFile !== undefined) return readKeyFile(fromKeyFile, { allowWeak: true });
  if (unfinished) return ring.load(unfinished.from);
  return activeKey(requireFleetEnvironment(options), options);
}

async function toKey(
  { toKeyFile }: Options,
  unfinished: FleetRecord | undefined,
  ring: Pick<KeyKeeper, 'load' | 'list'>,
): Promise<EncryptionKey> {
  if (toKeyFile !== undefined) {
    const key = await readKeyFile(toKeyFile);
    assertFitForEncryption(key);
    return key;
  }
  if (unfinished) return ring.load(unfinished.to);
  const pending = (await ring.list()).find(({ state, proofs }) => state === 'pending' && proofs.length > 0);
  if (pending) return ring.load(pending.fingerprint);
  throw new KeelError(
    'usage',
    'the new key was not given; nothing was changed',
    'give --to-key-file FILE, or make a key in the app and drill its backup',
  );
}

function assertSameKeys(keys: { from: string; to: string }, unfinished: FleetRecord | undefined): void {
  if (keys.from === keys.to) {
    const message = 'the old and the new key are the same; nothing was changed';
    throw new KeelError('same-key', message, 'give another new key');
  }
  if (!unfinished || (unfinished.from === keys.from && unfinished.to === keys.to)) return;
  throw new KeelError(
    'rotation-unsettled',
    `a rotation of this fleet from key ${unfinished.from} to key ${unfinished.to} is not finished; nothing was changed`,
    'finish it first: run it again without naming keys, and it does what is left',
  );
}

/** A failure of one database as data; what nobody foresaw names no stack. */
function asKeelError(error: unknown): Pick<KeelError, 'code' | 'message' | 'remedy'> {
  if (error instanceof KeelError) return error;
  return {
    code: 'internal',
    message: `something in Keel went wrong (${error instanceof Error ? error.name : 'no error was given'})`,
    remedy: 'rotate this database alone, to see more',
  };
}

async function tell(
  record: FleetRecord,
  members: readonly FleetMember[],
  rehearsal: boolean,
  folder: string,
  { terminal, signal }: CommandContext,
): Promise<0 | 3> {
  const mine = record.databases.filter(({ name }) => members.some((member) => member.name === name));
  const of = (state: string) => mine.filter((one) => one.state === state);
  const [done, failed, waiting] = [of('done'), of('failed'), of('waiting')];
  sayFleet(mine, terminal);
  const rows = done.reduce((sum, { rows = 0 }) => sum + rows, 0);
  terminal.say(
    `\n${count(done.length)} of ${counted(mine.length, 'database')} ${rehearsal ? 'rehearsed and rolled back' : `under key ${record.to}`}, ${counted(rows, 'row')}; ${count(failed.length)} failed, ${count(waiting.length)} not begun`,
  );
  if (failed.length + waiting.length > 0 && !rehearsal)
    terminal.say('Run the same again: it does what is left, and nothing else.');
  if (!rehearsal) {
    await noteEffect(terminal, {
      folder,
      action: 'fleet rotated',
      detail: `${done.length} of ${mine.length} databases under ${record.to}, ${failed.length} failed`,
      outcome: failed.length + waiting.length === 0 ? 'done' : 'failed',
      fingerprint: record.to,
    });
  }
  if (signal.aborted) {
    throw new KeelError(
      'cancelled',
      `cancelled: ${counted(done.length, 'database')} went over and stay so, what was begun was rolled back`,
      'run the same again: it does what is left',
    );
  }
  const ok = failed.length + waiting.length === 0;
  terminal.result({ ok, from: record.from, to: record.to, rehearsal, databases: mine });
  return ok ? 0 : 3;
}
