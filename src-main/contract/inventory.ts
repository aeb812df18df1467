import { z } from 'zod';

/** What a column protects. Chosen by names and decrypted structure; it changes wording, never the rotation. */
export const secretKinds = [
  'credentials',
  'oauth-access-token',
  'oauth-refresh-token',
  'database-password',
  'connection-string',
  'api-credential',
  'unknown',
] as const;
export type SecretKind = (typeof secretKinds)[number];

const name = z.string().min(1).max(63);

/** IVs that are the same for all values. The keys' are a part of the key: its first or last 16 bytes, or 16 characters of its text. */
export const fixedIvNames = ['zero', 'zero-digits', 'key-start', 'key-end', 'key-text-start'] as const;

const place = {
  /** Absent for the column of the ciphertext. */
  column: name.optional(),
  path: z.string().startsWith('$').optional(),
};

/** Where the IV is, if not beside its ciphertext: in another column or another leaf, in this layout, or nowhere in the row. */
const ivPlace = z.strictObject({
  ...place,
  /** Like `"{iv hex}"`, or `"{iv12 hex}.{tag16 hex}"` where it is written with the tag. */
  layout: z.string().min(1).optional(),
  fixed: z.enum(fixedIvNames).optional(),
});

/** Where the tag or the salt is, if not beside its ciphertext, in a layout like `"{tag16 base64}"`. It is written with the ciphertext. */
const partPlace = z.strictObject({ ...place, layout: z.string().min(1) });

export const encryptedColumn = z.strictObject({
  schema: name,
  table: name,
  column: name,
  /**
   * Of a JSON document, an array, a composite value or an hstore: the leaf, like `$.auth.token`, `$["odd key"]`, `$.list[*].secret`,
   * `$[0]`, `$.*.token`; `$` is a document that is a string.
   */
  path: z.string().startsWith('$').optional(),
  layout: z.string().min(1),
  iv: ivPlace.optional(),
  tag: partPlace.optional(),
  salt: partPlace.optional(),
  kind: z.enum(secretKinds),
});
export type EncryptedColumn = z.infer<typeof encryptedColumn>;

/**
 * Version 2 brought templates, paths into more than JSON, and IVs that stand elsewhere; version 3 other applications' ciphers and keys;
 * version 1 is read as it is.
 */
export const inventory = z.strictObject({
  version: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  columns: z.array(encryptedColumn),
});
export type Inventory = z.infer<typeof inventory>;
