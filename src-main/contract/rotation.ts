import { z } from 'zod';
import { beyondReach } from './beyond-reach.ts';
import { census } from './census.ts';
import { encryptedColumn, sentColumn } from './inventory.ts';
import { long, nothing, quick } from './procedure.ts';
import { environmentId, fingerprint, proof, time } from './shapes.ts';

const environment = { environment: environmentId };

const discoveredColumn = z.strictObject({ entry: encryptedColumn, why: z.string() });

export const discovery = z.strictObject({
  /** The key that was tried; absent if columns were judged only by how they look. */
  fingerprint: fingerprint.optional(),
  proposed: z.array(discoveredColumn),
  /** Encrypted with the key, in a form that is not known for certain. */
  unresolved: z.array(discoveredColumn),
  /** Columns that look encrypted and that the key does not decrypt. */
  unopened: z.array(discoveredColumn),
  /** Tables that could not be read, with the reason. */
  skipped: z.array(z.string()),
});
export type Discovery = z.infer<typeof discovery>;

export const finding = z.strictObject({
  code: z.string(),
  level: z.enum(['pass', 'warn', 'stop']),
  message: z.string(),
  remedy: z.string().optional(),
  /** The code of a stop that the admin may knowingly accept. */
  acceptable: z.boolean(),
  /** `table.column` that may be excluded instead. */
  column: z.string().optional(),
  /** Who else is connected, like `3 × ballast-api`, if that is the subject. */
  sessions: z.array(z.string()).optional(),
  /**
   * The places concerned, each with the entry that would add it to the inventory, if its form is known, or
   * with the entry whose IV a known value can prove.
   */
  places: z
    .array(
      z.strictObject({
        name: z.string(),
        proposal: encryptedColumn.optional(),
        provable: encryptedColumn.optional(),
      }),
    )
    .optional(),
});
export type Finding = z.infer<typeof finding>;

/** What the role may not see is absent. */
const connectedSession = z.strictObject({
  pid: z.number().int(),
  application: z.string(),
  user: z.string().optional(),
  host: z.string().optional(),
  since: time.optional(),
});

/** `table` or `table.column`, optionally with the schema in front. */
const excluded = z.array(z.string().min(1).max(200)).max(500);
const accepted = z.array(z.string().min(1).max(40)).max(20);
/**
 * Places outside the inventory, or that cannot be read, which are left unchanged: by the names that findings
 * give them.
 */
const left = z.array(z.string().min(1).max(400)).max(2000);

/** From the active key to the pending one. */
const rotationRequest = z.strictObject({
  ...environment,
  excluded,
  accepted,
  left: left.optional(),
  /** Other places with values of the old key are searched for in samples only. */
  sampled: z.boolean().optional(),
});

const rotatedColumn = z.strictObject({
  entry: encryptedColumn,
  /** Values encrypted with the new key. */
  rewritten: z.number().int(),
  /** Values left unchanged byte for byte, for any reason. */
  left: z.number().int(),
  excluded: z.number().int(),
  already: z.number().int(),
  bits: z.number(),
});

/** Staging tables that the server refused to drop, and its reason. They contain only ciphertexts. */
const undropped = z.strictObject({ tables: z.array(z.string()), reason: z.string() });

/**
 * Where the time of a run went, in milliseconds; together `totalMs`. From `waitMs` on, other writers wait: the server
 * queues them behind a lock that is waited for, too.
 */
const runPhases = z.strictObject({
  /** Reading, re-encrypting and staging; nothing is locked. */
  prepareMs: z.number(),
  /** Until the server gave the lock. */
  waitMs: z.number(),
  writeMs: z.number(),
  /** Rows that changed in the meantime, and what of the comparison was not finished beside the writing. */
  compareMs: z.number(),
  /** COMMIT, or ROLLBACK of a rehearsal. */
  commitMs: z.number(),
});
export type RunPhases = z.infer<typeof runPhases>;

export const rotationResult = z.strictObject({
  id: z.uuid(),
  from: fingerprint,
  to: fingerprint,
  rehearsal: z.boolean(),
  rows: z.number().int(),
  excluded: z.number().int(),
  already: z.number().int(),
  ambiguous: z.number().int(),
  /** How long the lock was held: writers waited, or would wait. */
  lockMs: z.number(),
  totalMs: z.number(),
  /** Absent if an earlier Keel did not record them. */
  phases: runPhases.optional(),
  columns: z.array(rotatedColumn),
  undropped: undropped.optional(),
  /** Other places with values of the old key were searched for in samples only. */
  sampled: z.boolean().optional(),
  /** Absent for a rehearsal, and if an earlier Keel did not record it. */
  beyondReach: beyondReach.optional(),
  at: time,
});
export type RotationResult = z.infer<typeof rotationResult>;

