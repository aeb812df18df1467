import { z } from 'zod';
import { dumpStatement, keyPlace, keyState } from './key-record.ts';
import { long, nothing, quick } from './procedure.ts';
import { environmentId, fingerprint, time } from './shapes.ts';

/** Dumps that open with a key, by the time at which they were begun. */
export const dumpPeriod = z.strictObject({
  /** Absent: nobody knows since when. */
  from: time.optional(),
  /** Absent: to this day. */
  to: time.optional(),
});
export type DumpPeriod = z.infer<typeof dumpPeriod>;

/** What a rotation or a database may still need a key for. */
export const keepReason = z.strictObject({
  code: z.string(),
  /** What accepts it: its code, with the database or place that it is about. */
  accept: z.string(),
  message: z.string(),
  remedy: z.string(),
  /** The admin may knowingly destroy the key in spite of it. */
  acceptable: z.boolean(),
});
export type KeepReason = z.infer<typeof keepReason>;

/** What the key ring remembers of a key beside its state. */
export const keyMemory = z.strictObject({
  fingerprint,
  state: keyState,
  opens: z.array(dumpPeriod),
  /** Dumps begun before may need it; absent for one that was made here and never used. */
  neededUntil: time.optional(),
  /** By what was stated, no dump needs it. */
  released: z.boolean(),
  /** It was adopted and has never been in use here, while another key is. */
  neverUsed: z.boolean(),
  reasons: z.array(keepReason),
  place: z.enum([...keyPlace.options, 'own-file']),
  /** The admin's own file that holds it. */
  ownFile: z.string().optional(),
  /** Destroying it was begun and broken off. */
  destroyingSince: time.optional(),
  destroyedAt: time.optional(),
  /** Where copies of it may lie that Keel does not remove. */
  left: z.array(z.string()),
});
export type KeyMemory = z.infer<typeof keyMemory>;

export const keyRingMemory = z.strictObject({ dumps: dumpStatement.optional(), keys: z.array(keyMemory) });
export type KeyRingMemory = z.infer<typeof keyRingMemory>;

const environment = { environment: environmentId };

/** Reasons against, by `accept`. The question names each, so more than this are not asked about either. */
const accepted = z.array(z.string().max(1000)).max(2000);

export const keyRingProcedures = {
  'keyring.memory': quick(z.strictObject(environment), keyRingMemory),
  /**
   * Without a time, what was stated is withdrawn. `accepted` names reasons to keep a key that it would release. Throws `key-needed`
   * where a database has had no census.
   */
  'keyring.stateDumps': quick(
    z.strictObject({ ...environment, noneBefore: time.optional(), accepted: accepted.optional() }),
    nothing,
  ),
  /**
   * Takes a census of every database on the environment's server that its keys may be in, under every key of the ring, which is what
   * destroying one asks for. Only reads.
   */
  'keyring.search': long(
    z.strictObject(environment),
    z.strictObject({
      databases: z.number().int(),
      /** Read throughout, with nothing encrypted with a key beside the inventory. */
      complete: z.number().int(),
      failed: z.array(z.strictObject({ name: z.string(), message: z.string(), remedy: z.string() })),
    }),
  ),
  /**
   * Removes the secret of a key for good; `accepted` names the reasons that are taken on. Throws `key-needed`, and what the store
   * throws.
   */
  'keyring.destroy': quick(
    z.strictObject({
      ...environment,
      fingerprint,
      accepted,
    }),
    z.strictObject({ destroyedAt: time, left: z.array(z.string()) }),
  ),
} as const;
