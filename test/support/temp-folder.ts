import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from 'vitest';

/** Each test gets a folder of its own, gone after it. */
export const test = base.extend<{ folder: string }>({
  folder: async ({ task }, use) => {
    const folder = await mkdtemp(join(tmpdir(), `keel-test-${task.id}-`));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
});
