import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { activeEnvironment } from '#test/support/consent/active-environment';
import { foreignKey, insertKeys, serverFilled, serverFilledMapping } from '#test/support/databases/api-keys';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow, type TestWindow } from '#test/support/window';

/** What is asked from now on. */
function asking({ desk }: TestWindow) {
  const from = desk.questions.length;
  return () => desk.questions.slice(from);
}

/** A Vault with a secret, and every body that was posted to it. */
async function playVault() {
  const posted: string[] = [];
  let fields = '{"ENCRYPTION_KEY":"","OTHER":""}';
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const say = (text: string) => response.writeHead(200, { 'content-type': 'application/json' }).end(text);
      if (request.url?.includes('sys/internal') === true)
        return say('{"data":{"type":"kv","options":{"version":"2"},"path":"secret/"}}');
      if (request.method === 'POST') {
        posted.push(body);
        fields = /"data":(\{.*\})\}$/s.exec(body)?.[1] ?? fields;
        return say('{"data":{"version":2}}');
      }
      return say(`{"data":{"data":${fields},"metadata":{"version":1}}}`);
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posted };
}

test('a hand-off to a vault asks with its server first, and every field that the page wrote in full', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment, key } = await activeEnvironment(window, database);
  const { address, posted } = await playVault();
  const vault = {
    kind: 'vault',
    address,
    mount: 'secret',
    path: 'ballast/prod',
    field: 'ENCRYPTION_KEY',
  } as const;
  const odd = [
    { mount: 'secret/ballast/prod at https://vault.acme.example:8200'.padEnd(199, ' ') + 'x' },
    { path: `${' '.repeat(450)}x` },
    { path: 'a/../../b' },
    { path: 'a//b' },
    { path: 'a\nb' },
    { path: 'a'.repeat(450) },
    { namespace: 'team ' },
  ];
  const before = asking(window);
  for (const more of odd)
    for (const name of ['handoff.preview', 'handoff.apply', 'handoff.takeBack'] as const) {
      const outcome = await window.call(name, { environment, target: { ...vault, ...more }, token: 'token' });
      expect([name, more, outcome]).toMatchObject([name, more, { error: { code: 'usage' } }]);
    }
  expect(before()).toEqual([]);
  expect(posted).toEqual([]);

  const target = { ...vault, field: 'OTHER', namespace: 'team' };
  const asked = asking(window);
  await window.must('handoff.apply', { environment, target, token: 'token' });
  expect(posted.join()).toContain(key.toString('base64'));
  const questions = asked();
  expect(questions.map(({ message }) => message.split(' ')[0])).toEqual(['Connect', 'Write']);
  for (const { detail } of questions)
    expect(detail.split('\n').slice(0, 5)).toEqual([
      `Server: ${address}`,
      'Namespace: “team”',
      'Mount: “secret”',
      'Secret: “ballast/prod”',
      'Field: “OTHER”',
    ]);
});

test('a file that gets the key is asked for with the variable that it is set to', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  const path = join(window.home, 'b\u0430llast.env');
  await writeFile(path, 'ENCRYPTION_KEY=\nNEXT_PUBLIC_THEME=\n');
  window.desk.nextFile = path;
  await window.must('files.choose', { purpose: 'open-handoff' });
  const asked = asking(window);
  await window.must('handoff.apply', {
    environment,
    target: { kind: 'env-file', path, variable: 'NEXT_PUBLIC_THEME' },
  });
  expect(asked()[0]?.detail.split('\n').slice(0, 2)).toEqual([
    `File: “${path}” (characters outside ASCII: \u0430 is U+0430)`,
    'Variable: “NEXT_PUBLIC_THEME”',
  ]);
});

test('every question that names a server names the one that is connected to, whole', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  const twin = 'v\u0430ult.acme.example';
  const real = 'xn--vult-53d.acme.example';
  const long = `${'api.acme.example.'.repeat(13)}evil.example`;
  window.desk.agrees = false;
  const shown = async (run: () => Promise<unknown>) => {
    const asked = asking(window);
    expect(await run()).toMatchObject({ error: { code: 'cancelled' } });
    expect(asked()).toHaveLength(1);
    const { message, detail } = asked()[0] ?? { message: '', detail: '' };
    return `${message}\n${detail}`;
  };
  for (const [typed, host] of [
    [twin, real],
    [long, long],
  ] as const) {
    const connection = { url: `postgres://ann:word@${encodeURIComponent(typed)}:5999/x` };
    const address = {
      host: 'good.example',
      port: 5432,
      others: [{ host: typed, port: 5999 }],
      database: 'x',
      user: 'ann',
      sslmode: 'require' as const,
    };
    const texts = [
      await shown(() => window.run('connection.test', { connection })),
      await shown(() => window.run('connection.test', { connection: { address } })),
      await shown(() => window.call('matrix.addDatabase', { environment, connection })),
      await shown(() =>
        window.call('posture.configure', {
          environment,
          places: { api: `https://${typed}/`, oauth: [], keyFiles: [] },
        }),
      ),
      await shown(() =>
        window.call('handoff.preview', {
          environment,
          target: { kind: 'vault', address: `https://${typed}`, mount: 'secret', path: 'x', field: 'K' },
          token: 'token',
        }),
      ),
    ];
    for (const text of texts) {
      expect(text).toContain(host);
      expect(text).not.toContain('…');
      if (typed !== host) expect(text).toContain(`written as “${typed}”`);
    }
  }
  for (const host of ['ev%69l.example', 'a b.example', 'a.'.repeat(120) + 'example']) {
    const asked = asking(window);
    const address = { host, port: 5432, database: 'x', user: 'ann', sslmode: 'require' } as const;
    const outcome = await window.run('connection.test', { connection: { address } });
    expect([host, outcome]).toMatchObject([host, { ok: false }]);
    expect(asked().filter(({ detail }) => !detail.includes(host))).toEqual([]);
  }
});

