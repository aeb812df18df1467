import { Command } from 'commander';
import { type KeyPlace, openEnvironment } from '../compose.ts';
import { assertMayDestroy, destroyKey } from '../compose-keys.ts';
import { KeelError } from '#errors/keel-error';
import { copiesOf } from '#keyring/key-copies';
import type { KeyEntry, KeyRingState } from '#keyring/key-entry';
import { dumpPeriods } from '#keyring/key-memory';
import { readKeyRing } from '#keyring/key-ring-file';
import { entryOf } from '#keyring/key-states';
import { noteActivity, noteEffect } from './activity.ts';
import { environmentFolderOf, readPassphrase, requireDatabase, runs } from './command-context.ts';
import { confirm } from './confirm.ts';
import { moment, periodsInWords, placeInWords } from './key-words.ts';
import type { Named } from './named-environment.ts';
import { acceptNeedOption, databaseOption, jsonOption, passphraseOption, yesOption } from './options.ts';
import type { Terminal } from './terminal.ts';

interface Options extends Named {
  readonly database?: string;
  readonly fingerprint: string;
  readonly passphraseFile?: string;
  readonly accept: readonly string[];
  readonly yes?: boolean;
}

export function keyDestroyCommand(): Command {
  const command = new Command('destroy')
    .description('remove a retired key from its store for good, once no database dump needs it')
    .requiredOption('--fingerprint <fingerprint>', 'of the key, in full')
    .addOption(databaseOption)
    .addOption(acceptNeedOption)
    .addOption(passphraseOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal }) => {
    const { fingerprint, accept } = options;
    const database = requireDatabase(options);
    const folder = environmentFolderOf(options);
    const ring = await readKeyRing(folder);
    const entry = entryOf(ring, fingerprint);
    if (entry.state === 'destroyed') {
      const when = entry.destroyedAt ? ` on ${moment(entry.destroyedAt)}` : '';
      terminal.say(`Key ${fingerprint} was destroyed${when}.`);
      terminal.result({ ok: true, key: { fingerprint, destroyedAt: entry.destroyedAt ?? null }, left: [] });
      return 0;
    }
    // what stands against it is told before anything is typed
    await assertMayDestroy(folder, fingerprint, accept);
    sayWhatGoes(ring, entry, terminal);
    await confirm('It cannot be brought back from Keel.', fingerprint, options.yes ?? false);
    using passphrase = await readPassphrase(options);
    const { heldIn } = entry;
    const place: KeyPlace = typeof heldIn === 'object' ? 'own-files' : heldIn;
    const choice = { place, ...(passphrase && { passphrase }), ownFiles: new Map<string, string>() };
    const environment = await openEnvironment(database, choice);
    const takenOn = accept.length > 0 ? `, accepted: ${accept.join(', ')}` : '';
    const noted = { folder, fingerprint };
    const from = `from ${placeInWords(heldIn)}${takenOn}`;
    await noteActivity({ ...noted, action: 'destroying a key begun', detail: from, outcome: 'done' });
    const gone = await destroyKey(environment, fingerprint, accept).catch(async (error: unknown) => {
      const detail = error instanceof KeelError ? error.code : 'internal';
      await noteEffect(terminal, {
        ...noted,
        action: 'destroying a key broke off',
        detail,
        outcome: 'failed',
      });
      throw error;
    });
    await noteEffect(terminal, { ...noted, action: 'key destroyed', detail: from, outcome: 'done' });
    const left = copiesOf(gone).map(({ what }) => what);
    terminal.say(
      terminal.paint(
        'good',
        `Key ${fingerprint} is destroyed: ${placeInWords(heldIn)} does not hold it any more.`,
      ),
    );
    if (left.length > 0)
      terminal.say(`Copies may still lie here, which are yours to remove: ${left.join(', ')}.`);
    terminal.result({ ok: true, key: { fingerprint, destroyedAt: gone.destroyedAt ?? null }, left });
    return 0;
  });
}

function sayWhatGoes(ring: KeyRingState, entry: KeyEntry, terminal: Terminal): void {
  terminal.say(
    `Key ${entry.fingerprint} (${entry.state}, in ${placeInWords(entry.heldIn)}) is destroyed for good.`,
  );
  terminal.say(`It opens dumps begun: ${periodsInWords(dumpPeriods(ring, entry))}.`);
  if (ring.dumps) {
    terminal.say(
      `Stated on ${moment(ring.dumps.statedAt)}: no dump begun before ${moment(ring.dumps.noneBefore)} exists.`,
    );
  }
  const left = copiesOf(entry).map(({ what }) => what);
  if (left.length > 0) terminal.say(`Keel does not remove it from: ${left.join(', ')}.`);
}
