import { shellWord } from '#shared/shell-word';
import type { CommandSyntax, Value } from './syntax.ts';

/**
 * Branches of a `case "$path $prev"` of bash or zsh, one for each option of a command that takes a value: the shell runs what `replyWith`
 * answers for it, and is done.
 */
export function optionCases(
  { path, options }: CommandSyntax,
  replyWith: (value: Exclude<Value, 'none'>) => string,
): string[] {
  return options.flatMap(({ names, value }) => {
    if (value === 'none') return [];
    const typed = names.map((name) => shellWord(`${path} ${name}`)).join(' | ');
    return [`    ${typed}) ${replyWith(value)}; return ;;`];
  });
}

/** Branches of a `case` of the path typed so far with one more word: each command under its own path, by whichever name it is typed. */
export function pathCases(commands: readonly CommandSyntax[], variable: string): string {
  return commands
    .slice(1)
    .flatMap(({ path, aliases }) =>
      [path, ...aliases].map((typed) => `      ${shellWord(typed)}) ${variable}=${shellWord(path)} ;;`),
    )
    .join('\n');
}

/** Branches of a `case "$path"` for commands with an argument; an option may still be typed where `isOption` holds. */
export function argumentCases(
  commands: readonly CommandSyntax[],
  isOption: string,
  replyWith: (value: Exclude<Value, 'none'>) => string,
): string {
  return commands
    .flatMap(({ path, argument }) =>
      argument === 'none' || argument === 'text'
        ? []
        : [`    ${shellWord(path)}) ${isOption} || { ${replyWith(argument)}; return; } ;;`],
    )
    .join('\n');
}
