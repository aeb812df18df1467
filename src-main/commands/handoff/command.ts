import { counted } from '#shared/counted';
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { HandoffTarget } from '#contract/handoff';
import { writeDurably } from '#storage/durable-file';
import { KeelError } from '#errors/keel-error';
import { kubernetesPatch } from '#handoff/kubernetes-secret';
import { handOff, previewHandoff } from '#handoff/use-cases/apply';
import { takeBack } from '#handoff/use-cases/take-back';
import { sessionsSinceCutover } from '#rotation/use-cases/running';
import { type KnownWorkspace, loadActiveKey } from '#workspace/workspace';
import { type CommandContext, runs } from '#commands/command-context';
import {
  commandAudit,
  commandWorkspace,
  knownWorkspace,
  requireNamed,
  useCaseContext,
  type WorkspaceOptions,
} from '#commands/command-workspace';
import { offerTargets, readToken, targetOf, type TargetOptions } from './target.ts';
import { databaseOption, jsonOption, passphraseOption } from '#commands/options';
import type { Terminal } from '#commands/terminal';

interface Options extends WorkspaceOptions, TargetOptions {
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
  return runs<Options>(command, async (options, context) => {
    const { terminal } = context;
    using workspace = await handoffWorkspace(options, context);
    const audit = commandAudit(terminal);
    using token = await readToken(options);
    if (options.patch !== undefined) {
      using key = await loadActiveKey(workspace);
      const { fingerprint } = key;
      const patch = resolve(options.patch);
      await writeDurably(patch, kubernetesPatch(options.variable, key), { mustBeNew: true });
      await audit.after({
        environment: workspace.id,
        action: 'key handed off',
        detail: `a patch in ${patch}`,
        outcome: 'done',
        fingerprint,
      });
      terminal.say(`${options.patch} holds the key: apply it with kubectl, then delete it.`);
      terminal.result({ ok: true, patch, fingerprint });
      return 0;
    }
    const asked = useCaseContext(context);
    const told = [];
    let active = '';
    for (const target of placesOf(options, workspace)) {
      const { where, upToDate, diffMasked, holds, fingerprint } = await previewHandoff(workspace, {
        target,
        token,
      });
      active = fingerprint;
      terminal.say(
        `${terminal.paint('strong', where)}\n${upToDate ? 'holds the active key already' : diffMasked}`,
      );
      const done = options.preview ? undefined : await handOff(workspace, { target, token }, asked);
      if (done?.written) terminal.say('written, and read back');
      if (done && !done.remembered) sayForgotten(where, terminal);
      told.push({ target, where, before: holds ?? null, changed: done?.written ?? false });
    }
    if (!options.preview) terminal.say('Ballast reads its key when it starts: start it again.');
    terminal.result({ ok: true, fingerprint: active, places: told });
    return 0;
  });
}

function undoCommand(): Command {
  const command = offerTargets(new Command('undo'))
    .description('put a place back to the key that it held before Keel wrote there')
    .addOption(databaseOption.hideHelp())
    .addOption(passphraseOption)
    .addOption(jsonOption);
  return runs<Options>(command, async (options, context) => {
    const { terminal } = context;
    using workspace = await handoffWorkspace(options, context);
    const [target] = placesOf(options, workspace);
    if (!target) throw noPlace();
    using token = await readToken(options);
    const asked = useCaseContext(context);
    const { where, holds, remembered } = await takeBack(workspace, { target, token }, asked);
    terminal.say(`${where} is back at ${holds === undefined ? 'what it was' : `key ${holds}`}.`);
    if (!remembered) sayForgotten(where, terminal);
    terminal.result({ ok: true, target, holds: holds ?? null });
    return 0;
  });
}

function runningCommand(): Command {
  const command = new Command('running')
    .description('see whether those who are connected to the database started since the cutover')
    .addOption(databaseOption.hideHelp())
    .addOption(jsonOption);
  return runs<Options>(command, async (options, context) => {
    const { terminal } = context;
    using workspace = await handoffWorkspace(options, context);
    const { before, since, names } = await sessionsSinceCutover(workspace);
    const who = names.length > 0 ? ` (${names.join(', ')})` : '';
    terminal.say(`${counted(since, 'session')} begun since the cutover, ${before} before it${who}.`);
    if (before > 0) terminal.say('Whoever came before may still write under the old key: start it again.');
    terminal.result({ ok: before === 0, before, since, names });
    return before === 0 ? 0 : 3;
  });
}

/** The place that was named, else those that were named before. Throws `usage` where there is none. */
function placesOf(options: Options, { settings }: KnownWorkspace): HandoffTarget[] {
  const target = targetOf(options);
  if (target) return [target];
  const known = settings.targets.map((one) => one.target);
  if (known.length > 0) return known;
  throw noPlace();
}

/** The workspace of `--env`. Throws `usage` without one. */
async function handoffWorkspace(options: Options, context: CommandContext): Promise<KnownWorkspace> {
  requireNamed(options);
  return knownWorkspace(await commandWorkspace(options, context));
}

function noPlace(): KeelError {
  return new KeelError(
    'usage',
    'no place is known where Ballast reads its key; nothing was changed',
    'name one, like --env-file /srv/ballast/.env',
  );
}

function sayForgotten(where: string, terminal: Terminal): void {
  terminal.note(
    terminal.paint('warning', `${where} was written, and could not be kept in the environment’s settings.`),
  );
}
