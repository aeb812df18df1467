import { z } from 'zod';
import { encryptedColumn } from '#contract/inventory';

/*
 * A credential archive is an age file that holds JSON, a line each: a header, one entry for every credential, and a trailer
 * that counts them. `age --decrypt` gives these lines to whoever has to read them without Keel.
 */

const archiveName = 'keel credential archive';

const archivedTable = z.strictObject({
  schema: z.string(),
  table: z.string(),
  /** Names of the columns that tell one row from another; none where the table has no key. */
  key: z.array(z.string()),
  /** Rows that hold anything in these columns. */
  rows: z.number().int(),
  columns: z.array(encryptedColumn),
});
export type ArchivedTable = z.infer<typeof archivedTable>;

export const archiveHeader = z.strictObject({
  archive: z.literal(archiveName),
  version: z.literal(1),
  environment: z.string(),
  /** Like `db.example.org:5432/ballast`. */
  database: z.string(),
  /** Of the key that the credentials were under. */
  fingerprint: z.string(),
  createdAt: z.iso.datetime(),
  tables: z.array(archivedTable),
});
export type ArchiveHeader = z.infer<typeof archiveHeader>;

/** One credential in clear, as text or, where it is none, as base64. */
export const archiveEntry = z.strictObject({
  schema: z.string(),
  table: z.string(),
  column: z.string(),
  path: z.string().optional(),
  /** Where a path with `*` led to. */
  leaf: z.string().max(65_535).optional(),
  key: z.record(z.string(), z.string()),
  text: z.string().optional(),
  base64: z.base64().optional(),
});
export type ArchiveEntry = z.infer<typeof archiveEntry>;

export const archiveTrailer = z.strictObject({
  end: z.literal(archiveName),
  rows: z.number().int(),
  values: z.number().int(),
  /** Values that the key did not open: they are not in the archive. */
  unopened: z.number().int(),
});
export type ArchiveTrailer = z.infer<typeof archiveTrailer>;

/** The header's and trailer's mark. */
export const archiveMark = archiveName;
