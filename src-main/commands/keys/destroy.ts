import type { Command } from '@commander-js/extra-typings';
import { copiesOf } from '#keyring/key-copies';
import type { KeyEntry, KeyRingState } from '#keyring/key-entry';
import { dumpPeriods } from '#keyring/key-memory';
import { readKeyRing } from '#keyring/key-ring-file';
import { entryOf } from '#keyring/key-states';
import { destroyKey } from '#keys/use-cases/destroy';
import type { KeyPlace } from '#workspace/key-place';
import { environmentFolderOf, runs } from '#commands/command-context';
import { commandWorkspace, askingContext } from '#commands/command-workspace';
import { moment } from '#shared/moment';
import { periodsInWords, placeInWords } from './key-text.ts';
import { acceptNeedOption, databaseOption, jsonOption, passphraseOption, yesOption } from '#commands/options';
import type { Terminal } from '#commands/terminal';

/** `keel key destroy` */
export function define(command: Command): void {
  const offered = command
    .requiredOption('--fingerprint <fingerprint>', 'full fingerprint of the key')
    .addOption(databaseOption)
    .addOption(acceptNeedOption)
    .addOption(passphraseOption)
    .addOption(yesOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    const { fingerprint, accept } = options;
    const folder = environmentFolderOf(options);
    const ring = await readKeyRing(folder);
    const entry = entryOf(ring, fingerprint);
    const { heldIn } = entry;
    const keepKeysIn: KeyPlace = typeof heldIn === 'object' ? 'own-files' : heldIn;
    using workspace = await commandWorkspace({ ...options, keepKeysIn }, context);
    const {
      entry: gone,
      already,
      left,
    } = await destroyKey(
      workspace,
      { fingerprint, accepted: accept },
      askingContext(context, {
        yes: options.yes,
        ask() {
          sayWhatGoes(ring, entry, terminal);
          return { question: 'Keel cannot restore it.', name: fingerprint };
        },
      }),
    );
    if (already) {
      const when = gone.destroyedAt ? ` on ${moment(gone.destroyedAt)}` : '';
      terminal.say(`Key ${fingerprint} was destroyed${when}.`);
      terminal.result({ ok: true, key: { fingerprint, destroyedAt: gone.destroyedAt ?? null }, left: [] });
      return 0;
    }
    terminal.say(
      terminal.paint('good', `Key ${fingerprint} was destroyed: it is no longer in ${placeInWords(heldIn)}.`),
    );
    if (left.length > 0) terminal.say(`You may still have to delete copies here: ${left.join(', ')}.`);
    terminal.result({ ok: true, key: { fingerprint, destroyedAt: gone.destroyedAt ?? null }, left });
    return 0;
  });
}

function sayWhatGoes(ring: KeyRingState, entry: KeyEntry, terminal: Terminal): void {
  terminal.say(
    `Key ${entry.fingerprint} (${entry.state}, in ${placeInWords(entry.heldIn)}) will be destroyed permanently.`,
  );
  terminal.say(`It decrypts dumps started: ${periodsInWords(dumpPeriods(ring, entry))}.`);
  if (ring.dumps) {
    terminal.say(
      `Recorded on ${moment(ring.dumps.statedAt)}: no dump started before ${moment(ring.dumps.noneBefore)} exists.`,
    );
  }
  const left = copiesOf(entry).map(({ what }) => what);
  if (left.length > 0) terminal.say(`Keel does not delete it from: ${left.join(', ')}.`);
}
