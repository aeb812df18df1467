import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readInventory, writeInventory } from '#commands/proof/inventory-file';
import { test } from '#test/support/temp-folder';

const column = { schema: 'public', table: 't', column: 'c', layout: 'base64', kind: 'credentials' } as const;
const inventory = {
  version: 1 as const,
  columns: [column, { ...column, column: 'd', path: '$.a[*].b', layout: "'ENC:' hex cfb8" }],
};

describe('an inventory', () => {
  test('is read back as it was written, in a file that people can review', async ({ folder }) => {
    const path = join(folder, 'inventory.json');
    await writeInventory(path, inventory);
    expect(await readInventory(path)).toEqual(inventory);
    expect(await readFile(path, 'utf8')).toMatch(/^\{\n {2}"version": 1,\n[\s\S]*\n\}\n$/);
    expect((await stat(path)).mode & 0o777).toBe(0o644);
  });

  test('of version 2 says where an IV is that stands elsewhere', async ({ folder }) => {
    const path = join(folder, 'inventory.json');
    const layout = '"k={body base64};{*}"';
    const columns = [
      { ...column, layout, iv: { column: 'nonce', path: '$[0]', layout: '"{iv hex}"' } },
      { ...column, column: 'd', layout, iv: { fixed: 'key-start' as const } },
      { ...column, column: 'e', path: '$.list[0].*', layout: "'ENC:' base32 zero-padding" },
    ];
    await writeInventory(path, { version: 2, columns });
    expect(await readInventory(path)).toEqual({ version: 2, columns });
  });

  test('never takes the place of another file', async ({ folder }) => {
    const path = join(folder, 'inventory.json');
    await writeFile(path, 'reviewed by hand');
    await expect(writeInventory(path, inventory)).rejects.toMatchObject({ code: 'file-exists' });
    expect(await readFile(path, 'utf8')).toBe('reviewed by hand');
  });

  test('that is not there is told with its path and the reason', async ({ folder }) => {
    await expect(readInventory(join(folder, 'none.json'))).rejects.toMatchObject({
      code: 'inventory-unreadable',
      message: expect.stringMatching(/none\.json cannot be read: the file does not exist/),
    });
    await expect(readInventory(folder)).rejects.toMatchObject({ code: 'inventory-unreadable' });
  });

  test.for([
    ['is not JSON', '{ "version": 1,', 'inventory-malformed', /not JSON/],
    ['is empty', '', 'inventory-malformed', /not JSON/],
    ['is a list', '[]', 'inventory-malformed', /object/],
    ['is of another version', { version: 4, columns: [column] }, 'inventory-malformed', /version/],
    ['lists no column', { version: 1, columns: [] }, 'inventory-malformed', /lists no column/],
    [
      'lacks a name',
      { version: 1, columns: [{ ...column, table: undefined }] },
      'inventory-malformed',
      /columns\[0\]\.table/,
    ],
    [
      'has an empty name',
      { version: 1, columns: [column, { ...column, column: '' }] },
      'inventory-malformed',
      /columns\[1\]\.column/,
    ],
    [
      'has an unknown kind',
      { version: 1, columns: [{ ...column, kind: 'secret' }] },
      'inventory-malformed',
      /columns\[0\]\.kind/,
    ],
    [
      'has a member too many',
      { version: 1, columns: [{ ...column, key: 'x' }] },
      'inventory-malformed',
      /key/,
    ],
    [
      'has a path that is none',
      { version: 1, columns: [{ ...column, path: 'a.b' }] },
      'inventory-malformed',
      /path/,
    ],
    [
      'has an IV that is none of those that are known',
      { version: 2, columns: [{ ...column, iv: { fixed: 'ones' } }] },
      'inventory-malformed',
      /columns\[0\]\.iv\.fixed/,
    ],
    [
      'has an IV at a path that cannot be read',
      { version: 2, columns: [{ ...column, iv: { path: '$..a' } }] },
      'inventory-malformed',
      /\$\.\.a/,
    ],
    [
      'has an unknown layout',
      { version: 1, columns: [{ ...column, layout: 'rot13' }] },
      'layout-unknown',
      /rot13/,
    ],
  ] as const)('that %s is refused, naming the place', async ([, content, code, message], { folder }) => {
    const path = join(folder, 'inventory.json');
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    await expect(readInventory(path)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(/\w{3}/),
    });
  });

  test('that is refused is told in one line', async ({ folder }) => {
    const path = join(folder, 'inventory.json');
    await writeFile(path, JSON.stringify({ version: 4, columns: [{}, {}] }));
    await expect(readInventory(path)).rejects.toMatchObject({ message: expect.not.stringContaining('\n') });
  });
});
