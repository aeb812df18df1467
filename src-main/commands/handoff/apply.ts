import { resolve } from 'node:path';
import type { Command } from 'commander';
import { writeDurably } from '#storage/durable-file';
import { kubernetesPatch } from '#handoff/kubernetes-secret';
import { handOff, previewHandoff } from '#handoff/use-cases/apply';
import { loadActiveKey } from '#workspace/workspace';
import { runs } from '#commands/command-context';
import { commandAudit, type WorkspaceOptions } from '#commands/command-workspace';
import { databaseOption, jsonOption, passphraseOption } from '#commands/options';
import { handoffWorkspace, placesOf, sayForgotten } from './places.ts';
import { offerTargets, readToken, type TargetOptions } from './target.ts';

interface Options extends WorkspaceOptions, TargetOptions {
  readonly preview?: boolean;
  readonly patch?: string;
}

/** `keel handoff apply` */
export function define(command: Command): void {
  offerTargets(command)
    .addOption(databaseOption.hideHelp())
    .option('--preview', 'show what would change, and change nothing')
    .option('--patch <file>', 'write a patch for `kubectl patch secret` instead; it holds the key')
    .addOption(passphraseOption)
    .addOption(jsonOption);
  runs<Options>(command, async (options, context) => {
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
      const done = options.preview ? undefined : await handOff(workspace, { target, token }, { audit });
      if (done?.written) terminal.say('written, and read back');
      if (done && !done.remembered) sayForgotten(where, terminal);
      told.push({ target, where, before: holds ?? null, changed: done?.written ?? false });
    }
    if (!options.preview) terminal.say('Ballast reads its key when it starts: start it again.');
    terminal.result({ ok: true, fingerprint: active, places: told });
    return 0;
  });
}
