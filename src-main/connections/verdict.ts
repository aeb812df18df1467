import type { ProbeOutcome, ProbeReason, ProbeResult } from '#contract/connections';

/** What became of one credential. Words only of ours: what a server or a driver says never gets here. */
export interface Verdict {
  readonly outcome: ProbeOutcome;
  readonly reason: ProbeReason;
  readonly caution?: NonNullable<ProbeResult['caution']>;
}

const reasonsOf: Readonly<Record<ProbeReason, ProbeOutcome>> = {
  'logged-in': 'works',
  'token-accepted': 'works',
  'login-refused': 'refused',
  'token-refused': 'refused',
  'account-locked': 'refused',
  'address-refused': 'refused',
  'database-refused': 'refused',
  'name-unknown': 'unreachable',
  'port-closed': 'unreachable',
  'no-route': 'unreachable',
  timeout: 'unreachable',
  'cut-off': 'unreachable',
  'server-busy': 'unreachable',
  'server-failing': 'unreachable',
  'another-protocol': 'unreachable',
  'answer-too-large': 'unreachable',
  expired: 'certificate',
  'not-yet-valid': 'certificate',
  'self-signed': 'certificate',
  'authority-unknown': 'certificate',
  'other-host': 'certificate',
  'tls-outdated': 'certificate',
  'no-tls': 'certificate',
  'handshake-failed': 'certificate',
  'refresh-token': 'not-probed',
  'access-token-run-out': 'not-probed',
  'private-target': 'not-probed',
  'would-be-readable': 'not-probed',
  redirected: 'not-probed',
  'answer-unclear': 'not-probed',
  'no-way-to-log-in': 'not-probed',
  incomplete: 'not-probed',
  unreadable: 'not-probed',
  'signing-needed': 'not-probed',
  'no-password-needed': 'not-probed',
  'answers-everybody': 'not-probed',
  'need-unclear': 'not-probed',
  'made-up': 'not-probed',
  'not-confirmed': 'not-probed',
  unknown: 'not-probed',
};

export function verdict(reason: ProbeReason, caution?: Verdict['caution']): Verdict {
  return { outcome: reasonsOf[reason], reason, ...(caution && { caution }) };
}

/** Ends a probe with a verdict. Its message holds the reason and nothing else. */
export class ProbeEnded extends Error {
  override readonly name = 'ProbeEnded';
  readonly reason: ProbeReason;

  constructor(reason: ProbeReason) {
    super(reason);
    this.reason = reason;
  }
}
