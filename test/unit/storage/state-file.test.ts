import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { z } from 'zod';
import { changeState, readState, removeState } from '#storage/state-file';
import { stateKind } from '#storage/state-kind';
import { keepUnknown } from '#storage/unknown-fields';
import { test } from '#test/support/temp-folder';

const facts = {
  file: 'shelf.json',
  what: 'the shelf',
  version: 1,
  schema: z.strictObject({ title: z.string() }),
  remedy: 'put it back',
} as const;
const kind = stateKind(facts);
const replaceable = stateKind({ ...facts, replaceable: true });

const damages: readonly [what: string, make: (path: string) => Promise<unknown>, how: string][] = [
  ['a folder', (path) => mkdir(path), 'cannot be read'],
  ['a link to nothing', (path) => symlink(`${path}.gone`, path), 'a symbolic link to a missing file'],
  ['no text', (path) => writeFile(path, Buffer.from([0x7b, 0xff])), 'it is not text'],
  ['empty', (path) => writeFile(path, ' \n'), 'it is empty'],
  ['zeros', (path) => writeFile(path, Buffer.alloc(40)), 'contains only zeros'],
  ['cut off', (path) => writeFile(path, '{"version": 1, '), 'not JSON'],
];

describe('a file of state', () => {
  test('that is not there is no state, and can be made, changed and removed', async ({ folder }) => {
    const path = join(folder, 'shelf.json');
    expect(await readState(kind, path)).toBeUndefined();
    await removeState(kind, path);
    await changeState(kind, path, (now) => ({ title: now?.title ?? 'new' }));
    expect(await readState(kind, path)).toEqual({ title: 'new' });
    await changeState(kind, path, (now) => ({ title: `${now?.title}er` }));
    expect(await readState(kind, path)).toEqual({ title: 'newer' });
    await removeState(kind, path);
    expect(await readdir(folder)).toEqual([]);
  });

  test.for(damages)('that is %s is damaged, and left as it is', async ([, make, how], { folder }) => {
    const path = join(folder, 'shelf.json');
    await make(path);
    const damaged = { code: 'state-damaged', message: expect.stringContaining(how) };
    await expect(readState(kind, path)).rejects.toMatchObject(damaged);
    await expect(changeState(kind, path, () => ({ title: 'new' }))).rejects.toMatchObject(damaged);
    expect(await readdir(folder)).toEqual(['shelf.json']);
  });

  test('that may be replaced is set aside where it is damaged', async ({ folder }) => {
    const path = join(folder, 'shelf.json');
    await writeFile(path, '{"version": 1, ');
    await changeState(replaceable, path, () => ({ title: 'new' }));
    expect(await readState(replaceable, path)).toEqual({ title: 'new' });
  });

  test('that is damaged once more is set aside beside the one before', async ({ folder }) => {
    const path = join(folder, 'shelf.json');
    for (const damage of ['first', 'second', 'third']) {
      await writeFile(path, damage);
      await changeState(replaceable, path, () => ({ title: 'new' }));
    }
    for (const [name, content] of [
      ['', 'first'],
      ['-2', 'second'],
      ['-3', 'third'],
    ])
      expect(await readFile(`${path}.damaged${name}`, 'utf8')).toBe(content);
  });

  test('of a newer Keel is not set aside, though it may be replaced', async ({ folder }) => {
    const path = join(folder, 'shelf.json');
    await writeFile(path, '{"version": 2, "title": "new"}');
    await expect(changeState(replaceable, path, () => ({ title: 'old' }))).rejects.toMatchObject({
      code: 'state-newer',
    });
    expect(await readdir(folder)).toEqual(['shelf.json']);
  });

  test('loses a field that a change takes out, and no other', async ({ folder }) => {
    const path = join(folder, 'shelf.json');
    const schema = z.strictObject({ title: z.string(), lentTo: z.string().optional() });
    await writeFile(path, '{"version": 1, "title": "one", "lentTo": "Ann", "colour": "red"}');
    await changeState(stateKind({ ...facts, schema }), path, () => ({ title: 'one' }));
    const { writtenBy: _, ...written } = JSON.parse(await readFile(path, 'utf8'));
    expect(written).toEqual({ version: 1, title: 'one', colour: 'red' });
  });

  test('behind a link is written where the link leads, and the link stays', async ({ folder }) => {
    const path = join(folder, 'shelf.json');
    await mkdir(join(folder, 'elsewhere'));
    const target = join(folder, 'elsewhere', 'shelf.json');
    await writeFile(target, '{"version": 1, "title": "old"}');
    await symlink(target, path);
    await changeState(kind, path, () => ({ title: 'new' }));
    expect(JSON.parse(await readFile(target, 'utf8'))).toMatchObject({ title: 'new' });
  });
});

test('unknown fields of entries of a list stay with the entry of the same id, and entries of other types are left', () => {
  const before = [null, 'a', { id: 1, title: 'one' }, { id: 2, title: 'two' }];
  const document = [
    null,
    'a',
    { id: 1, title: 'one', colour: 'red' },
    { id: 2, title: 'two', colour: 'blue' },
  ];
  const after = [
    undefined,
    'b',
    { id: 2, title: 'zwei' },
    { id: 1, title: 'eins' },
    { id: 3, title: 'drei' },
  ];
  expect(keepUnknown(after, before, document)).toEqual([
    undefined,
    'b',
    { id: 2, title: 'zwei', colour: 'blue' },
    { id: 1, title: 'eins', colour: 'red' },
    { id: 3, title: 'drei' },
  ]);
});
