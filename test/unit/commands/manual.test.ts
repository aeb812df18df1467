import { spawnSync } from 'node:child_process';
import { Command } from '@commander-js/extra-typings';
import { expect, test } from 'vitest';
import { commandList } from '#commands/command-list';
import { definedCommands } from '#commands/defined-commands';
import { manualPages } from '#commands/manual/pages';

const program = new Command('keel').description('Store a key: “it” isn’t lost.');
const pages = await manualPages(program, commandList);
const defined = await definedCommands(commandList);
const groff = spawnSync('groff', ['--version']).status === 0;

test('every command and every group has a manual page, and so has keel itself', () => {
  const names = defined.map(({ path }) => `keel-${path.replaceAll(' ', '-')}`);
  expect(pages.map(({ name }) => name)).toEqual(['keel', ...names]);
});

test.skipIf(!groff)('the pages are formatted without a warning, and show each option as help does', () => {
  const formatted = pages.map(({ text }) => {
    const { stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-Kutf8', '-ww', '-P-cbou'], {
      input: text,
    });
    expect(stderr.toString()).toBe('');
    return stdout.toString().replaceAll(/\s+/g, ' ');
  });
  for (const [index, { command }] of defined.entries()) {
    const help = command.createHelp();
    for (const option of help.visibleOptions(command)) {
      expect(formatted[index + 1]).toContain(help.optionTerm(option).replaceAll(/\s+/g, ' '));
    }
  }
});

test.skipIf(!groff)('what begins with a dot or has a backslash stands as it is written', async () => {
  const description = '.pgpass and \\ and --out';
  const entry = { summary: description, load: async () => ({ define: () => undefined }) };
  const [, page] = await manualPages(program, { odd: entry });
  const { stdout } = spawnSync('groff', ['-man', '-Tutf8', '-Kutf8', '-P-cbou'], { input: page?.text });
  expect(stdout.toString()).toContain(`keel-odd - ${description}`);
});
