import { z } from 'zod';
import { beyondReach } from './beyond-reach.ts';
import { long, nothing, quick } from './procedure.ts';
import { environmentId, fingerprint, time, verdict } from './shapes.ts';

/** One job over many databases of the server of an environment, which share its key ring. */

/** No more databases than one list may have. */
const maxFleetDatabases = 10_000;

/** As the environment's own server calls it; `host:port/name` of one on another server. */
const databaseName = z.string().min(1).max(400);
const databases = z.array(databaseName).min(1).max(maxFleetDatabases);

const fleetDatabase = z.strictObject({
  name: databaseName,
  state: z.enum(['waiting', 'done', 'failed']),
  at: time.optional(),
  rows: z.number().int().optional(),
  /** Why it failed. */
  code: z.string().optional(),
  message: z.string().optional(),
  remedy: z.string().optional(),
});

export const fleetRun = z.strictObject({
  from: fingerprint,
  to: fingerprint,
  rehearsal: z.boolean(),
  startedAt: time,
  /** All databases of it went over. */
  finishedAt: time.optional(),
  databases: z.array(fleetDatabase),
  /** It takes databases back to the key that the rotation before came from. */
  undo: z.boolean().optional(),
  /** Left out by the admin, with the key that they may be under. */
  givenUp: z.array(z.strictObject({ name: databaseName, at: time, key: fingerprint })).optional(),
  /** The same in each database that went over. */
  beyondReach: beyondReach.optional(),
});
export type FleetRun = z.infer<typeof fleetRun>;

/** What became of each database that is on record here. */
const fleetOutcomes = z.strictObject({ databases: z.array(fleetDatabase) });
export type FleetOutcomes = z.infer<typeof fleetOutcomes>;

export const fleetState = z.strictObject({
  /** The keys of the next run: those of an unfinished one, or the active and the pending one. */
  from: fingerprint.optional(),
  to: fingerprint.optional(),
  /** The new key was restored from an artefact. */
  backupProven: z.boolean(),
  /** Databases that were rehearsed with these keys, columns and exclusions since the app was started. */
  rehearsed: z.array(databaseName),
  /** The last rotation of the fleet. */
  record: fleetRun.optional(),
});
export type FleetState = z.infer<typeof fleetState>;

export const fleetProof = z.strictObject({
  name: databaseName,
  /** Absent where it could not be examined. */
  verdict: verdict.optional(),
  opened: z.number().int().optional(),
  values: z.number().int().optional(),
  /** Values under the key within what those decrypt to. */
  nested: z.number().int().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  remedy: z.string().optional(),
});
export type FleetProof = z.infer<typeof fleetProof>;

const environment = { environment: environmentId };

export const fleetProcedures = {
  'fleet.state': quick(z.strictObject(environment), fleetState),
  /** Databases of the environment's own server whose name is like the pattern: `%` stands for anything, `_` for one character. */
  'fleet.list': quick(
    z.strictObject({ ...environment, like: z.string().min(1).max(200) }),
    z.strictObject({ databases: z.array(databaseName) }),
  ),
  /** Opens every value of each database with the active key. Only reads. */
  'fleet.prove': long(
    z.strictObject({ ...environment, databases }),
    z.strictObject({ fingerprint, databases: z.array(fleetProof) }),
  ),
  /**
   * Takes each database to the new key in its own transaction, or does everything and rolls back. One that fails stops no other.
   * Throws unless the backup is proven and the same databases were rehearsed.
   */
  'fleet.rotate': long(
    z.strictObject({
      ...environment,
      databases,
      accepted: z.array(z.string().min(1).max(40)).max(20),
      rehearse: z.boolean(),
    }),
    fleetRun,
  ),
  /**
   * Takes every database that the last rotation took over back to the key that it came from. Answers the record, with those of an undo
   * before that failed. Throws `nothing-to-undo`, `already-undone`.
   */
  'fleet.undo': long(
    z.strictObject({ ...environment, accepted: z.array(z.string().min(1).max(40)).max(20) }),
    fleetRun,
  ),
  /** Looks in each database on record for values encrypted with the key that its last rotation came from. Only reads the databases. */
  'fleet.sweep': long(z.strictObject(environment), fleetOutcomes),
  /** Finds out what became of rotations of databases on record that did not come to their end. */
  'fleet.recover': long(z.strictObject(environment), fleetOutcomes),
  /**
   * Lets the unfinished rotation end without these databases, or takes them into it again. They stay on record, and the key that they may
   * be under is kept.
   */
  'fleet.giveUp': quick(z.strictObject({ ...environment, databases, withdraw: z.boolean() }), nothing),
} as const;
