import { Argument, type Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Commands } from '#commands/command-entry';
import { keelHome } from '#environments/keel-home';
import { knownEnvironments } from '#environments/known-environments';
import { scripts } from './scripts.ts';
import { commandSyntax } from './syntax.ts';

/** `keel completion`, of these commands: a script for the shell to read. `environments` is what the scripts themselves ask for. */
export function completionOf(commands: Commands): { define(command: Command): void } {
  return { define: (command) => define(command, commands) };
}

function define(command: Command, commands: Commands): void {
  command
    .addArgument(new Argument('<shell>', 'the shell').choices([...shells, 'environments']))
    .addHelpText('after', installation)
    .action(async (shell) => {
      if (shell === 'environments') {
        const { environments } = await knownEnvironments(keelHome());
        for (const { settings } of environments) process.stdout.write(`${settings.name}\n`);
        return;
      }
      let program: CommandUnknownOpts = command;
      while (program.parent) program = program.parent;
      process.stdout.write(scripts[shell](await commandSyntax(program, commands)));
    });
}

const shells = Object.keys(scripts) as (keyof typeof scripts)[];

const installation = `
To install it:
  bash  keel completion bash > ~/.local/share/bash-completion/completions/keel
  zsh   keel completion zsh > "\${fpath[1]}/_keel"
  fish  keel completion fish > ~/.config/fish/completions/keel.fish`;
