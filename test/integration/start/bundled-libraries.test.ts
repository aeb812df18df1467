import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const project = join(import.meta.dirname, '..', '..', '..');

test('what the built bundles leave to node_modules is a dependency, and so in the packaged app', async () => {
  const { dependencies } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'));
  const folder = join(project, 'out', 'main');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const imported = texts.flatMap((text) =>
    [...text.matchAll(/(?:^import [^;]*?from |^import |\bimport\()["']([^./#"'][^"']*)["']/gm)].map(
      ([, name]) => name as string,
    ),
  );
  const libraries = imported
    .filter((name) => !name.startsWith('node:') && name !== 'electron')
    .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0]);
  expect(libraries).toContain('pg');
  expect(libraries.filter((name) => !Object.hasOwn(dependencies, name as string))).toEqual([]);
});
