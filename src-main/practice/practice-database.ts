import { type EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { startEmbeddedServer } from './embedded-server.ts';
import { fillSampleDatabase, type SampleOptions } from './sample-data.ts';

export interface PracticeDatabase extends AsyncDisposable {
  readonly url: string;
  /** The key that the sample is under. Wiped when the database is stopped. */
  readonly key: EncryptionKey;
}

/** A sample Ballast database on a server of its own. Disposing ends the server and leaves nothing behind. */
export async function startPracticeDatabase(
  options: Pick<SampleOptions, 'rows' | 'onRows'> & { readonly seed?: number },
): Promise<PracticeDatabase> {
  const server = await startEmbeddedServer();
  try {
    const admin = await connect(parseDatabaseUrl(server.url()), { applicationName: 'keel practice' });
    await admin.query('CREATE DATABASE ballast');
    await admin.end();
    const url = server.url('ballast');
    const key = generateEncryptionKey();
    using personalKey = generateEncryptionKey();
    const client = await connect(parseDatabaseUrl(url), { applicationName: 'keel practice' });
    await client.query('SET search_path = public');
    await fillSampleDatabase(client, { seed: 1, ...options, key, personalKey });
    await client.end();
    return {
      url,
      key,
      [Symbol.asyncDispose]: async () => {
        key[Symbol.dispose]();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
