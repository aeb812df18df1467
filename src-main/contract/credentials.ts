import { z } from 'zod';
import { encryptedColumn, secretKinds } from './inventory.ts';
import { long, nothing, quick } from './procedure.ts';
import { environmentId, filePath, fingerprint, time, typedSecret } from './shapes.ts';
import { finding } from './rotation.ts';

const environment = { environment: environmentId };

/** Where a credential is. */
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

/**
 * `opens`: the active key decrypts it; `unopened`: noise with that key; `foreign`: not in its column's form.
 */
const state = z.enum(['opens', 'unopened', 'foreign']);

/** A credential by name, never its plaintext. */
export const listedCredential = z.strictObject({
  ...address,
  /** The key for people: `id=42`. */
  row: z.string(),
  kind: z.enum(secretKinds),
  /** Its source and display name, if the database has them. */
  shortName: z.string().optional(),
  name: z.string().optional(),
  state,
});
export type ListedCredential = z.infer<typeof listedCredential>;

/** The structure of a secret: names of its fields, without their values. */
const inspectedCredential = z.strictObject({
  state,
  /** Identifies the ciphertext: revealing and replacing require it. */
  version: z.string(),
  form: z.enum(['text', 'binary', 'fields']).optional(),
  fields: z.array(z.string()).optional(),
});

const oneValue = {
  ...environment,
  address: credentialAddress,
  version: z.string().max(64),
  /** For a JSON object: the position of one field. */
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
  /** Values that another key decrypts: not in the archive. */
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
 * Why an archived credential cannot be written to an existing row. `foreign-key`: one uses its column.
 * `no-document`: its cell contains no document. `no-place`: its document does not have the place that it was
 * in, or has it more than once, or it was not in a document but in an array, an hstore or a row value.
 * `array-changed`: the elements of its array are not the archived ones, so that its index refers to another.
 * `several-forms`: the column's values do not determine how to write it. `no-iv`: the IV that it would be
 * encrypted with is stored separately and missing. `iv-apart`: that IV is in another column, or also used by
 * other values, and a new secret with the same key needs a new one.
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
  /** Counts of all that cannot be written back. */
  obstacles: z.array(
    z.strictObject({ entry: encryptedColumn, comparison: differing, obstacle, values: z.number().int() }),
  ),
  /** Counts of all credentials that differ between archive and database. */
  differing: z.number().int(),
};

/** An archive compared with the database: every credential is equal, differs, or exists on one side only. */
export const archiveComparison = z.strictObject({ ...comparison, unkeyed: z.number().int() });
export type ArchiveComparison = z.infer<typeof archiveComparison>;

export const archiveImport = z.strictObject({
  ...comparison,
  findings: z.array(finding),
  rehearsal: z.boolean(),
  /** Credentials written, and their rows. */
  values: z.number().int(),
  rows: z.number().int(),
  /** Credentials that still differ. */
  remaining: z.number().int(),
  lockMs: z.number(),
  totalMs: z.number(),
});
export type ArchiveImport = z.infer<typeof archiveImport>;

/** A part of the list. */
const listed = {
  ...environment,
  /** Where it begins; the beginning if absent. */
  after: z.string().max(200_000).optional(),
  /** A page ends with the row that reaches it. */
  limit: z.number().int().min(1).max(200),
  search: z.string().max(200).optional(),
  kind: z.enum(secretKinds).optional(),
  opens: z.boolean().optional(),
};

export const credentialProcedures = {
  /** A page, in the order of the inventory and then of the rows' keys. Only its rows are decrypted. */
  'credentials.list': quick(
    z.strictObject(listed),
    z.strictObject({ credentials: z.array(listedCredential), next: z.string().optional() }),
  ),
  /**
   * Where each page of the list begins and how many credentials it has, as far as a few seconds allow: `next` continues. Pages without
   * any are omitted.
   */
  'credentials.outline': quick(
    z.strictObject(listed),
    z.strictObject({
      pages: z.array(z.strictObject({ after: z.string(), credentials: z.number().int() })),
      next: z.string().optional(),
    }),
  ),
  'credentials.inspect': quick(
    z.strictObject({ ...environment, address: credentialAddress }),
    inspectedCredential,
  ),
  /** Only while a mouse button or key is held down. Throws `gesture-missing`. */
  'credentials.reveal': quick(z.strictObject(oneValue), z.strictObject({ text: z.string() })),
  /** Replaces the secret, in the same form and with the same key. Throws `value-changed`. */
  'credentials.replace': quick(
    z.strictObject({ ...oneValue, value: z.string().min(1).max(65_536) }),
    nothing,
  ),
  /** Every credential that the active key decrypts, encrypted in a new file. Read-only in the database. */
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
  /** What an archive says about itself, once it was read to its end. */
  'credentials.readArchive': long(z.strictObject(archive), archiveSummary),
  /** Read-only. */
  'credentials.verify': long(z.strictObject(archive), archiveComparison),
  /** Writes what differs back to its rows, or only rehearses it. */
  'credentials.import': long(
    z.strictObject({
      ...archive,
      rehearse: z.boolean(),
      accepted: z.array(z.string().max(40)).max(20),
    }),
    archiveImport,
  ),
} as const;
