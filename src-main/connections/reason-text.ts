import type { ProbeReason, ProbeReport } from '#contract/connections';

type Words = readonly [why: string, remedy?: string];

const renew = 'renew it at its source, then give Ballast the new one';
const trust =
  'add the authority that signed it to those that this machine trusts, or get a certificate of one that it knows';
const later = 'try again in a moment';
const byHand = 'look at this one by hand';

const words: Readonly<Record<ProbeReason, Words>> = {
  'logged-in': ['the login was taken'],
  'token-accepted': ['the token was taken'],
  'no-password-needed': [
    'the server lets everybody in, whatever the password',
    'turn authentication on at that server',
  ],
  'login-refused': ['the user or the password is not taken: it was changed, or the account is gone', renew],
  'token-refused': ['the token is not taken: it was revoked, or has run out', renew],
  'account-locked': [
    'the account is locked, or its password has run out',
    'unlock the account at that server',
  ],
  'address-refused': [
    'the server does not let this account in from this machine',
    'look at the server’s list of allowed hosts; Ballast may be on it',
  ],
  'database-refused': [
    'the login was taken, and the database named is not there or not for this account',
    'check the name of the database, and the account’s rights',
  ],
  'name-unknown': ['the host name is not known', 'check the name, and the DNS of this machine'],
  'port-closed': ['nothing answers on that host and port', 'check both, and that the server is running'],
  'no-route': ['there is no way to that host from here', 'check the network, or the VPN'],
  timeout: ['the server did not answer in time', 'check firewalls and the port, then try again'],
  'cut-off': ['the connection was cut', later],
  'server-busy': ['the server is busy, or takes no more requests for now', later],
  'server-failing': ['the server answers with an error of its own', later],
  'another-protocol': [
    'what answers there speaks another protocol',
    'check the port, and whether it wants TLS',
  ],
  'answer-too-large': [
    'the server sent more than a login takes, and was cut off',
    'check the host and the port',
  ],
  expired: ['the server’s certificate has expired', 'renew the certificate'],
  'not-yet-valid': ['the server’s certificate is not valid yet', 'check the clocks of both machines'],
  'self-signed': ['the server’s certificate is signed by itself', trust],
  'authority-unknown': ['the authority of the server’s certificate is not trusted here', trust],
  'other-host': [
    'the server’s certificate is for another host name',
    'use the name in the certificate, or renew it',
  ],
  'tls-outdated': ['the server speaks no TLS newer than 1.1', 'turn TLS 1.2 or newer on at that server'],
  'no-tls': ['the credential asks for TLS, and the server offers none', 'turn TLS on at that server'],
  'handshake-failed': ['no agreement on TLS was reached', 'look at the server’s TLS settings'],
  'refresh-token': ['a refresh token: trying it would use it up', 'Ballast tries it at its next sync'],
  'access-token-run-out': [
    'the access token is not taken, as happens within hours; Ballast gets a new one with its refresh token',
    'look at Ballast’s next sync of this source',
  ],
  'private-target': ['its server is in a private network', 'allow private targets, and test again'],
  'would-be-readable': [
    'it would be sent readable over the internet',
    'turn TLS on for it, in the credential and at the server',
  ],
  redirected: ['the server sends elsewhere, and nothing carries a credential there', 'check the address'],
  'answer-unclear': ['the answer says neither that it works nor that it does not', byHand],
  'no-way-to-log-in': ['its server answers, but Keel does not know how to log in there', byHand],
  incomplete: ['it is only a part of a login: the server or the user stands elsewhere', byHand],
  unreadable: ['it cannot be read without guessing, like a URL whose password is not encoded', byHand],
  'signing-needed': ['its provider wants signed requests, which Keel does not make', byHand],
  'not-confirmed': [
    'its server was not there when you were asked, so nothing was sent to it',
    'test the connections again, and look at the servers that the question names',
  ],
  'made-up': ['it was made up for practice, and nothing is sent anywhere'],
  unknown: ['Keel does not recognise what it is for', byHand],
};

/** What the reasons mean and what to do about each, in the order given. */
export function explain(reasons: Iterable<ProbeReason>): ProbeReport['reasons'] {
  return [...new Set(reasons)].map((reason) => {
    const [why, remedy] = words[reason];
    return { reason, why, ...(remedy !== undefined && { remedy }) };
  });
}