/** The last committed rotation, or its undo. */
export const committedRotation = z.strictObject({
  id: z.uuid(),
  at: time,
  purpose: z.enum(['rotate', 'undo']),
  from: fingerprint,
  to: fingerprint,
  handedOff: z.boolean(),
  /** A sweep found nothing encrypted with the old key. */
  confirmed: z.boolean(),
  /** Its counts; a crash may have lost them. */
  result: rotationResult.optional(),
});
export type CommittedRotation = z.infer<typeof committedRotation>;

/** The current state of the wizard; each step is guarded in the main process too. */
export const rotationState = z.strictObject({
  from: fingerprint.optional(),
  to: fingerprint.optional(),
  /** The new key was restored from an artefact. */
  backupProven: z.boolean(),
  /** With the same keys, columns, exclusions, `accepted` and `left`, since the app was started. */
  preflight: z
    .strictObject({ at: time, findings: z.array(finding), accepted, left, sampled: z.boolean() })
    .optional(),
  rehearsal: rotationResult.optional(),
  last: committedRotation.optional(),
  /** A rotation whose outcome is not settled: recover first. */
  unsettled: z.strictObject({ id: z.uuid(), at: time }).optional(),
  canUndo: z.boolean(),
});
export type RotationState = z.infer<typeof rotationState>;

/** The outcome of a run that did not finish. */
export const recoveredRun = z.strictObject({
  id: z.uuid(),
  purpose: z.enum(['rotate', 'undo', 'sweep']),
  outcome: z.enum(['committed', 'rolled-back', 'untold']),
  /** The key that the database is encrypted with now. */
  rightKey: fingerprint,
});
export type RecoveredRun = z.infer<typeof recoveredRun>;

/** Which key Ballast should read, and from where. */
export const rotationProcedures = {
  'inventory.read': quick(
    z.strictObject(environment),
    z.strictObject({ columns: z.array(encryptedColumn), excluded }),
  ),
  'inventory.write': quick(
    z.strictObject({ ...environment, columns: z.array(sentColumn).max(2000), excluded }),
    nothing,
  ),
  /** With the given key or, without one, by looks alone. Read-only. */
  'inventory.discover': long(
    z.strictObject({ ...environment, fingerprint: fingerprint.optional() }),
    discovery,
  ),
  /** Decrypts every value. A proven key becomes the active one if there is none yet. */
  'proof.run': long(
    z.strictObject({ ...environment, fingerprint }),
    proof.extend({
      fingerprint,
      /** The active key, which the admin kept although the key that was proven decrypts every row. */
      stillActive: fingerprint.optional(),
    }),
  ),
  'rotation.state': quick(z.strictObject(environment), rotationState),
  /**
   * Searches the decrypted values of an inventory entry for a value that the admin knows, and records what
   * that proves about its IV. Read-only in the database.
   */
  'rotation.proveIv': quick(
    z.strictObject({ ...environment, entry: sentColumn, value: z.string().min(1).max(65_536) }),
    z.strictObject({ outcome: z.enum(['whole', 'beginning-lost', 'not-found']) }),
  ),
  /** Who else is connected now, longest first; only some of them if there are many. Connects. */
  'rotation.sessions': quick(
    z.strictObject(environment),
    z.strictObject({ total: z.number().int(), sessions: z.array(connectedSession) }),
  ),
  'rotation.preflight': long(rotationRequest, z.strictObject({ findings: z.array(finding) })),
  'rotation.rehearse': long(rotationRequest, rotationResult),
  /** Throws unless the backup is proven and the same was rehearsed. */
  'rotation.rotate': long(rotationRequest, rotationResult),
  /** Back to the previous key. Throws unless the same was rehearsed, or only rehearses it. */
  'rotation.undo': long(z.strictObject({ ...environment, accepted, rehearse: z.boolean() }), rotationResult),
  /**
   * Searches for values written with the old key since, and for any other value encrypted with it. Read-only.
   */
  'rotation.sweep': long(
    z.strictObject(environment),
    z.strictObject({ stragglers: z.number().int(), ambiguous: z.number().int(), census, beyondReach }),
  ),
  /** Re-encrypts the stragglers with the new key. */
  'rotation.sweepRewrite': long(z.strictObject({ ...environment, accepted }), rotationResult),
  /** Settles what a crash left behind. */
  'rotation.recover': long(
    z.strictObject(environment),
    z.strictObject({
      outcomes: z.array(recoveredRun),
      dropped: z.number().int(),
      undropped: undropped.optional(),
      activeKey: fingerprint.optional(),
      verdict: z.string().optional(),
      /**
       * Whether the database is encrypted with the active key, by a sample; absent if that could not be
       * determined.
       */
      agrees: z.boolean().optional(),
      /** The key that the database is encrypted with, if it is not the active one. */
      under: fingerprint.optional(),
      /** The key that was active until the database turned out to be older than its rotation. */
      correctedFrom: fingerprint.optional(),
      /** What could not be settled, cleaned up or tried, and what to do. */
      problem: z.string().optional(),
    }),
  ),
} as const;
