import { expect, test } from 'vitest';
import { inReadTransaction } from '#census/read-transaction';
import { prepareVault } from '#test/support/databases/vault';

// A census reads each table in a transaction of its own, over connections on which every query is a wait.

test('the transaction that a table is read in takes one query to begin and one to end', async () => {
  await using vault = await prepareVault();
  const client = await vault.connect();
  const query = client.query.bind(client) as (text: string) => Promise<unknown>;
  const sent: string[] = [];
  Object.assign(client, {
    query(text: string) {
      sent.push(text);
      return query(text);
    },
  });
  const settings = await inReadTransaction(client, 'stored', () =>
    Promise.all(
      ['transaction_isolation', 'transaction_read_only', 'lock_timeout', 'client_encoding'].map(
        async (name) => Object.values((await client.query(`SHOW ${name}`)).rows[0] as object)[0] as string,
      ),
    ),
  );
  expect(settings).toEqual(['repeatable read', 'on', '10s', 'SQL_ASCII']);
  expect(sent.filter((text) => !text.startsWith('SHOW'))).toEqual([
    expect.stringContaining('BEGIN'),
    'ROLLBACK',
  ]);
  await client.end();
});

test('a transaction that could not be begun as it should be is ended', async () => {
  await using vault = await prepareVault();
  const client = await vault.connect();
  await client.query('BEGIN; SELECT 1');
  await expect(inReadTransaction(client, 'stored', async () => 1)).rejects.toThrow(
    'SET TRANSACTION ISOLATION LEVEL must be called before any query',
  );
  const { rows } = await client.query(`SELECT now() = statement_timestamp() AS "isAlone"`);
  expect(rows).toEqual([{ isAlone: true }]);
  await client.end();
});
