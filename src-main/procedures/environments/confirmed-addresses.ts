import type { DatabaseAddress, SslMode } from '#contract/environments';
import type { Consent, Question } from '#procedures/consent/consent';
import { hostInFull, linesInFull, placeInFull, serverInFull, toldInFull } from '#procedures/consent/in-full';

/** Servers that the admin agreed to connect to, in this session, or as the address of an environment. */
export interface ConfirmedAddresses {
  /** Asks where the server, or how the way to it is protected, was not agreed to yet. Throws as `Consent.ask`. */
  assertConfirmed(address: DatabaseAddress, consent: Consent): Promise<void>;
}

/** `known` are the addresses of environments: each was agreed to when it was added. */
export function createConfirmedAddresses(
  known: () => Promise<readonly DatabaseAddress[]>,
): ConfirmedAddresses {
  const confirmed = new Set<string>();
  return {
    async assertConfirmed(address, consent) {
      const name = nameOf(address);
      if (confirmed.has(name) || (await known()).some((one) => nameOf(one) === name)) return;
      await consent.ask(questionFor(address));
      confirmed.add(name);
    },
  };
}

/** Where a password goes, how safely, and whose it is. Which database it is for, the same server may be told. */
function nameOf(address: DatabaseAddress): string {
  const { host, port, hostaddr, others, user, sslmode, sslrootcert, sslcert, sslkey } = address;
  return JSON.stringify([host, port, hostaddr, others, user, sslmode, sslrootcert, sslcert, sslkey]);
}

const protection: Readonly<Record<SslMode, string>> = {
  disable: 'without encryption',
  allow: 'encrypted only if the server insists',
  prefer: 'encrypted only if the server offers it',
  require: 'encrypted, without verifying the server',
  'verify-ca': 'encrypted, verifying its certificate',
  'verify-full': 'encrypted, verifying its certificate and host name',
};

function questionFor({ user, database, sslmode, others = [], ...first }: DatabaseAddress): Question {
  const servers = [first, ...others].map(
    ({ hostaddr, ...server }) =>
      `${serverInFull(server)}${hostaddr === undefined ? '' : `, at the address ${hostaddr}`}`,
  );
  const roots =
    first.sslrootcert === undefined || first.sslrootcert === 'system'
      ? ''
      : `, against ${placeInFull(first.sslrootcert, 'the path of the root certificate', 500)}`;
  return {
    message: `Connect to ${hostInFull(first.host)}${others.length > 0 ? ` or ${others.length} more` : ''}?`,
    detail: `${linesInFull(servers, 'the servers')}\n\nThe connection is ${protection[sslmode]}${roots}. Keel logs in to database ${toldInFull(database)} as ${toldInFull(user)} with the password you gave, and changes nothing there.`,
    button: 'Connect',
  };
}
