import type { Input } from '#contract/procedures';
import type { TestDatabase } from '#test/support/postgres/test-database';

/** Of the encrypted key file. */
export const passphrase = 'five random words for a test';

/** Connects a database as the production environment Acme, which has no key yet. Answers its id. */
export async function addAcme(
  window: {
    must(name: 'environments.add', input: Input<'environments.add'>): Promise<{ environment: string }>;
  },
  { url }: Pick<TestDatabase, 'url'>,
): Promise<string> {
  const { environment } = await window.must('environments.add', {
    name: 'Acme',
    colour: 'blue',
    production: true,
    connection: { url },
    rememberPassword: false,
    keyPlace: 'sealed-file',
    passphrase,
  });
  return environment;
}
