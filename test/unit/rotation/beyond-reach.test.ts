import { expect, test } from 'vitest';
import { beyondReach as contract } from '#contract/beyond-reach';
import type { EncryptedColumn } from '#contract/inventory';
import { beyondReach } from '#rotation/beyond-reach';

const column = (table: string, name: string, kind: EncryptedColumn['kind']): EncryptedColumn => ({
  schema: 'public',
  table,
  column: name,
  layout: 'base64',
  kind,
});

test('what a rotation does not reach is told with one statement a table, and credentials by where they are replaced', () => {
  const reach = beyondReach('aaaa-aaaa-aaaa-aaaa', [
    { entry: column('Data Sources', 'password', 'database-password'), values: 41 },
    { entry: column('Data Sources', 'token', 'oauth-refresh-token'), values: 3 },
    { entry: column('hooks', 'secret', 'database-password') },
  ]);
  expect(contract.safeParse(reach).success).toBe(true);
  expect(reach.places.flatMap(({ statements }) => statements)).toEqual([
    'VACUUM (ANALYZE) "public"."Data Sources";',
    'VACUUM (ANALYZE) "public"."hooks";',
  ]);
  for (const about of [/dead rows and statistics/, /write-ahead log/, /replicas/, /dumps/])
    expect(reach.places.some(({ what }) => about.test(what))).toBe(true);
  for (const { remedy } of reach.places) expect(remedy).not.toBe('');
  expect(reach.replace).toEqual([
    {
      kind: 'database-password',
      where: expect.stringContaining('in the database it logs in to'),
      columns: [{ name: 'public.Data Sources.password', values: 41 }, { name: 'public.hooks.secret' }],
    },
    {
      kind: 'oauth-refresh-token',
      where: expect.stringContaining('provider'),
      columns: [{ name: 'public.Data Sources.token', values: 3 }],
    },
  ]);
});
