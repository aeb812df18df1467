import { expect, test } from 'vitest';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { createTestDatabase } from '#test/support/postgres/test-database';

test('timeouts that an admin set for a database do not break long work', async () => {
  await using database = await createTestDatabase();
  const timeouts = [
    ...['statement_timeout', 'idle_in_transaction_session_timeout'],
    ...['idle_session_timeout', 'transaction_timeout'],
  ];
  for (const name of timeouts)
    await database.client.query(`ALTER DATABASE ${database.name} SET ${name} = '300ms'`);
  const client = await connect(parseDatabaseUrl(database.url), { applicationName: 'keel timeout test' });
  await new Promise((resolve) => setTimeout(resolve, 500));
  await client.query('BEGIN');
  await client.query('SELECT pg_sleep(0.5)');
  await new Promise((resolve) => setTimeout(resolve, 500));
  await expect(client.query('COMMIT')).resolves.toMatchObject({ command: 'COMMIT' });
  await client.end();
});
