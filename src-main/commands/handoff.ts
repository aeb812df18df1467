import { resolve } from 'node:path';
import { Command } from 'commander';
import { counted } from '#shared/counted';
import type { HandoffTarget } from '#contract/handoff';
import { writeDurably } from '#storage/durable-file';
import { changeEnvironmentSettings } from '#environments/environment-settings';
import { afterHandoff, findTarget, mayTakeBack, withTarget } from '#environments/remembered-targets';
import { KeelError } from '#errors/keel-error';
import { expectedKey } from '#handoff/expected-key';
import { kubernetesPatch } from '#handoff/kubernetes-secret';
import { applyHandoff, describeTarget, planHandoff, takeBackHandoff } from '#handoff/target';
import { readKeyRing } from '#keyring/key-ring-file';
import { lastRotation } from '#rotation/last-rotation';
import { RotationRecords } from '#rotation/rotation-record';
import { sessionsAround } from '#rotation/running-sessions';
import { noteEffect } from './activity.ts';
import { runs } from './command-context.ts';
import { offerTargets, readToken, targetOf, type TargetOptions } from './handoff-target.ts';
import { databaseOf, type Named } from './named-environment.ts';
import { databaseOption, jsonOption, passphraseOption } from './options.ts';
import { activeKey, ringKey } from './ring-key.ts';

interface Options extends Named, TargetOptions {
  readonly passphraseFile?: string;
  readonly preview?: boolean;
  readonly patch?: string;
}

/** `keel handoff …`: the active key to where Ballast reads it. */
export function handoffCommand(): Command {
  return new Command('handoff')
    .description('bring the active key of an environment to where Ballast reads it')
    .addCommand(applyCommand())
    .addCommand(undoCommand())
    .addCommand(runningCommand());
}

function applyCommand(): Command {
  const command = offerTargets(new Command('apply'))
    .description('show what changes and change it; without a place, at every place that was named before')
    .addOption(databaseOption.hideHelp())
    .option('--preview', 'show what would change, and change nothing')
    .option('--patch <file>', 'write a patch for `kubectl patch secret` instead; it holds the key')
    .addOption(passphraseOption)
    .addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal }) => {
    const { folder } = requireNamed(options);
    using key = await activeKey(requireNamed(options), options);
    if (options.patch !== undefined) {
      await writeDurably(resolve(options.patch), kubernetesPatch(options.variable, key), { mustBeNew: true });
      const detail = `a patch in ${resolve(options.patch)}`;
      await noteEffect(terminal, {
        folder,
        action: 'key handed off',
        detail,
        outcome: 'done',
        fingerprint: key.fingerprint,
      });
      terminal.say(`${options.patch} holds the key: apply it with kubectl, then delete it.`);
      terminal.result({ ok: true, patch: resolve(options.patch), fingerprint: key.fingerprint });
      return 0;
    }
    using token = await readToken(options);
    const { keys } = await readKeyRing(folder);
    const told = [];
    for (const target of placesOf(options)) {
      const { holds, diffMasked } = await planHandoff(target, key, { token });
      const where = describeTarget(target);
      const upToDate = holds === key.fingerprint;
      terminal.say(
        `${terminal.paint('strong', where)}\n${upToDate ? 'holds the active key already' : diffMasked}`,
      );
      if (!options.preview) {
        await applyHandoff(target, expectedKey(keys, holds, key.fingerprint), key, { token });
        const named = afterHandoff(target, key.fingerprint, holds);
        await changeEnvironmentSettings(folder, ({ targets }) => ({ targets: withTarget(targets, named) }));
        const done = { action: 'key handed off', detail: where, outcome: 'done' } as const;
        if (!upToDate) await noteEffect(terminal, { folder, ...done, fingerprint: key.fingerprint });
        if (!upToDate) terminal.say('written, and read back');
      }
      told.push({ target, where, before: holds ?? null, changed: !upToDate && !options.preview });
    }
    if (!options.preview) terminal.say('Ballast reads its key when it starts: start it again.');
    terminal.result({ ok: true, fingerprint: key.fingerprint, places: told });
    return 0;
  });
}

function undoCommand(): Command {
  const command = offerTargets(new Command('undo'))
    .description('put a place back to the key that it held before Keel wrote there')
    .addOption(databaseOption.hideHelp())
    .addOption(passphraseOption)
    .addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal }) => {
    const named = requireNamed(options);
    const [target] = placesOf(options);
    const known = target && findTarget(named.settings.targets, target);
    const given = known && mayTakeBack(known) ? known.given : undefined;
    if (!target || !given) {
      throw new KeelError(
        'nothing-to-undo',
        'no key that Keel wrote there is known; nothing was changed',
        'name a place that `keel handoff apply` wrote to',
      );
    }
    using token = await readToken(options);
    using before = await ringKey(named, given.before ?? given.fingerprint, options);
    await takeBackHandoff(target, { given: given.fingerprint, before }, { token });
    await changeEnvironmentSettings(named.folder, ({ targets }) => ({
      targets: targets.map((one) =>
        describeTarget(one.target) === describeTarget(target) ? { target } : one,
      ),
    }));
    const detail = describeTarget(target);
    await noteEffect(terminal, {
      folder: named.folder,
      action: 'hand-off taken back',
      detail,
      outcome: 'done',
      fingerprint: given.fingerprint,
    });
    terminal.say(`${detail} is back at ${given.before ? `key ${given.before}` : 'what it was'}.`);
    terminal.result({ ok: true, target, holds: given.before ?? null });
    return 0;
  });
}

function runningCommand(): Command {
  const command = new Command('running')
    .description('see whether those who are connected to the database started since the cutover')
    .addOption(databaseOption.hideHelp())
    .addOption(jsonOption);
  return runs<Options>(command, async (options, { terminal }) => {
    const named = requireNamed(options);
    const database = databaseOf(named);
    const last = await lastRotation({
      records: new RotationRecords(named.folder),
      name: named.settings.name,
    });
    const client = await database.open('keel hand-off');
    try {
      const committedAt = last.history.find(({ state }) => state === 'committed')?.at ?? '';
      const { before, since, names } = await sessionsAround(client, { id: last.id, committedAt });
      const who = names.length > 0 ? ` (${names.join(', ')})` : '';
      terminal.say(`${counted(since, 'session')} begun since the cutover, ${before} before it${who}.`);
      if (before > 0) terminal.say('Whoever came before may still write under the old key: start it again.');
      terminal.result({ ok: before === 0, before, since, names });
      return before === 0 ? 0 : 3;
    } finally {
      await client.end();
    }
  });
}

/** The place that was named, else those that were named before. Throws `usage` where there is none. */
function placesOf(options: Options): HandoffTarget[] {
  const target = targetOf(options);
  if (target) return [target];
  const known = requireNamed(options).settings.targets.map((one) => one.target);
  if (known.length > 0) return known;
  throw new KeelError(
    'usage',
    'no place is known where Ballast reads its key; nothing was changed',
    'name one, like --env-file /srv/ballast/.env',
  );
}

function requireNamed({ named }: Named) {
  if (named) return named;
  throw new KeelError(
    'usage',
    'no environment was given',
    'give --env NAME: a hand-off remembers where keys went, which needs a name (`keel env add`)',
  );
}
