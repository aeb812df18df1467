import { bashScript } from './bash-script.ts';
import { fishScript } from './fish-script.ts';
import type { CommandSyntax } from './syntax.ts';
import { zshScript } from './zsh-script.ts';

/** A completion for each shell, made of the commands' syntax. What it completes is fixed in it, but for the names of environments. */
export const scripts: Readonly<
  Record<'bash' | 'zsh' | 'fish', (commands: readonly CommandSyntax[]) => string>
> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};
