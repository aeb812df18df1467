import { z } from 'zod';
import { givenArtefact } from './backup.ts';
import { connection } from './environments.ts';
import { keyState } from './key-record.ts';
import { long, nothing, quick } from './procedure.ts';
import { environmentId, failure, fingerprint, time, verdict } from './shapes.ts';

/** Which key opens what: the keys of a ring and of artefacts down, databases across. */

/** Of a row or column that was added; means something in this session only. */
const addedId = z.uuid();
/** Of a row: an added one, or the fingerprint of a key of the ring. */
const keyId = z.union([addedId, fingerprint]);
/** Of a column: an added one, or an environment. */
const databaseId = z.union([addedId, environmentId]);

export const matrixKey = z.strictObject({
  id: keyId,
  fingerprint,
  /** What it was restored from; absent for a key of the ring. */
  from: z.string().optional(),
  state: keyState.optional(),
});
export type MatrixKey = z.infer<typeof matrixKey>;

export const matrixDatabase = z.strictObject({
  id: databaseId,
  /** The environment's name, or `database on host`. */
  label: z.string(),
  /** Connected for this only. */
  adHoc: z.boolean(),
});
export type MatrixDatabase = z.infer<typeof matrixDatabase>;

export const matrixResult = z.union([
  z.strictObject({
    verdict,
    opened: z.number().int(),
    values: z.number().int(),
    bits: z.number(),
    /** Values under this key within what any of the keys opens. */
    nested: z.number().int(),
  }),
  /** Why nothing could be said. */
  z.strictObject({ failure }),
]);
export type MatrixResult = z.infer<typeof matrixResult>;

export const matrixCell = z.strictObject({
  key: keyId,
  database: databaseId,
  at: time,
  result: matrixResult,
});
export type MatrixCell = z.infer<typeof matrixCell>;

const environment = { environment: environmentId };

export const matrixProcedures = {
  'matrix.state': quick(
    z.strictObject(environment),
    z.strictObject({
      keys: z.array(matrixKey),
      databases: z.array(matrixDatabase),
      cells: z.array(matrixCell),
    }),
  ),
  /** Restores a key from an artefact and keeps it in memory as a row, until it is taken away or the app locks. */
  'matrix.addArtefact': long(
    z.strictObject({ ...environment, from: givenArtefact }),
    z.strictObject({ id: addedId, fingerprint }),
  ),
  /** Connects to a database, like one with a restored dump, and keeps how as a column, until the app locks. */
  'matrix.addDatabase': quick(
    z.strictObject({ ...environment, connection }),
    z.strictObject({ id: addedId }),
  ),
  /** Takes away an artefact's row or an ad-hoc column. */
  'matrix.takeAway': quick(z.strictObject({ ...environment, id: addedId }), nothing),
  /** Proves each of the keys on each of the databases; cells are there as they are done. Only reads. */
  'matrix.run': long(
    z.strictObject({
      ...environment,
      keys: z.array(keyId).min(1).max(100),
      databases: z.array(databaseId).min(1).max(100),
    }),
    z.strictObject({ cells: z.number().int() }),
  ),
} as const;
