import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Commands } from '#commands/command-entry';
import { KeelError } from '#errors/keel-error';
import { cannotWrite, writeDurably } from '#storage/durable-file';
import { manualPages, pageName } from './pages.ts';

/** `keel manual`, of these commands: one page for man(1) to format, or all pages as files. */
export function manualOf(commands: Commands): { define(command: Command): void } {
  return { define: (command) => define(command, commands) };
}

function define(command: Command, commands: Commands): void {
  command
    .argument('[command...]', 'the command, like `key list`; without it, the page of `keel` itself')
    .option('--out <folder>', 'write the pages of all commands into this folder, replacing older ones')
    .addHelpText('after', installation)
    .action(async (words, { out }) => {
      let program: CommandUnknownOpts = command;
      while (program.parent) program = program.parent;
      const pages = await manualPages(program, commands);
      if (out !== undefined) {
        await mkdir(out, { recursive: true }).catch((error: unknown) => {
          throw cannotWrite(out, error);
        });
        for (const { name, text } of pages) await writeDurably(join(out, `${name}.1`), text, { mode: 0o644 });
        process.stdout.write(`${pages.length} pages were written into ${out}\n`);
        return;
      }
      const page = pages.find(({ name }) => name === pageName(words.join(' ')));
      if (!page) {
        throw new KeelError(
          'usage',
          `no command is called “${words.join(' ')}”`,
          'see `keel --help` for the commands',
        );
      }
      process.stdout.write(page.text);
    });
}

const installation = `
To read or install it:
  keel manual rotate | man -l -
  keel manual --out ~/.local/share/man/man1, and then: man keel-rotate`;
