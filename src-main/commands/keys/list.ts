import { basename } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { listEnvironmentFolders, readEnvironmentSettings } from '#environments/environment-settings';
import { environmentNameIn } from '#environments/environment-name';
import { keelHome } from '#environments/keel-home';
import type { KeyEntry, KeyRingState } from '#keyring/key-entry';
import { dumpPeriods, isReleased } from '#keyring/key-memory';
import { readKeyRing } from '#keyring/key-ring-file';
import { environmentFolderOf, runs } from '#commands/command-context';
import { moment } from '#shared/moment';
import { interval, periodsInWords, placeInWords } from './key-text.ts';
import { databaseOption, jsonOption } from '#commands/options';
import type { Terminal } from '#commands/terminal';
import { textTable } from '#commands/text-table';

/** `keel key list` */
export function define(command: Command): void {
  const offered = command.addOption(databaseOption).addOption(jsonOption);
  runs(offered, async (options, { terminal }) => {
    const isOne = options.named !== undefined || options.database !== undefined;
    const folders = isOne ? [environmentFolderOf(options)] : await listEnvironmentFolders(keelHome());
    const environments = [];
    for (const folder of folders) {
      const ring = await readKeyRing(folder);
      const settings = await readEnvironmentSettings(folder);
      if (ring.keys.length === 0 && !settings) continue;
      const name = settings?.name ?? environmentNameIn(basename(folder));
      environments.push({ id: basename(folder), name, ...ringJson(ring) });
      sayRing(name, ring, terminal);
    }
    if (environments.length === 0) terminal.say('No keys yet.');
    terminal.result({ ok: true, environments });
    return 0;
  });
}

/** The key ring as `--json` tells it. */
function ringJson(ring: KeyRingState) {
  return {
    keys: ring.keys.map((key) => {
      const periods = dumpPeriods(ring, key);
      return {
        fingerprint: key.fingerprint,
        state: key.state,
        createdAt: key.createdAt,
        ...(key.destroyingSince && { destroyingSince: key.destroyingSince }),
        ...(key.destroyedAt && { destroyedAt: key.destroyedAt }),
        opensDumps: periods.map((period) => ({
          from: period.from ?? null,
          to: period.to ?? null,
          interval: interval(period),
        })),
        inWords: periodsInWords(periods),
        heldIn: key.state === 'destroyed' ? null : key.heldIn,
        proofs: key.proofs,
        neededByDumps: key.state !== 'destroyed' && (key.state === 'active' || !isReleased(key, ring.dumps)),
      };
    }),
    dumps: ring.dumps ?? null,
  };
}

function sayRing(name: string, ring: KeyRingState, terminal: Terminal): void {
  terminal.say(`${terminal.paint('strong', name)}\n`);
  const titles = ['key', 'state', 'decrypts dumps started', 'stored in', 'backup tested'];
  const rows = ring.keys.map((key) => [
    key.fingerprint,
    stateInWords(key),
    periodsInWords(dumpPeriods(ring, key)),
    key.state === 'destroyed' ? 'nowhere' : placeInWords(key.heldIn),
    lastProof(key),
  ]);
  terminal.say(
    textTable(
      titles.map((title) => ({ title })),
      rows,
      terminal.paint,
    ),
  );
  const { dumps } = ring;
  if (dumps) {
    terminal.say(
      `\nRecorded on ${moment(dumps.statedAt)}: no dump started before ${moment(dumps.noneBefore)} exists.`,
    );
  }
  terminal.say();
}

function stateInWords({ state, destroyingSince }: KeyEntry): string {
  return destroyingSince === undefined ? state : `${state}, destruction incomplete`;
}

function lastProof({ proofs }: KeyEntry): string {
  const last = proofs.at(-1);
  return last ? moment(last.provenAt) : 'never';
}
