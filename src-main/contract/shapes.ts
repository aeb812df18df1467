import { z } from 'zod';
import { encryptedColumn } from './inventory.ts';

/** Shapes that several capabilities share. Limits keep a hostile caller from filling memory. */

/** The folder name of an environment; also its id. Neither begins nor ends with a dot. */
export const environmentId = z.string().regex(/^[a-z0-9_%-](?:[a-z0-9._%-]{0,253}[a-z0-9_%-])?$/);

export const fingerprint = z.string().regex(/^[0-9a-f]{4}(?:-[0-9a-f]{4}){3}$/);

/** A file, as the native dialog named it. */
export const filePath = z.string().min(1).max(4096);

/** A passphrase, password or key as it was typed. */
export const typedSecret = z.string().min(1).max(1024);

/** Fractions of a second may be long, as far as the format goes. */
export const time = z.iso.datetime().max(40);

/** A failure as data; neither text ever holds a secret. */
export const failure = z.strictObject({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  /** The codes of the stops behind it, where a preflight or a review stopped. */
  stops: z.array(z.string()).optional(),
  /** Of a bug: finds the stack in the log. */
  details: z.strictObject({ id: z.string() }).optional(),
});
export type Failure = z.infer<typeof failure>;

export const verdict = z.enum(['correct', 'wrong', 'mixed', 'inconclusive']);
export type Verdict = z.infer<typeof verdict>;

/** What a key opens of one encrypted column. Counts are values. */
export const columnProof = z.strictObject({
  entry: encryptedColumn,
  verdict: z.enum([...verdict.options, 'empty']),
  rows: z.number().int(),
  proven: z.number().int(),
  contradicted: z.number().int(),
  inconclusive: z.number().int(),
  unrecognised: z.number().int(),
  /** Of the values that open, those that are too short to tell whether that is luck. */
  tooShort: z.number().int().optional(),
  bits: z.number(),
  /** A likely layout error, where the values count against the key. */
  hint: z.string().optional(),
});
export type ColumnProof = z.infer<typeof columnProof>;

/** Values under a key within what the values of an entry decrypt to. */
const nestedValues = z.strictObject({
  entry: encryptedColumn,
  key: fingerprint,
  values: z.number().int(),
  /** How many values have to be decrypted before the deepest of them is seen. */
  depth: z.number().int(),
  certain: z.boolean(),
});

export const proof = z.strictObject({
  verdict,
  bits: z.number(),
  columns: z.array(columnProof),
  /** What was found within the values that open. Absent where nobody looked there. */
  within: z
    .strictObject({
      nested: z.array(nestedValues),
      /** Values that hold more than was looked through. */
      cut: z.number().int(),
      /** Absent where all values were looked within. */
      sample: z.strictObject({ looked: z.number().int(), values: z.number().int() }).optional(),
    })
    .optional(),
});
export type Proof = z.infer<typeof proof>;
