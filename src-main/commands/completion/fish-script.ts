import type { CommandSyntax, OptionSyntax, Value } from './syntax.ts';

/** For fish, with what each word does. */
export function fishScript(commands: readonly CommandSyntax[]): string {
  return `# completion of keel for fish; made by \`keel completion fish\`
function __keel_path
  set -l path keel
  for word in (commandline -opc)[2..-1]
    switch "$path $word"
${pathCasesOf(commands)}
    end
  end
  test "$path" = "$argv[1]"
end
complete -c keel -f
${commands.flatMap(linesOf).join('\n')}
`;
}

function pathCasesOf(commands: readonly CommandSyntax[]): string {
  return commands
    .slice(1)
    .map(
      ({ path, aliases }) =>
        `      case ${[path, ...aliases].map(quotedForFish).join(' ')}\n        set path ${quotedForFish(path)}`,
    )
    .join('\n');
}

function linesOf({ path, argument, commands, options }: CommandSyntax): string[] {
  const here = `complete -c keel -n ${quotedForFish(`__keel_path ${quotedForFish(path)}`)}`;
  return [
    ...commands.map(({ name, summary }) => `${here} -a ${quotedForFish(name)} -d ${quotedForFish(summary)}`),
    ...(argument === 'none' ? [] : [`${here}${valueOf(argument).replace(/^ -[rx]\b/, '')}`]),
    ...options.map(
      (option) =>
        `${here} ${namesOf(option)} -d ${quotedForFish(option.description)}${valueOf(option.value)}`,
    ),
  ];
}

function namesOf({ names }: OptionSyntax): string {
  return names
    .map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
    .join(' ');
}

function valueOf(value: Value): string {
  if (value === 'none') return '';
  if (value === 'path') return ' -r -F';
  if (value === 'text') return ' -x';
  if (value === 'environment') return " -x -a '(keel completion environments 2> /dev/null)'";
  return ` -x -a ${quotedForFish(value.join(' '))}`;
}

/** fish reads a backslash within quotes. */
function quotedForFish(text: string): string {
  return `'${text.replace(/['\\]/g, String.raw`\$&`)}'`;
}
