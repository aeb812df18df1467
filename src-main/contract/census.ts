import { z } from 'zod';
import { encryptedColumn } from './inventory.ts';
import { long } from './procedure.ts';
import { environmentId, fingerprint, time } from './shapes.ts';

/** Values under one key at one place. */
const censusPlace = z.strictObject({
  schema: z.string(),
  table: z.string(),
  column: z.string(),
  path: z.string().optional(),
  form: z.string().optional(),
  key: fingerprint,
  values: z.number().int(),
  inInventory: z.boolean(),
  /** Of values within what the values there decrypt to. */
  nested: z.strictObject({ depth: z.number().int(), outerListed: z.boolean() }).optional(),
  /** An entry reads these values, and would lose their first 16 bytes. */
  isMisread: z.literal(true).optional(),
  /** The server computes this column from its row. */
  isComputed: z.literal(true).optional(),
  /** The evidence is too little to tell. */
  isPossible: z.literal(true).optional(),
  rows: z.array(z.string()),
  certain: z.boolean(),
  bits: z.number(),
  /** How to take it into the inventory. */
  proposal: encryptedColumn.optional(),
  /** Further entries, where its values are in several forms. */
  otherForms: z.array(encryptedColumn).optional(),
});

/** What was examined, what was found, and what was not read. */
export const census = z.strictObject({
  keys: z.array(fingerprint),
  /** Keys whose values were decrypted to look for others within them. */
  opened: z.array(fingerprint),
  places: z.array(censusPlace),
  /** Where values may be encrypted with a key, and may be none: one or a few short ones. */
  possible: z.array(censusPlace).optional(),
  unread: z.array(
    z.strictObject({
      schema: z.string().optional(),
      table: z.string().optional(),
      column: z.string().optional(),
      reason: z.string(),
    }),
  ),
  /** What looks encrypted in a sample of each table, and is under none of these keys as far as was tried. Absent where nobody looked. */
  undecided: z
    .strictObject({
      places: z.array(
        z.strictObject({
          schema: z.string(),
          table: z.string(),
          column: z.string(),
          path: z.string().optional(),
          sampled: z.number().int(),
          why: z.string(),
        }),
      ),
      skipped: z.array(z.string()),
    })
    .optional(),
  tables: z.number().int(),
  cells: z.number().int(),
  bytes: z.number().int(),
  /** What no census can see, in words. */
  scope: z.string(),
  /** A row that was written after it began may have been missed. */
  beganAt: time,
  endedAt: time,
});
export type CensusReport = z.infer<typeof census>;

export const censusProcedures = {
  /** Reads every cell of the database for values encrypted with any key of the ring. Only reads. */
  'census.take': long(z.strictObject({ environment: environmentId }), census),
} as const;
