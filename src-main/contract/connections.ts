import { z } from 'zod';
import { secretKinds } from './inventory.ts';
import { long, quick } from './procedure.ts';
import { environmentId, fingerprint, time } from './shapes.ts';

/** Whether decrypted credentials work. Nothing here ever holds a credential or a text that a server wrote. */

export const probeOutcome = z.enum(['works', 'refused', 'unreachable', 'certificate', 'not-probed']);
export type ProbeOutcome = z.infer<typeof probeOutcome>;

/** Why; each belongs to one outcome. */
export const probeReason = z.enum([
  // works
  'logged-in',
  'token-accepted',
  // refused
  'login-refused',
  'token-refused',
  'account-locked',
  'address-refused',
  'database-refused',
  // unreachable
  'name-unknown',
  'port-closed',
  'no-route',
  'timeout',
  'cut-off',
  'server-busy',
  'server-failing',
  'another-protocol',
  'answer-too-large',
  // certificate
  'expired',
  'not-yet-valid',
  'self-signed',
  'authority-unknown',
  'other-host',
  'tls-outdated',
  'no-tls',
  'handshake-failed',
  // not probed
  'refresh-token',
  'access-token-run-out',
  'private-target',
  'would-be-readable',
  'redirected',
  'answer-unclear',
  'no-way-to-log-in',
  'incomplete',
  'unreadable',
  'signing-needed',
  'no-password-needed',
  'answers-everybody',
  'need-unclear',
  'made-up',
  'not-confirmed',
  'unknown',
]);
export type ProbeReason = z.infer<typeof probeReason>;

export const probeResult = z.strictObject({
  schema: z.string(),
  table: z.string(),
  column: z.string(),
  path: z.string().optional(),
  /** The row's key as a person writes it, like `id=42`. */
  row: z.string(),
  /** What people call the source, as the database has it. */
  name: z.string().optional(),
  /** Short name of the source that the credential is for, as the database has it. */
  source: z.string().optional(),
  kind: z.enum(secretKinds),
  /** What was taken for: `postgresql`, `slack`, `http`. */
  probe: z.string().optional(),
  /** Where it was tried, like `db.example.com:5432`. */
  target: z.string().optional(),
  outcome: probeOutcome,
  reason: probeReason,
  /** The way to it was not as safe as it could be: not encrypted, or nobody checked who answered. */
  caution: z.enum(['not-encrypted', 'not-verified']).optional(),
  ms: z.number(),
});
export type ProbeResult = z.infer<typeof probeResult>;

export const probeCounts = z.strictObject({
  works: z.number().int(),
  refused: z.number().int(),
  unreachable: z.number().int(),
  certificate: z.number().int(),
  'not-probed': z.number().int(),
});
export type ProbeCounts = z.infer<typeof probeCounts>;

/** What was found of all of them. */
export const probeReport = z.strictObject({
  counts: probeCounts,
  /** What needs attention first; of each outcome no more than a person would read. */
  results: z.array(probeResult),
  /** What the reasons mean. */
  reasons: z.array(z.strictObject({ reason: probeReason, why: z.string(), remedy: z.string().optional() })),
});
export type ProbeReport = z.infer<typeof probeReport>;

export const connectionsReport = probeReport.extend({
  at: time,
  /** The key that opened them. */
  fingerprint,
  allowPrivate: z.boolean(),
  /** Values that the key does not open; they were left alone. */
  unopened: z.number().int(),
});
export type ConnectionsReport = z.infer<typeof connectionsReport>;

export const connectionsProcedures = {
  /**
   * Opens the credentials with the active key and tries each where it belongs, without changing anything there. Private,
   * loopback and link-local targets only with `allowPrivate`.
   */
  'connections.test': long(
    z.strictObject({ environment: environmentId, allowPrivate: z.boolean() }),
    connectionsReport,
  ),
  /** What the last test found. */
  'connections.last': quick(
    z.strictObject({ environment: environmentId }),
    z.strictObject({ report: connectionsReport.optional() }),
  ),
} as const;
