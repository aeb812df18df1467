import { z } from 'zod';
import { encryptedColumn, secretKinds } from './inventory.ts';
import { long, nothing, quick } from './procedure.ts';
import { environmentId, filePath, fingerprint, time, typedSecret } from './shapes.ts';
import { finding } from './rotation.ts';

const environment = { environment: environmentId };

/** Where a credential stands. */
const address = {
  schema: z.string().min(1).max(63),
  table: z.string().min(1).max(63),
  column: z.string().min(1).max(63),
  path: z.string().max(4096).optional(),
  /** Where a path with `*` led to. */
  leaf: z.string().max(65_535).optional(),
  /** The row's key by column, as text. */
  key: z.record(z.string().max(63), z.string().max(65_535)),
};
export const credentialAddress = z.strictObject(address);
export type CredentialAddress = z.infer<typeof credentialAddress>;

/** `opens` under the active key; `unopened` is noise under it, `foreign` not in its column's form. */
const state = z.enum(['opens', 'unopened', 'foreign']);

/** A credential by name, never its plaintext. */
export const listedCredential = z.strictObject({
  ...address,
  /** The key for people: `id=42`. */
  row: z.string(),
  kind: z.enum(secretKinds),
  /** Which source it belongs to, and what people call it, where the database tells. */
  shortName: z.string().optional(),
  name: z.string().optional(),
  state,
});
export type ListedCredential = z.infer<typeof listedCredential>;

/** How a secret is made up: names of its fields, and nothing of what they say. */
const inspectedCredential = z.strictObject({
  state,
  /** Names the ciphertext: revealing and replacing want it back. */
  version: z.string(),
  form: z.enum(['text', 'binary', 'fields']).optional(),
  fields: z.array(z.string()).optional(),
});

const oneValue = {
  ...environment,
  address: credentialAddress,
  version: z.string().max(64),
  /** Of a JSON object: the place of one field. */
  field: z.number().int().min(0).max(1000).optional(),
};

const archive = { ...environment, path: filePath, passphrase: typedSecret };

const archiveHead = z.strictObject({
  environment: z.string(),
  database: z.string(),
  fingerprint: z.string(),
  createdAt: time,
});

export const archiveSummary = z.strictObject({
  archive: archiveHead,
  values: z.number().int(),
  rows: z.number().int(),
  /** Values that opened under another key: not in the archive. */
  unopened: z.number().int(),
  columns: z.array(
    z.strictObject({ entry: encryptedColumn, credentials: z.number().int(), hasKey: z.boolean() }),
  ),
});
export type ArchiveSummary = z.infer<typeof archiveSummary>;

const comparedColumn = z.strictObject({
  entry: encryptedColumn,
  equal: z.number().int(),
  differs: z.number().int(),
  unopened: z.number().int(),
  foreign: z.number().int(),
  valueMissing: z.number().int(),
  rowMissing: z.number().int(),
  added: z.number().int(),
  left: z.number().int(),
});

/**
 * `unopened` does not decrypt with the key, `foreign` is not in its column's form; `valueMissing` has a row without a value,
 * `rowMissing` no row.
 */
const differing = z.enum(['differs', 'unopened', 'foreign', 'valueMissing', 'rowMissing', 'added']);

/**
 * Why an archived credential cannot be written into a row that is there. `foreign-key`: one holds its column; `no-document`: its
 * cell holds no document; `no-place`: nor does its document hold what it was in, or not once only, or it was in no document but in
 * an array, an hstore or a row value; `array-changed`: the elements of its array are not the archived ones, so that its index names
 * another; `several-forms`: the column's values do not say how to write it; `no-iv`: the IV that it would be encrypted under stands
 * apart from it, and is missing; `iv-apart`: that IV is in another column, or that of other values too, and a new secret under the
 * same key needs a new one.
 */
const obstacle = z.enum([
  'foreign-key',
  'no-document',
  'no-place',
  'array-changed',
  'several-forms',
  'no-iv',
  'iv-apart',
]);
export type Obstacle = z.infer<typeof obstacle>;

const comparison = {
  archive: archiveHead,
  columns: z.array(comparedColumn),
  /** The first few of each column, kind and obstacle. */
  differences: z.array(
    z.strictObject({
      entry: encryptedColumn,
      row: z.string(),
      /** Where a path with `*` led to, for people. */
      leaf: z.string().optional(),
      comparison: differing,
      obstacle: obstacle.optional(),
    }),
  ),
  /** All that cannot be written back, counted. */
  obstacles: z.array(
    z.strictObject({ entry: encryptedColumn, comparison: differing, obstacle, values: z.number().int() }),
  ),
  /** All credentials that are not the same here and there. */
  differing: z.number().int(),
};

/** An archive beside the database: every credential is equal, differs, or stands on one side only. */
export const archiveComparison = z.strictObject({ ...comparison, unkeyed: z.number().int() });
export type ArchiveComparison = z.infer<typeof archiveComparison>;

export const archiveImport = z.strictObject({
  ...comparison,
  findings: z.array(finding),
  rehearsal: z.boolean(),
  /** Credentials written, and the rows that they stand in. */
  values: z.number().int(),
  rows: z.number().int(),
  /** Credentials that are different all the same. */
  remaining: z.number().int(),
  lockMs: z.number(),
  totalMs: z.number(),
});
export type ArchiveImport = z.infer<typeof archiveImport>;

const filter = {
  search: z.string().max(200).optional(),
  kind: z.enum(secretKinds).optional(),
  opens: z.boolean().optional(),
};

export const credentialProcedures = {
  /** A page, in the order of the inventory and then of the rows' keys. Only its rows are opened. */
  'credentials.list': quick(
    z.strictObject({
      ...environment,
      after: z.string().max(200_000).optional(),
      limit: z.number().int().min(1).max(200),
      ...filter,
    }),
    z.strictObject({ credentials: z.array(listedCredential), next: z.string().optional() }),
  ),
  /** How many the whole list has; where that takes longer than somebody waits, how many there are at least. */
  'credentials.count': quick(
    z.strictObject({ ...environment, ...filter }),
    z.strictObject({ credentials: z.number().int(), complete: z.boolean() }),
  ),
  'credentials.inspect': quick(
    z.strictObject({ ...environment, address: credentialAddress }),
    inspectedCredential,
  ),
  /** Only while a mouse button or key is held down. Throws `gesture-missing`. */
  'credentials.reveal': quick(z.strictObject(oneValue), z.strictObject({ text: z.string() })),
  /** Another secret in its place, in the same form and under the same key. Throws `value-changed`. */
  'credentials.replace': quick(
    z.strictObject({ ...oneValue, value: z.string().min(1).max(65_536) }),
    nothing,
  ),
  /** Every credential that the active key opens, sealed in a new file. The database is only read. */
  'credentials.export': long(
    z.strictObject({ ...archive, passphrase: typedSecret.min(12) }),
    z.strictObject({
      path: z.string(),
      fingerprint,
      values: z.number().int(),
      rows: z.number().int(),
      unopened: z.number().int(),
    }),
  ),
  /** What an archive says of itself, once it was read to its end. */
  'credentials.readArchive': long(z.strictObject(archive), archiveSummary),
  /** Only reads. */
  'credentials.verify': long(z.strictObject(archive), archiveComparison),
  /** Writes what differs back into its rows, or only rehearses it. */
  'credentials.import': long(
    z.strictObject({
      ...archive,
      rehearse: z.boolean(),
      accepted: z.array(z.string().max(40)).max(20),
    }),
    archiveImport,
  ),
} as const;
