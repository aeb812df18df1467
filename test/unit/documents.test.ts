import { spawnSync } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const project = join(import.meta.dirname, '..', '..');
const read = (name: string) => readFile(join(project, name), 'utf8');

describe('the index of the decisions', () => {
  test('has every decision once, in order, by the title that it has itself', async () => {
    const files = (await readdir(join(project, 'docs/decisions')))
      .filter((name) => /^\d{4}-/.test(name))
      .sort();
    const titles = await Promise.all(
      files.map(async (name) => {
        const [heading = ''] = (await read(`docs/decisions/${name}`)).split('\n');
        return `${name.slice(0, 4)} ${heading.replace(/^# (\d{4}: )?/, '')} (${name})`;
      }),
    );
    const listed = (await rows()).map(({ number, title, file }) => `${number} ${title} (${file})`);
    expect(listed).toEqual(titles);
    expect(new Set(files.map((name) => name.slice(0, 4))).size).toBe(files.length);
  });

  test('says of each when it was made, and whether it holds', async () => {
    const all = await rows();
    const known = all.map(({ number }) => number);
    for (const { number, date, status } of all) {
      expect(new Date(date).toISOString().slice(0, 10), number).toBe(date);
      const later = /^(?:in force|in force; changed by (.*)|superseded by (.*))$/.exec(status);
      expect(later, `${number}: ${status}`).not.toBeNull();
      for (const one of (later?.[1] ?? later?.[2])?.split(', ') ?? []) expect(known).toContain(one);
    }
  });
});

async function rows() {
  const text = await read('docs/decisions/README.md');
  return [...text.matchAll(/^\| (\d{4}) \| \[(.+)\]\((.+)\) \| (\S+) \| (.+) \|$/gm)].map(
    ([, number = '', title = '', file = '', date = '', status = '']) => ({
      number,
      title,
      file,
      date,
      status,
    }),
  );
}

test('the newest version of the changelog is that of the package', async () => {
  const { version } = JSON.parse(await read('package.json'));
  const [newest] = (await read('CHANGELOG.md')).matchAll(/^## (\d\S*)/gm);
  expect(newest?.[1]).toBe(version);
});

test('a link of a document leads to a file that is there', async () => {
  const documents = [
    ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
    ...['SECURITY.md', 'docs/threat-model.md', 'docs/engines.md'],
  ];
  const inFolder = async (folder: string) =>
    (await readdir(join(project, folder))).map((name) => `${folder}/${name}`);
  const folders = (
    await Promise.all(['docs/architecture', 'docs/decisions', 'docs/guide'].map(inFolder))
  ).flat();
  const missing: string[] = [];
  for (const name of [...documents, ...folders]) {
    for (const [, target = ''] of (await read(name)).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
      const path = join(project, name, '..', target);
      await stat(path).catch(() => missing.push(`${name} → ${target}`));
    }
  }
  expect(missing).toEqual([]);
});

test('the list of third parties is that of the lock file, and each licence may be passed on with ours', async () => {
  const { status, stderr } = spawnSync(process.execPath, ['test/licences/generate.mjs', '--check'], {
    cwd: project,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const list = JSON.parse(await read('src-renderer/screens/settings/third-parties.json'));
  const permissive = /^\(?(MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|CC0-1\.0|PostgreSQL)\b/;
  expect(list.filter(({ licence }: { licence: string }) => !permissive.test(licence))).toEqual([]);
  expect(JSON.parse(await read('package.json')).license).toBe('Apache-2.0');
  expect(await read('LICENSE')).toContain('Apache License');
});

test('every claim of the threat model that holds against somebody names a test', async () => {
  const held = [
    ...(await read('docs/threat-model.md')).matchAll(/^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm),
  ].filter(([, tries = '']) => tries !== 'it tries to' && !tries.startsWith('---'));
  expect(held.length).toBeGreaterThan(15);
  for (const [, tries = '', , shown = ''] of held) expect(shown, tries).toMatch(/\]\(\.\.\/test\/[^)]+\)/);
});

test('every command that CONTRIBUTING names is a script of the package', async () => {
  const { scripts } = JSON.parse(await read('package.json'));
  const named = [...(await read('CONTRIBUTING.md')).matchAll(/\bnpm run ([a-z:]+)/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((name) => !((name as string) in scripts))).toEqual([]);
});
