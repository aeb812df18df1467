import { Command, Option } from 'commander';
import { DerivationMemory } from '#crypto/age-passphrase';
import { assertFitForEncryption, type EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { type FleetRecord, fleetRecordFor, readFleetRecord, writeFleetRecord } from '#fleet/fleet-record';
import type { AcceptableStop } from '#rewrite/finding';
import type { KeyKeeper } from '#rotation/key-keeper';
import { openEnvironment } from '../compose.ts';
import type { KnownEnvironment } from '#environments/known-environments';
import { fleetReach, type FleetMember, rotateFleet } from '../compose-fleet.ts';
import { noteEffect } from './activity.ts';
import { sayBeyondReach } from './beyond-reach-report.ts';
import { type CommandContext, readPassphrase, runs } from './command-context.ts';
import { confirm } from './confirm.ts';
import { type FleetOptions, fleetOf } from './fleet-databases.ts';
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
    const begun = fleetRecordFor(
      members.map(({ name }) => name),
      keys,
      unfinished,
    );
    const left = members.filter(
      ({ name }) => begun.databases.find((one) => one.name === name)?.state !== 'done',
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
      await writeFleetRecord(named.folder, begun);
    }
    const progress = terminal.progress();
    const record = await rotateFleet(left, begun, {
      folder: named.folder,
      columns: named.settings.inventory,
      excluded: options.exclude,
      accepted: options.accept,
      lockTimeoutMs: options.lockTimeout,
      keys: { from, to },
      keyRing: environment.keyRing,
      rehearsal,
      limit: options.concurrency,
      signal,
      onEnded: (ended) => progress.show('rotating databases', ended, left.length),
    });
    progress.end();
    return tell(record, members, rehearsal, named, context);
  });
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

async function tell(
  record: FleetRecord,
  members: readonly FleetMember[],
  rehearsal: boolean,
  { folder, settings }: KnownEnvironment,
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
  const reach = fleetReach(record, settings.inventory, rehearsal);
  if (reach) sayBeyondReach(reach, terminal);
  terminal.result({
    ok,
    from: record.from,
    to: record.to,
    rehearsal,
    databases: mine,
    ...(reach && { beyondReach: reach }),
  });
  return ok ? 0 : 3;
}
