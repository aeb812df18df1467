import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { KeelFolder } from '#test/support/processes/keel-process';

const report = resolve(import.meta.dirname, '../../support/processes/report-young-generation.mjs');

test('the heap’s young generation of the command line does not grow with what outlives collections', async () => {
  await using folder = await KeelFolder.create();
  const file = join(folder.path, 'heap');
  const { status } = await folder.run(['env', 'list'], { preload: report, env: { KEEL_TEST_HEAP: file } });
  expect(status).toBe(0);
  // 16 MB and more where nothing keeps it
  expect(Number(await readFile(file, 'utf8'))).toBeLessThan(8 << 20);
});
