import { expect, test } from 'vitest';
import { differing, total } from '#credentials/archive/archive-differences';
import { base64 } from '#test/support/databases/foreign-database';
import { openDesk } from '#test/support/databases/archive-desk';

test('text documents keep every other character, whatever is put back into them', async () => {
  await using desk = await openDesk();
  const { client, from } = desk.database;
  await client.query('CREATE TABLE notes (id int PRIMARY KEY, body text)');
  const [a, b, c] = ['a first secret', 'a second secret', 'a third secret'].map((text) => base64(text, from));
  const body = `{ "n" : 1.50,\n  "slack" : { "token":"${a}" },\n  "jira": {"token" : "${b}", "x":[ ] } , "odd \\"key": {"token":"${c}"} }`;
  await client.query('INSERT INTO notes SELECT i, $1 FROM generate_series(1, 30) AS i', [body]);
  const entry = {
    schema: 'public',
    table: 'notes',
    column: 'body',
    path: '$.*.token',
    layout: 'base64',
    kind: 'unknown',
  } as const;
  await desk.export({ version: 1, columns: [entry] });
  const emptied = `{ "n" : 1.50,\n  "slack" : { },\n  "jira": {"x":[ ] } , "odd \\"key": {"token": null } }`;
  await client.query('UPDATE notes SET body = $1 WHERE id = 7', [emptied]);
  await client.query(`UPDATE notes SET body = 'no document' WHERE id = 8`);
  await client.query(`UPDATE notes SET body = '' WHERE id = 9`);
  expect(await desk.import(undefined, ['missing-values'])).toMatchObject({ values: 3, remaining: 6 });
  const { rows } = await client.query('SELECT body FROM notes WHERE id IN (7, 8, 9) ORDER BY id');
  const token = '"[A-Za-z0-9+/=]+"';
  expect(rows[0].body).toMatch(
    new RegExp(
      `^\\{ "n" : 1\\.50,\\n  "slack" : \\{"token":${token} \\},\\n  "jira": \\{"x":\\[ \\],"token":${token} \\} , "odd \\\\"key": \\{"token": ${token} \\} \\}$`,
    ),
  );
  expect(rows.slice(1).map((row) => row.body)).toEqual(['no document', '']);
  expect((await desk.verify()).obstacles).toMatchObject([{ obstacle: 'no-document', values: 6 }]);
});

test('a value is written in the manner of its column, and not at all where the column has several', async () => {
  await using desk = await openDesk();
  const { client, from } = desk.database;
  const parts = (text: string) => {
    const bytes = Buffer.from(base64(text, from), 'base64');
    return { nonce: bytes.subarray(0, 16).toString('hex'), ct: bytes.subarray(16).toString('hex') };
  };
  const object = (i: number) => JSON.stringify({ v: 2, ...parts(`an object's secret ${i}`) });
  await client.query(
    'CREATE TABLE manner (id int PRIMARY KEY, object text, document jsonb, mixed text, bare text)',
  );
  for (let i = 0; i < 20; i++) {
    const document = `{"credential": ${object(i)}, "n": ${i}}`;
    const own = JSON.stringify({ id: i, ...parts(`a secret with an id ${i}`) });
    const bare = base64(`seventeen bytes! ${'x'.repeat(i % 3)}`, from).replace(/=+$/, '');
    await client.query('INSERT INTO manner VALUES ($1, $2, $3, $4, $5)', [i, object(i), document, own, bare]);
  }
  const entry = (column: string, layout: string, path?: string) => ({
    schema: 'public',
    table: 'manner',
    column,
    layout,
    kind: 'unknown' as const,
    ...(path && { path }),
  });
  await desk.export({
    version: 1,
    columns: [
      entry('object', 'json-hex'),
      entry('document', 'json-hex', '$.credential'),
      entry('mixed', 'json-hex'),
      entry('bare', 'base64'),
    ],
  });
  await client.query(
    `UPDATE manner SET object = NULL, document = document - 'credential', mixed = NULL, bare = NULL WHERE id = 7`,
  );
  expect(await desk.import(undefined, ['missing-values'])).toMatchObject({ values: 3, remaining: 1 });
  const { rows } = await client.query('SELECT * FROM manner WHERE id = 7');
  expect(rows[0].object).toMatch(/^\{"v":2,"nonce":"[0-9a-f]{32}","ct":"[0-9a-f]+"\}$/);
  expect(rows[0].document).toMatchObject({ n: 7, credential: { v: 2, nonce: expect.any(String) } });
  expect(rows[0].bare).toMatch(/^[\w+/]+$/);
  expect(rows[0].mixed).toBeNull();
  expect((await desk.verify()).obstacles).toMatchObject([
    { entry: { column: 'mixed' }, comparison: 'valueMissing', obstacle: 'several-forms', values: 1 },
  ]);
});

test('values whose IV stands in another column are written back under it, and told where it is gone; arrays are left', async () => {
  await using desk = await openDesk();
  const { client, from } = desk.database;
  await client.query('CREATE TABLE apart (id int PRIMARY KEY, body text, iv text, list text[])');
  for (let i = 0; i < 20; i++) {
    const bytes = Buffer.from(base64(`a secret apart from its IV ${i}`, from), 'base64');
    const list = [base64(`a first secret of ${i}`, from), base64(`a second secret of ${i}`, from)];
    await client.query('INSERT INTO apart VALUES ($1, $2, $3, $4)', [
      i,
      bytes.toString('base64', 16),
      bytes.toString('hex', 0, 16),
      list,
    ]);
  }
  const entry = { schema: 'public', table: 'apart', kind: 'unknown' } as const;
  await desk.export({
    version: 2,
    columns: [
      { ...entry, column: 'body', layout: '"{body base64}"', iv: { column: 'iv', layout: '"{iv hex}"' } },
      { ...entry, column: 'list', layout: 'base64', path: '$[*]' },
    ],
  });
  const rowsOf = async () => (await client.query('SELECT * FROM apart ORDER BY id')).rows;
  const before = await rowsOf();
  await client.query(`
    UPDATE apart SET body = NULL WHERE id = 1;
    UPDATE apart SET body = 'in clear' WHERE id = 2;
    UPDATE apart SET body = NULL, iv = NULL WHERE id = 3;
    UPDATE apart SET iv = '' WHERE id = 4;
    UPDATE apart SET list[2] = 'in clear, "quoted"' WHERE id = 5;
    UPDATE apart SET list[2] = '' WHERE id = 6;
    UPDATE apart SET list[2] = NULL WHERE id = 7;
    UPDATE apart SET list = NULL WHERE id = 8`);
  const verified = await desk.verify();
  const reasons = verified.obstacles.map(
    ({ entry, comparison, obstacle, values }) => `${entry.column} ${comparison} ${obstacle} ${values}`,
  );
  expect(reasons.sort()).toEqual([
    'body foreign no-iv 1',
    'body valueMissing no-iv 1',
    'list foreign no-place 1',
    'list valueMissing no-place 4',
  ]);
  expect(total(verified.columns, 'foreign')).toBe(3);
  expect(await desk.import(undefined, ['unopened-rows', 'missing-values'])).toMatchObject({
    values: 2,
    remaining: 7,
  });
  const after = await rowsOf();
  // under the same IV and key, the same secret is the same ciphertext
  expect(after.slice(0, 3).map(({ body, iv }) => ({ body, iv }))).toEqual(
    before.slice(0, 3).map(({ body, iv }) => ({ body, iv })),
  );
  expect(after.slice(3, 5).map(({ iv }) => iv)).toEqual([null, '']);
  expect(differing((await desk.verify()).columns)).toBe(7);
});
