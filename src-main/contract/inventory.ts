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

/** An entry whose paths and layouts are written in these texts. */
function columnIn(path: z.ZodString, layout: z.ZodString) {
  const place = {
    /** Absent for the column of the ciphertext. */
    column: name.optional(),
    path: path.optional(),
  };
  /** Where the tag or the salt is, if not beside its ciphertext, in a layout like `"{tag16 base64}"`. It is written with the ciphertext. */
  const partPlace = z.strictObject({ ...place, layout });
  return z.strictObject({
    schema: name,
    table: name,
    column: name,
    /**
     * Of a JSON document, an array, a composite value or an hstore: the leaf, like `$.auth.token`, `$["odd key"]`, `$.list[*].secret`,
     * `$[0]`, `$.*.token`; `$` is a document that is a string.
     */
    path: path.optional(),
    layout,
    /** Where the IV is, if not beside its ciphertext: in another column or another leaf, in this layout, or nowhere in the row. */
    iv: z
      .strictObject({
        ...place,
        /** Like `"{iv hex}"`, or `"{iv12 hex}.{tag16 hex}"` where it is written with the tag. */
        layout: layout.optional(),
        fixed: z.enum(fixedIvNames).optional(),
      })
      .optional(),
    tag: partPlace.optional(),
    salt: partPlace.optional(),
    kind: z.enum(secretKinds),
  });
}

const path = z.string().startsWith('$');
const layout = z.string().min(1);

export const encryptedColumn = columnIn(path, layout);
export type EncryptedColumn = z.infer<typeof encryptedColumn>;

/** The same as the window sends it. What was found in a database may have longer names. */
export const sentColumn = columnIn(path.max(1000), layout.max(1000));

/**
 * Version 2 brought templates, paths into more than JSON, and IVs that are elsewhere; version 3 other applications' ciphers and keys;
 * version 1 is read as it is.
 */
export const inventory = z.strictObject({
  version: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  columns: z.array(encryptedColumn),
});
export type Inventory = z.infer<typeof inventory>;
