import { join } from 'node:path';
import { tlsFixtures } from '../../support/postgres/postgres-server.ts';
import type { Keel } from './keel.ts';
import { call } from './window-calls.ts';

/** Names the authority of the tests' servers as one that the environment trusts, as an admin would under Posture. */
export async function trustTestAuthority(keel: Keel, environment: string): Promise<void> {
  const rootCertificate = join(tlsFixtures, 'ca.crt');
  await keel.answerDialog(rootCertificate);
  await call(keel.page, 'files.choose', { purpose: 'open-certificate' });
  await call(keel.page, 'posture.configure', {
    environment,
    places: { oauth: [], keyFiles: [], rootCertificate },
  });
}
