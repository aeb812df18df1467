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
