import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test as withFolder } from '#test/support/temp-folder';
import { fresh, old } from '../keys.ts';

/** With files in the folder of the test, by name. `@OLD` and `@NEW` stand for the keys. */
export const test = withFolder.extend<{ files: (texts: Record<string, string>) => Promise<void> }>({
  files: async ({ folder }, use) => {
    await use(async (texts) => {
      for (const [name, text] of Object.entries(texts)) {
        await mkdir(join(folder, name, '..'), { recursive: true });
        await writeFile(join(folder, name), text.replaceAll('@OLD', old).replaceAll('@NEW', fresh));
      }
    });
  },
});
