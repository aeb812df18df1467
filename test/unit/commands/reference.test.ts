import { expect, test } from 'vitest';
import { commandList } from '#commands/command-list';
import { definedCommands } from '#commands/defined-commands';
import { examplesInHelp } from '#commands/examples';
import { exitCodeOf, exitCodesInHelp } from '#commands/exit-code';

/** `npx vitest run test/unit/commands/reference.test.ts -u` writes the page anew. */
test('the reference of the commands is what their definitions say', async () => {
  await expect(await referencePage()).toMatchFileSnapshot('../../../docs/reference/commands.md');
});

async function referencePage(): Promise<string> {
  return [
    '# Commands',
    'Made from the definitions of the commands; `keel COMMAND --help` shows the same.',
    `${exitCodesInHelp()} An error ends with its code in brackets, and stands as \`error.code\` in the object of \`--json\`:`,
    codes(),
    ...(await sections()),
    '',
  ].join('\n\n');
}

function codes(): string {
  const exits = [...new Set(Object.values(exitCodeOf))].toSorted((a, b) => a - b);
  const rows = exits.map((exit) => {
    const codes = Object.entries(exitCodeOf).filter(([, own]) => own === exit);
    return `| ${exit} | ${codes.map(([code]) => `\`${code}\``).join(' ')} |`;
  });
  return ['| exit | codes |', '|---|---|', ...rows].join('\n');
}

async function sections(): Promise<string[]> {
  return (await definedCommands(commandList)).flatMap(({ path, summary, isGroup, command }) => {
    if (isGroup) return [`## ${path}`, `${summary}.`];
    const help = command.configureHelp({ helpWidth: 100 }).helpInformation().trimEnd();
    const level = path.includes(' ') ? '###' : '##';
    return [`${level} keel ${path}`, `\`\`\`\n${help}\n${examplesInHelp(path)}\n\`\`\``];
  });
}
