import { shellWord } from '#shared/shell-word';
import { argumentCases, optionCases, pathCases } from './option-cases.ts';
import type { CommandSyntax, Value } from './syntax.ts';

/** For zsh, with what each word does. */
export function zshScript(commands: readonly CommandSyntax[]): string {
  return `#compdef keel
# completion of keel for zsh; made by \`keel completion zsh\`
_keel() {
  local prev=\${words[CURRENT-1]} path_=keel i
  local -a subcommands options names
  for ((i = 2; i < CURRENT; i++)); do
    case "$path_ \${words[i]}" in
${pathCases(commands, 'path_')}
    esac
  done
  case "$path_ $prev" in
${commands.flatMap((command) => optionCases(command, replyWith)).join('\n')}
  esac
  case "$path_" in
${argumentCases(commands, '[[ $PREFIX == -* ]]', replyWith)}
  esac
  case "$path_" in
${commands.map(wordCase).join('\n')}
  esac
  if (( \${#subcommands} )) && [[ $PREFIX != -* ]]; then
    _describe -t commands command subcommands
  else
    _describe -t options option options
  fi
}
if [[ $funcstack[1] == _keel ]]; then _keel "$@"; else compdef _keel keel; fi
`;
}

function replyWith(value: Exclude<Value, 'none'>): string {
  if (value === 'path') return '_files';
  if (value === 'text') return ':';
  if (value === 'environment') {
    return 'names=("${(@f)$(keel completion environments 2> /dev/null)}"); compadd -a names';
  }
  return `compadd -- ${value.map(shellWord).join(' ')}`;
}

function wordCase({ path, commands, options }: CommandSyntax): string {
  const described = (name: string, what: string) => shellWord(`${name}:${what}`);
  const own = commands.map(({ name, summary }) => described(name, summary));
  const all = options.flatMap(({ names, description }) => names.map((name) => described(name, description)));
  return `    (${shellWord(path)}) subcommands=(${own.join(' ')}); options=(${all.join(' ')}) ;;`;
}
