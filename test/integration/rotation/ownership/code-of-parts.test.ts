import { describe, expect, test } from 'vitest';
import { type Hostile, prepareHostile } from '#test/support/databases/hostile';
import { foreignKey } from '#test/support/databases/api-keys';

// Tables that belong together, and not all to the same role: partitions, and those that inherit.

/** The superuser's table gets a part that the hostile role owns, with that role's code on it. */
async function prepareParts(parts: readonly string[], code: string): Promise<Hostile> {
  const hostile = await prepareHostile(() => '');
  const admin = await hostile.vault.connect();
  try {
    for (const sql of parts) await admin.query(sql.replaceAll('HOSTILE', hostile.role));
    await hostile.own.query(code);
    await hostile.own.query('TRUNCATE seen');
    return hostile;
  } finally {
    await admin.end();
  }
}

const partitioned = [
  'ALTER TABLE vault RENAME TO whole',
  'CREATE TABLE vault (id int PRIMARY KEY, s text, n int DEFAULT 0) PARTITION BY RANGE (id)',
  'CREATE TABLE lower PARTITION OF vault FOR VALUES FROM (0) TO (10)',
  'CREATE TABLE upper PARTITION OF vault FOR VALUES FROM (10) TO (100)',
  'INSERT INTO vault SELECT * FROM whole; DROP TABLE whole',
  'ALTER TABLE upper OWNER TO HOSTILE',
];
const inherited = [
  'ALTER TABLE vault OWNER TO CURRENT_USER',
  'CREATE TABLE heir () INHERITS (vault); INSERT INTO heir (id, s) SELECT id + 100, s FROM vault',
  'ALTER TABLE heir OWNER TO HOSTILE',
];

const hung = (table: string) =>
  [
    ['a trigger', `CREATE TRIGGER t BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION evil_trigger()`],
    [
      'a trigger that always fires',
      `CREATE TRIGGER t BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION evil_trigger();
       ALTER TABLE ${table} ENABLE ALWAYS TRIGGER t`,
    ],
    ['a check', `ALTER TABLE ${table} ADD CONSTRAINT guard CHECK (evil(n))`],
    ['an index over a constant', `CREATE INDEX by_evil ON ${table} ((evil(1) AND n > 0))`],
    ['an index', `CREATE INDEX by_evil ON ${table} (evil_text(s))`],
    ['statistics', `CREATE STATISTICS by_evil ON (evil(1)), (evil(n)) FROM ${table}`],
    ['a default', `ALTER TABLE ${table} ALTER n SET DEFAULT length(evil_text('a'))`],
  ] as const;

describe.concurrent('a partition of another role runs nothing with a superuser’s rights', () => {
  test.for(hung('upper'))('%s', async ([, sql]) => {
    await using hostile = await prepareParts(partitioned, sql);
    await hostile.vault.run(['discover', '--key-file', hostile.vault.keyFiles.from]);
    const rotated = await hostile.vault.rotate();
    await hostile.assertHarmless();
    expect(await hostile.ran()).toBe(false);
    // each row under one key, whether the code stopped it or could be left out
    expect(await hostile.vault.opened()).toEqual(
      rotated.status === 0 ? { from: 0, to: 20 } : { from: 20, to: 0 },
    );
    if (rotated.status !== 0)
      expect(rotated.json.error.message).toMatch(new RegExp(`of ${hostile.role}|trigger`));
  });
});

describe.concurrent('a table of another role that inherits runs nothing with a superuser’s rights', () => {
  test.for(hung('heir'))('%s', async ([, sql]) => {
    await using hostile = await prepareParts(inherited, sql);
    await hostile.vault.run(['discover', '--key-file', hostile.vault.keyFiles.from]);
    await hostile.vault.rotate(['--leave', 'public.heir.s', '--leave', 'public.heir']);
    await hostile.assertHarmless();
    expect(await hostile.ran()).toBe(false);
  });
});

const keys = [
  `CREATE TABLE api_keys (id int PRIMARY KEY, name text, key_hash text, scope text, n int, is_active boolean DEFAULT true)`,
  `INSERT INTO api_keys VALUES (1, 'CI', '${foreignKey(1).hash}', 'organization', 0, true)`,
  `CREATE TABLE heir () INHERITS (api_keys); INSERT INTO heir VALUES (2, 'CD', '${foreignKey(2).hash}', 'organization', 0, true)`,
  'ALTER TABLE heir OWNER TO HOSTILE',
];

describe.concurrent('API keys of a table that another role’s inherits from', () => {
  test.for(hung('heir').map(([name, sql]) => [name, sql.replaceAll('(s)', '(name)')] as const))(
    'are not listed or changed by a superuser where that would run its code: %s',
    async ([, sql]) => {
      await using hostile = await prepareParts(keys, sql);
      const ofTable = ['--table', 'public.api_keys', '--column', 'hash=key_hash'];
      await hostile.vault.run(['api-key', 'find']);
      await hostile.vault.run(['api-key', 'list', ...ofTable]);
      for (const id of ['1', '2'])
        await hostile.vault.run(['api-key', 'revoke', ...ofTable, '--id', id, '--yes']);
      await hostile.assertHarmless();
      expect(await hostile.ran()).toBe(false);
    },
  );
});

test.for(hung('api_keys').map(([name, sql]) => [name, sql.replaceAll('(s)', '(name)')] as const))(
  'a posture check counts no hashes of a table where that would run code of others: %s',
  async ([name, sql]) => {
    const parts = [...keys.slice(0, 2), 'ALTER TABLE api_keys OWNER TO HOSTILE'];
    await using hostile = await prepareParts(parts, sql);
    const checked = await hostile.vault.run(['posture']);
    const seen = checked.json.findings.find(({ id }: { id: string }) => id === 'api-keys.clear').seen;
    // within a posture check, which only reads, the code could leave no trace
    if (/index|statistics/.test(name)) expect(seen).toMatch(/^0 of 3 columns/);
    else expect(seen).toContain('in 3 columns');
    await hostile.assertHarmless();
    expect(await hostile.ran()).toBe(false);
  },
);
