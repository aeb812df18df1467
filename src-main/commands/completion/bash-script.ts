import { shellWord } from '#shared/shell-word';
import { argumentCases, optionCases, pathCases } from './option-cases.ts';
import type { CommandSyntax, Value } from './syntax.ts';

/** For bash 3.2 and later, which macOS has. */
export function bashScript(commands: readonly CommandSyntax[]): string {
  return `# completion of keel for bash; made by \`keel completion bash\`
# a name may have spaces in it
_keel_environments() {
  local IFS=$'\\n' name
  COMPREPLY=()
  for name in $(keel completion environments 2> /dev/null); do
    [[ $name == "$1"* ]] && COMPREPLY+=("$(printf %q "$name")")
  done
}
_keel() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path=keel words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
${pathCases(commands, 'path')}
    esac
  done
  case "$path $prev" in
${commands.flatMap((command) => optionCases(command, replyWith)).join('\n')}
  esac
  case "$path" in
${argumentCases(commands, '[[ $cur == -* ]]', replyWith)}
  esac
  case "$path" in
${commands.map(wordCase).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _keel keel
`;
}

function replyWith(value: Exclude<Value, 'none'>): string {
  if (value === 'path') return 'compopt -o default 2> /dev/null; COMPREPLY=()';
  if (value === 'text') return 'COMPREPLY=()';
  if (value === 'environment') return '_keel_environments "$cur"';
  return `COMPREPLY=($(compgen -W ${shellWord(value.join(' '))} -- "$cur"))`;
}

function wordCase({ path, commands, options }: CommandSyntax): string {
  const words = [...commands.map(({ name }) => name), ...options.flatMap(({ names }) => names)];
  return `    ${shellWord(path)}) words=${shellWord(words.join(' '))} ;;`;
}
