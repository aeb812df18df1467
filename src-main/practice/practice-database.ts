import { type EncryptionKey, generateEncryptionKey } from '#crypto/encryption-key';
import { connect } from '#postgres/connect';
import { parseDatabaseUrl } from '#postgres/target';
import { startEmbeddedServer } from './embedded-server.ts';
import { fillApplicationSample, type SampledApplication } from './sample-applications.ts';
import { fillSampleDatabase, type SampleOptions } from './sample-data.ts';

export interface PracticeDatabase extends AsyncDisposable {
  readonly url: string;
  /** The key that the sample is under. Wiped when the database is stopped. */
  readonly key: EncryptionKey;
}

/** The sample of another application than Ballast, under a key that it reads. */
export interface OtherSample {
  readonly application: SampledApplication;
  /** Taken over. */
  readonly key: EncryptionKey;
}

/** A sample database, of Ballast if `other` is not given, on a server of its own. Disposing ends the server and leaves nothing behind. */
export async function startPracticeDatabase({
  other,
  ...options
}: Pick<SampleOptions, 'rows' | 'onRows'> & {
  readonly seed?: number;
  readonly other?: OtherSample | undefined;
}): Promise<PracticeDatabase> {
  const server = await startEmbeddedServer();
  try {
    const admin = await connect(parseDatabaseUrl(server.url()), { applicationName: 'keel practice' });
    const name = other?.application ?? 'ballast';
    await admin.query(`CREATE DATABASE ${name}`);
    await admin.end();
    const url = server.url(name);
    const key = other?.key ?? generateEncryptionKey();
    using personalKey = generateEncryptionKey();
    const client = await connect(parseDatabaseUrl(url), { applicationName: 'keel practice' });
    await client.query('SET search_path = public');
    const sample = { seed: 1, ...options, key };
    if (other) await fillApplicationSample(client, { ...sample, application: other.application });
    else await fillSampleDatabase(client, { ...sample, personalKey });
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
