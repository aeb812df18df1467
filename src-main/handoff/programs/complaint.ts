/** Why a program refused, from a closed list: what it writes may hold anything, what it was given or has decrypted too. */
export type Complaint = (typeof reasons)[number]['says'] | typeof unknown;

const unknown = 'Keel does not recognise its message, and does not show it';

/** By what programs write (aws, gcloud, az, op, sops, docker, podman, systemd-creds). The first that fits. */
const reasons = [
  {
    sign: /unknown (?:shorthand )?(?:flag|option|command)|unrecognized (?:option|argument)|flag provided but not defined|invalid choice|no such (?:option|command)/i,
    says: 'it does not know this command, which requires a newer version',
  },
  {
    sign: /unable to locate credentials|az login|auth login|not (?:currently )?(?:logged|signed) in|signin|session expired|(?:token|credentials?|login)[^.]{0,40} (?:has |have |is |are )?(?:expired|invalid)|ExpiredToken|UnrecognizedClient|InvalidClientTokenId|UNAUTHENTICATED|unauthorized|\b401\b/i,
    says: 'it is not logged in, or its login has expired',
  },
  {
    sign: /AccessDenied|access denied|PERMISSION_DENIED|permission denied|not (?:authorized|permitted|allowed)|forbidden|\b403\b/i,
    says: 'it has no permission for this',
  },
  { sign: /MAC (?:mismatch|failed)/i, says: 'the checksum does not match, so the contents were changed' },
  {
    sign: /data key|no identity matched|could not decrypt|failed to decrypt|bad decrypt/i,
    says: 'it has no key that decrypts this',
  },
  {
    sign: /\bname\b[^\n]{0,200}(?:does not|doesn't) (?:match|fit)/i,
    says: 'the name is not the one in the contents',
  },
  { sign: /swarm/i, says: 'this machine is not a manager of a Docker swarm' },
  { sign: /in use/i, says: 'it is in use' },
  { sign: /already exists|AlreadyExists|ALREADY_EXISTS/, says: 'one of this name exists already' },
  {
    sign: /not found|no such|NotFound|NOT_FOUND|(?:does not|doesn't) exist|isn't an? /i,
    says: 'it was not found',
  },
  {
    sign: /could not connect|cannot connect|connection refused|timed? ?out|network|resolve|unreachable|no route|endpoint/i,
    says: 'its service cannot be reached',
  },
] as const;

/** A program says why it refused at the beginning or at the end of what it writes. */
const longestEnd = 4000;

/** Words the reason for which a program refused, from its standard error. Only the beginning and the end of a long text are read. */
export function complaintOf(text: string): Complaint {
  const looked =
    text.length > 2 * longestEnd ? `${text.slice(0, longestEnd)}\n${text.slice(-longestEnd)}` : text;
  return reasons.find(({ sign }) => sign.test(looked))?.says ?? unknown;
}
