import type { ProbeReason, ProbeReport } from '#contract/connections';

type Words = readonly [why: string, remedy?: string];

const renew = 'renew it at its source, then enter the new one in Ballast';
const trust =
  'add the CA that signed it to this machine’s trust store, or get a certificate from a trusted CA';
const later = 'try again in a moment';
const byHand = 'check this one manually';

const words: Readonly<Record<ProbeReason, Words>> = {
  'logged-in': ['the login was accepted'],
  'token-accepted': ['the token was accepted'],
  'login-refused': [
    'the user or password is not accepted: it was changed, or the account no longer exists',
    renew,
  ],
  'token-refused': ['the token is not accepted: it was revoked or has expired', renew],
  'account-locked': [
    'the account is locked, or its password has expired',
    'unlock the account on that server',
  ],
  'address-refused': [
    'the server does not allow this account to log in from this machine',
    'check the server’s list of allowed hosts; Ballast may be on it',
  ],
  'database-refused': [
    'the login was accepted, but the database does not exist or this account may not use it',
    'check the database name and the account’s privileges',
  ],
  'name-unknown': ['the host name cannot be resolved', 'check the name and this machine’s DNS'],
  'port-closed': ['nothing is listening on that host and port', 'check both, and that the server is running'],
  'no-route': ['there is no route to that host', 'check the network and the VPN'],
  timeout: ['the server did not answer in time', 'check firewalls and the port, then try again'],
  'cut-off': ['the connection was lost', later],
  'server-busy': ['the server is busy, or accepts no more requests for now', later],
  'server-failing': ['the server reports an internal error', later],
  'another-protocol': [
    'the server there speaks another protocol',
    'check the port, and whether it requires TLS',
  ],
  'answer-too-large': [
    'the server sent more data than a login needs, and the connection was closed',
    'check the host and the port',
  ],
  expired: ['the server’s certificate has expired', 'renew the certificate'],
  'not-yet-valid': ['the server’s certificate is not valid yet', 'check the clocks of both machines'],
  'self-signed': ['the server’s certificate is self-signed', trust],
  'authority-unknown': ['the CA of the server’s certificate is not trusted here', trust],
  'other-host': [
    'the server’s certificate is for another host name',
    'connect with the name in the certificate, or replace it',
  ],
  'tls-outdated': ['the server supports no TLS newer than 1.1', 'turn on TLS 1.2 or later on that server'],
  'no-tls': ['the credential requires TLS, but the server does not offer it', 'turn on TLS on that server'],
  'handshake-failed': ['the TLS handshake failed', 'check the server’s TLS settings'],
  'refresh-token': ['a refresh token: trying it would use it up', 'Ballast tries it at its next sync'],
  'access-token-run-out': [
    'the access token is not accepted; such tokens expire within hours, and Ballast gets a new one with its refresh token',
    'check Ballast’s next sync of this source',
  ],
  'private-target': ['its server is in a private network', 'include private networks, and test again'],
  'would-be-readable': [
    'it would be sent unencrypted over the internet',
    'turn on TLS for it, in the credential and on the server',
  ],
  redirected: ['the server redirects elsewhere, and credentials are not sent there', 'check the address'],
  'answer-unclear': ['the response does not show whether it works', byHand],
  'no-way-to-log-in': ['its server responds, but Keel does not know how to log in there', byHand],
  incomplete: ['it is only part of a login: the server or the user is stored elsewhere', byHand],
  unreadable: ['it is ambiguous, such as a URL whose password is not encoded', byHand],
  'signing-needed': ['its provider requires signed requests, which Keel does not support', byHand],
  'not-confirmed': [
    'its server was not in the list that you confirmed, so nothing was sent to it',
    'test the connections again, and check the servers listed in the question',
  ],
  'no-password-needed': [
    'the server lets this login in with another password, or with none, so nothing shows whether it works',
    'turn on authentication on that server',
  ],
  'answers-everybody': [
    'the server gives the same answer without the credential, so nothing shows whether it works',
    'turn on authentication on that server, or check this one manually',
  ],
  'need-unclear': [
    'the server accepted it, but did not refuse the same request without it: it was busy, failing or gave another response, so it is unknown whether the credential was needed',
    'test the connections again later, or check this one manually',
  ],
  'made-up': ['it was made up for practice; nothing was sent'],
  unknown: ['Keel does not recognise what it is for', byHand],
};

/** What the reasons mean and what to do about each, in the order given. */
export function explain(reasons: Iterable<ProbeReason>): ProbeReport['reasons'] {
  return [...new Set(reasons)].map((reason) => {
    const [why, remedy] = words[reason];
    return { reason, why, ...(remedy !== undefined && { remedy }) };
  });
}
