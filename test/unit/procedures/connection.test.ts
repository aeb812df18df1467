import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createChosenFiles } from '#procedures/chosen-files';
import { createConnections, type ResolvedConnection } from '#procedures/environments/connection';
import { test } from '#test/support/temp-folder';

const address = { host: 'db', port: 5432, database: 'x', user: 'ann', sslmode: 'prefer' } as const;
const addresses = { assertConfirmed: async () => undefined };
const ports = { assertOpen: () => undefined, presses: () => 0, note: async () => undefined };
const passwordOf = ({ password }: ResolvedConnection) => password?.bytes.toString('utf8');

async function imported(folder: string, text: string) {
  const path = join(folder, 'file');
  await writeFile(path, text);
  const chosen = createChosenFiles();
  chosen.add(path, 'open-connection');
  const connections = createConnections({ ...ports, assertChosen: chosen.assertChosen, addresses });
  const found = await connections.procedures['connection.import']({ path }, {});
  return { connections, found, ids: found.map(({ imported }) => imported) };
}

describe('a connection', () => {
  test('is resolved from a URL, from parts, and from what was imported', async ({ folder }) => {
    const { connections, ids } = await imported(folder, 'DATABASE_URL=postgres://ann:inside@db/x');
    for (const connection of [{ url: 'postgres://ann:inside@db/x' }, { imported: ids[0] ?? '' }]) {
      const resolved = await connections.resolveConnection(connection);
      expect(resolved.address).toEqual(address);
      expect(passwordOf(resolved)).toBe('inside');
    }
    const plain = await connections.resolveConnection({ address });
    expect(plain).toEqual({ address, notes: [] });
  });

  test('has the password that was typed beside it, before the one that it holds', async ({ folder }) => {
    const { connections, ids } = await imported(folder, 'DATABASE_URL=postgres://ann:inside@db/x');
    const ways = [{ url: 'postgres://ann:inside@db/x' }, { address }, { imported: ids[0] ?? '' }];
    for (const way of ways) {
      expect(passwordOf(await connections.resolveConnection({ ...way, password: 'typed' }))).toBe('typed');
    }
  });

  test('takes nothing from this machine’s variables', async () => {
    const connections = createConnections({ ...ports, assertChosen: () => undefined, addresses });
    const before = process.env['PGPASSWORD'];
    process.env['PGPASSWORD'] = 'of the shell';
    try {
      expect(await connections.resolveConnection({ url: 'postgres://ann@db/x' })).toEqual({
        address,
        notes: [],
      });
    } finally {
      if (before === undefined) delete process.env['PGPASSWORD'];
      else process.env['PGPASSWORD'] = before;
    }
  });
});

describe('a certificate of a connection', () => {
  const refused = {
    code: 'file-not-chosen',
    message: expect.stringContaining('sslrootcert'),
    remedy: expect.stringContaining('Root certificate'),
  };

  test('is used only if a dialog named it, whether typed or pasted', async () => {
    const chosen = createChosenFiles();
    const connections = createConnections({ ...ports, assertChosen: chosen.assertChosen, addresses });
    const typed = { address: { ...address, sslrootcert: '/ca.crt' } };
    const pasted = { url: 'postgres://ann:inside@db/x?sslrootcert=/ca.crt' };
    for (const connection of [typed, pasted])
      await expect(connections.resolveConnection(connection)).rejects.toMatchObject(refused);
    for (const name of ['sslcert', 'sslkey']) {
      await expect(
        connections.resolveConnection({ url: `postgres://ann@db/x?${name}=/dev/zero` }),
      ).rejects.toMatchObject({ code: 'file-not-chosen', message: expect.stringContaining(name) });
    }
    chosen.add('/ca.crt', 'open-certificate');
    for (const connection of [typed, pasted])
      expect((await connections.resolveConnection(connection)).address.sslrootcert).toBe('/ca.crt');
  });

  test('may be the system’s authorities', async () => {
    const chosen = createChosenFiles();
    const connections = createConnections({ ...ports, assertChosen: chosen.assertChosen, addresses });
    const { address } = await connections.resolveConnection({
      url: 'postgres://ann@db/x?sslrootcert=system',
    });
    expect(address.sslrootcert).toBe('system');
  });

  test('that an imported file names was chosen with the file, and no other', async ({ folder }) => {
    const { connections, ids } = await imported(folder, '[a]\nhost=db\nuser=ann\nsslrootcert=/ca.crt');
    const [id = ''] = ids;
    const tls = { sslmode: 'verify-full', sslrootcert: '/ca.crt' } as const;
    for (const connection of [{ imported: id }, { imported: id, tls }])
      expect((await connections.resolveConnection(connection)).address.sslrootcert).toBe('/ca.crt');
    const other = { imported: id, tls: { ...tls, sslrootcert: '/etc/shadow' } };
    await expect(connections.resolveConnection(other)).rejects.toMatchObject(refused);
  });
});

describe('an import', () => {
  test('tells the window where it stood and whether there is a password, and no password', async ({
    folder,
  }) => {
    const { found } = await imported(folder, 'A=postgres://ann:hunter2@db/x\nB=postgres://ann@db/x');
    expect(found.map(({ from, hasPassword }) => [from, hasPassword])).toEqual([
      ['A', true],
      ['B', false],
    ]);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  test('gives each caller a password of his own to wipe', async ({ folder }) => {
    const { connections, ids } = await imported(folder, 'A=postgres://ann:inside@db/x');
    const [one, other] = [
      await connections.resolveConnection({ imported: ids[0] ?? '' }),
      await connections.resolveConnection({ imported: ids[0] ?? '' }),
    ];
    one.password?.[Symbol.dispose]();
    expect(passwordOf(other)).toBe('inside');
    expect(passwordOf(await connections.resolveConnection({ imported: ids[0] ?? '' }))).toBe('inside');
  });

  test('is forgotten when it is wiped, or pushed out by many later ones', async ({ folder }) => {
    const many = Array.from({ length: 50 }, (_, n) => `[s${n}]\nhost=db${n}`).join('\n');
    const { connections, ids } = await imported(folder, many);
    expect(await connections.resolveConnection({ imported: ids[0] ?? '' })).toMatchObject({
      address: { host: 'db0' },
    });
    const [again] = await connections.procedures['connection.import']({ path: join(folder, 'file') }, {});
    const gone = { remedy: 'choose the file again' };
    await expect(connections.resolveConnection({ imported: ids[0] ?? '' })).rejects.toMatchObject(gone);
    connections.wipe();
    await expect(connections.resolveConnection({ imported: again?.imported ?? '' })).rejects.toMatchObject(
      gone,
    );
  });

  test('of a file that no dialog named is refused', async () => {
    const chosen = createChosenFiles();
    const { procedures } = createConnections({
      ...ports,
      assertChosen: chosen.assertChosen,
      addresses,
    });
    await expect(procedures['connection.import']({ path: '/etc/passwd' }, {})).rejects.toMatchObject({
      code: 'file-not-chosen',
    });
  });
});
