import { connect } from '#postgres/connect';
import type { KeelClient } from '#postgres/session/keel-client';
import { parseDatabaseUrl } from '#postgres/target';
import { createTestDatabase, type TestDatabase } from '#test/support/postgres/test-database';

interface Setting extends TestDatabase {
  /** As Keel connects. */
  readonly keel: KeelClient;
}

/** A database of this schema, and a session as Keel has one. */
export async function keyDatabase(schema: string): Promise<Setting> {
  const made = await createTestDatabase();
  await made.client.query(schema);
  const keel = await connect(parseDatabaseUrl(made.url), { applicationName: 'keel test' });
  return {
    ...made,
    keel,
    [Symbol.asyncDispose]: async () => {
      await keel.end();
      await made[Symbol.asyncDispose]();
    },
  };
}
