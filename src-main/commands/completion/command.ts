import { Argument, type Command } from 'commander';
import { keelHome } from '#environments/keel-home';
import { knownEnvironments } from '#environments/known-environments';
import { scripts } from './scripts.ts';
import { commandSyntax } from './syntax.ts';

/** `keel completion`: a script for the shell to read. `environments` is what the scripts themselves ask for. */
export function define(command: Command): void {
  command
    .addArgument(new Argument('<shell>', 'the shell').choices([...Object.keys(scripts), 'environments']))
    .addHelpText('after', installation)
    .action(async (shell: keyof typeof scripts | 'environments') => {
      if (shell === 'environments') {
        const { environments } = await knownEnvironments(keelHome());
        for (const { settings } of environments) process.stdout.write(`${settings.name}\n`);
        return;
      }
      let program = command;
      while (program.parent) program = program.parent;
      process.stdout.write(scripts[shell](await commandSyntax(program)));
    });
}

const installation = `
To use it, once:
  bash  keel completion bash > ~/.local/share/bash-completion/completions/keel
  zsh   keel completion zsh > "\${fpath[1]}/_keel"
  fish  keel completion fish > ~/.config/fish/completions/keel.fish`;
