import { z } from 'zod';
import { beyondReach } from './beyond-reach.ts';
import { census } from './census.ts';
import { encryptedColumn } from './inventory.ts';
import { long, nothing, quick } from './procedure.ts';
import { environmentId, fingerprint, proof, time } from './shapes.ts';

const environment = { environment: environmentId };

const discoveredColumn = z.strictObject({ entry: encryptedColumn, why: z.string() });

export const discovery = z.strictObject({
  /** The key that was tried; absent where columns were judged by their looks alone. */
  fingerprint: fingerprint.optional(),
  proposed: z.array(discoveredColumn),
  /** Under the key, in a form that is not known for certain. */
  unresolved: z.array(discoveredColumn),
  /** Columns that look encrypted and that the key does not open. */
  unopened: z.array(discoveredColumn),
  /** Tables that could not be looked at, with the reason. */
  skipped: z.array(z.string()),
});
export type Discovery = z.infer<typeof discovery>;

export const finding = z.strictObject({
  code: z.string(),
  level: z.enum(['pass', 'warn', 'stop']),
  message: z.string(),
  remedy: z.string().optional(),
  /** A stop that the admin may knowingly take on, by its code. */
  acceptable: z.boolean(),
  /** `table.column` that may be excluded by name instead. */
  column: z.string().optional(),
  /** Who else is connected, like `3 × ballast-api`, where it is about that. */
  sessions: z.array(z.string()).optional(),
  /**
   * The places it is about, each with the entry that would take it into the inventory, where its form is known, or with the one whose
   * IV a known value can prove.
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

/** What the role may not see of it is absent. */
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
/** Places outside the inventory, or that cannot be read, which stay as they are: by the names that findings give them. */
const left = z.array(z.string().min(1).max(400)).max(2000);

/** From the active key to the pending one. */
const rotationRequest = z.strictObject({
  ...environment,
  excluded,
  accepted,
  left: left.optional(),
  /** Other places under the old key are looked for in samples only. */
  sampled: z.boolean().optional(),
});

const rotatedColumn = z.strictObject({
  entry: encryptedColumn,
  /** Values under the new key. */
  rewritten: z.number().int(),
  /** Values left byte for byte, for whatever reason. */
  left: z.number().int(),
  excluded: z.number().int(),
  already: z.number().int(),
  bits: z.number(),
});

/** Staging tables that the server refused to drop, and its reason. They hold ciphertexts only. */
const undropped = z.strictObject({ tables: z.array(z.string()), reason: z.string() });

export const rotationResult = z.strictObject({
  id: z.uuid(),
  from: fingerprint,
  to: fingerprint,
  rehearsal: z.boolean(),
  rows: z.number().int(),
  excluded: z.number().int(),
  already: z.number().int(),
  ambiguous: z.number().int(),
  /** How long writers waited, or would wait. */
  lockMs: z.number(),
  totalMs: z.number(),
  columns: z.array(rotatedColumn),
  undropped: undropped.optional(),
  /** Other places under the old key were looked for in samples only. */
  sampled: z.boolean().optional(),
  /** Absent for a rehearsal, and where an earlier Keel did not say. */
  beyondReach: beyondReach.optional(),
  at: time,
});
export type RotationResult = z.infer<typeof rotationResult>;

/** The last rotation that was committed, or the undo of one. */
export const committedRotation = z.strictObject({
  id: z.uuid(),
  at: time,
  purpose: z.enum(['rotate', 'undo']),
  from: fingerprint,
  to: fingerprint,
  handedOff: z.boolean(),
  /** A sweep found nothing under the old key. */
  confirmed: z.boolean(),
  /** Its counts; a crash may have taken them. */
  result: rotationResult.optional(),
});
export type CommittedRotation = z.infer<typeof committedRotation>;

/** Where the wizard stands; each step is guarded in the main process too. */
export const rotationState = z.strictObject({
  from: fingerprint.optional(),
  to: fingerprint.optional(),
  /** The new key was restored from an artefact. */
  backupProven: z.boolean(),
  /** With the same keys, columns and exclusions, and what `accepted` and `left` name, since the app was started. */
  preflight: z
    .strictObject({ at: time, findings: z.array(finding), accepted, left, sampled: z.boolean() })
    .optional(),
  rehearsal: rotationResult.optional(),
  last: committedRotation.optional(),
  /** One whose outcome is not settled: recover first. */
  unsettled: z.strictObject({ id: z.uuid(), at: time }).optional(),
  canUndo: z.boolean(),
});
export type RotationState = z.infer<typeof rotationState>;

/** What became of a run that did not come to its end. */
export const recoveredRun = z.strictObject({
  id: z.uuid(),
  purpose: z.enum(['rotate', 'undo', 'sweep']),
  outcome: z.enum(['committed', 'rolled-back', 'untold']),
  /** The key that the database is under now. */
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
    z.strictObject({ ...environment, columns: z.array(encryptedColumn).max(2000), excluded }),
    nothing,
  ),
  /** With the given key or, without one, by looks alone. Only reads. */
  'inventory.discover': long(
    z.strictObject({ ...environment, fingerprint: fingerprint.optional() }),
    discovery,
  ),
  /** Opens every value. A key that is proven, where none is active yet, becomes the active one. */
  'proof.run': long(z.strictObject({ ...environment, fingerprint }), proof.extend({ fingerprint })),
  'rotation.state': quick(z.strictObject(environment), rotationState),
  /**
   * Looks for a value that the admin knows among the decrypted ones of an entry of the inventory, and remembers what that shows of
   * its IV. Only reads, in the database.
   */
  'rotation.proveIv': quick(
    z.strictObject({ ...environment, entry: encryptedColumn, value: z.string().min(1).max(65_536) }),
    z.strictObject({ outcome: z.enum(['whole', 'beginning-lost', 'not-found']) }),
  ),
  /** Who else is connected now, the longest connected first; some of them where there are many. Connects. */
  'rotation.sessions': quick(
    z.strictObject(environment),
    z.strictObject({ total: z.number().int(), sessions: z.array(connectedSession) }),
  ),
  'rotation.preflight': long(rotationRequest, z.strictObject({ findings: z.array(finding) })),
  'rotation.rehearse': long(rotationRequest, rotationResult),
  /** Throws unless the backup is proven and the same was rehearsed. */
  'rotation.rotate': long(rotationRequest, rotationResult),
  /** Back to the key before. Throws unless the same was rehearsed, or only rehearses it. */
  'rotation.undo': long(z.strictObject({ ...environment, accepted, rehearse: z.boolean() }), rotationResult),
  /** Looks for values written under the old key since, and for any other value under it. Only reads. */
  'rotation.sweep': long(
    z.strictObject(environment),
    z.strictObject({ stragglers: z.number().int(), ambiguous: z.number().int(), census, beyondReach }),
  ),
  /** Re-encrypts the stragglers under the new key. */
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
      /** Whether the database is under the active key, by a sample; absent where that could not be found out. */
      agrees: z.boolean().optional(),
      /** The key that the database is under, where it is not the active one. */
      under: fingerprint.optional(),
      /** The key that was the active one until the database turned out to be older than its rotation. */
      correctedFrom: fingerprint.optional(),
      /** What could not be settled, cleared or tried, and what to do. */
      problem: z.string().optional(),
    }),
  ),
} as const;
