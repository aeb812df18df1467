import { Command } from '@commander-js/extra-typings';
import { expect, test } from 'vitest';
import type { Commands } from '#commands/command-entry';
import { commandList } from '#commands/command-list';
import { examplesInHelp } from '#commands/examples';
import { exitCodeOf } from '#commands/exit-code';

/** `npx vitest run test/unit/commands/reference.test.ts -u` writes the page anew. */
test('the reference of the commands is what their definitions say', async () => {
  await expect(await referencePage()).toMatchFileSnapshot('../../../docs/reference/commands.md');
});

async function referencePage(): Promise<string> {
  return [
    '# Commands',
    'Made from the definitions of the commands; `keel COMMAND --help` shows the same.',
    'Exit codes: 0 success, 1 failure, 2 usage error, 3 check failed, 4 refused by a safety check, 5 cancelled and rolled back. An error ends with its code in brackets, and stands as `error.code` in the object of `--json`:',
    codes(),
    ...(await sections('', commandList)),
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

async function sections(before: string, commands: Commands): Promise<string[]> {
  const all = await Promise.all(
    Object.entries(commands).map(async ([name, entry]) => {
      const path = `${before}${name}`;
      if ('commands' in entry)
        return [`## ${path}`, `${entry.summary}.`, ...(await sections(`${path} `, entry.commands))];
      const command = new Command(`keel ${path}`)
        .description(entry.summary)
        .configureHelp({ helpWidth: 100 });
      (await entry.load()).define(command);
      return [
        `${before === '' ? '##' : '###'} keel ${path}`,
        `\`\`\`\n${command.helpInformation().trimEnd()}\n${examplesInHelp(path)}\n\`\`\``,
      ];
    }),
  );
  return all.flat();
}