test('a new API key is asked for with its table and every column that its row sets', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { client } = database;
  await client.query(serverFilled);
  await client.query(
    `CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text, password_hash text NOT NULL,
       role text NOT NULL DEFAULT 'reader', is_admin boolean NOT NULL DEFAULT false)`,
  );
  const { environment } = await activeEnvironment(window, database);
  await window.must('apiKeys.chooseTable', {
    environment,
    table: {
      schema: 'public',
      table: 'users',
      columns: { hash: 'password_hash', name: 'email', active: 'is_admin' },
    },
  });
  const asked = asking(window);
  const made = { environment, name: 'eve@evil.example', cost: 10 };
  await window.must('apiKeys.create', { ...made, values: { role: 'owner' } });
  expect(asked()[0]?.detail).toContain(
    [
      'A row is added to “public.users”:',
      '“email”: “eve@evil.example”',
      '“password_hash”: the hash of the key',
      '“role”: “owner”',
      '“is_admin”: true',
    ].join('\n'),
  );
  const refused = await window.call('apiKeys.create', { ...made, values: { role: 'x'.repeat(400) } });
  expect(refused).toMatchObject({ error: { code: 'usage' } });
  expect(asked()).toHaveLength(1);
  const { rows } = await client.query('SELECT id::text FROM users');
  await window.call('apiKeys.revoke', { environment, id: rows[0].id });
  expect(asked()[1]?.detail).toContain(`In “public.users”, row “${rows[0].id}”:\n“is_admin”: false`);

  await window.must('apiKeys.chooseTable', { environment, table: serverFilledMapping });
  const [old = ''] = await insertKeys(client, [{ name: 'read only', hash: foreignKey(1).hash }]);
  await client.query("UPDATE api_keys SET scope = 'collection:col_1' WHERE id = $1", [old]);
  await window.must('apiKeys.replace', { environment, id: old, cost: 10, values: {} });
  const { detail = '' } = asked().at(-1) ?? {};
  expect(detail).toContain('without an expiry date (column “expires_at”), with the scope “collection:col_1”');
  expect(detail).toContain(`In “public.api_keys”, row “${old}”:`);
  expect(detail).toMatch(/“expires_at”: empty/);
});

test('a question about an API key promises no date that no column takes, and names the column that says one', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { client } = database;
  await client.query(serverFilled);
  const { environment } = await activeEnvironment(window, database);
  const { columns, ...where } = serverFilledMapping;
  const choose = (changed: object) =>
    window.must('apiKeys.chooseTable', {
      environment,
      table: { ...where, columns: { ...columns, ...changed } },
    });
  const [id = ''] = await insertKeys(client, [{ name: 'in use', hash: foreignKey(1).hash }]);
  await client.query('UPDATE api_keys SET last_used_at = now() WHERE id = $1', [id]);
  const made = { environment, name: 'CI', scope: 'collection:col_1', cost: 10, values: {} };
  const expiresAt = '2099-12-01T00:00:00.000Z';
  const asked = asking(window);

  await choose({ expires: undefined, lastUsed: undefined });
  for (const refused of [
    await window.call('apiKeys.create', { ...made, expiresAt }),
    await window.call('apiKeys.replace', { environment, id, cost: 10, values: {}, expiresAt }),
  ])
    expect(refused).toMatchObject({ error: { code: 'usage' } });
  expect(asked()).toEqual([]);
  await window.call('apiKeys.revoke', { environment, id });
  expect(asked()[0]?.detail).toContain('When it was last used is unknown');
  expect(await client.query('SELECT count(*)::int AS n FROM api_keys')).toMatchObject({ rows: [{ n: 1 }] });

  await choose({});
  await window.must('apiKeys.create', { ...made, expiresAt });
  expect(asked()[1]?.detail).toContain(`until ${expiresAt} (column “expires_at”)`);
});
