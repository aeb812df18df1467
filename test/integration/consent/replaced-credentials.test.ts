import { expect, test } from 'vitest';
import { activeEnvironment } from '#test/support/consent/active-environment';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow } from '#test/support/window';

const untold = 'Keel cannot determine which server the new one is for.';

/** New values, and what the question has to say of them. */
const values: readonly [value: string, ...said: string[]][] = [
  ['postgres://u:p@good.example/x', 'The new one is for good.example:5432.'],
  ['postgres://u:p@good.example:5432,evil.example:5433/x', 'good.example:5432\nevil.example:5433'],
  ['postgres://u:p@good.example/x?host=evil.example', 'good.example:5432\nevil.example:5432'],
  ['postgres://u:p@good.example/x?hostaddr=6.6.6.6', 'good.example:5432\n6.6.6.6:5432'],
  ['mongodb://u:p@good.example,evil.example/x', 'good.example:27017\nevil.example:27017'],
  ['host=evil.example user=ann password=p', 'The new one is for evil.example:5432.'],
  ['{"url":"postgres://u:p@good.example/x","host":"evil.example"}', 'good.example:5432\nevil.example'],
  ['{"host":"good.example","options":{"server":"evil.example"}}', 'good.example\nevil.example'],
  ['service=evil user=ann', untold],
  ['u:p@tcp(evil.example:3306)/x', untold],
];

test('a replaced credential is asked for with every server that it names, whatever kind its column is said to be', async () => {
  await using database = await createTestDatabase();
  await using window = await openTestWindow();
  const { environment } = await activeEnvironment(window, database);
  const { credentials } = await window.must('credentials.list', { environment, limit: 1 });
  const { schema, table, column, key } = credentials[0] as NonNullable<(typeof credentials)[0]>;
  const address = { schema, table, column, key };
  for (const kind of ['credentials', 'oauth-refresh-token', 'unknown'] as const) {
    const columns = [{ schema, table, column, layout: 'base64', kind }];
    await window.must('inventory.write', { environment, columns, excluded: [] });
    const { version, fields } = await window.must('credentials.inspect', { environment, address });
    expect(fields).toEqual(['password']);
    window.desk.agrees = false;
    for (const [value, ...said] of values) {
      const outcome = await window.call('credentials.replace', { environment, address, version, value });
      expect([value, outcome]).toMatchObject([value, { error: { code: 'cancelled' } }]);
      for (const text of said)
        expect([value, window.desk.questions.at(-1)?.detail]).toEqual([value, expect.stringContaining(text)]);
    }
    const one = { environment, address, version, field: 0, value: 'postgres://u:p@evil.example/x' };
    await window.call('credentials.replace', one);
    expect(window.desk.questions.at(-1)?.detail).toContain('The field “password” of public.vault.s');
  }
});
