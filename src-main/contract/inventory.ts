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

export const encryptedColumn = z.strictObject({
  schema: name,
  table: name,
  column: name,
  /** Of a JSON document: the leaf, like `$.auth.token`, `$["odd key"]`, `$.list[*].secret`, `$.*.token`. */
  path: z.string().startsWith('$').optional(),
  layout: z.string().min(1),
  kind: z.enum(secretKinds),
});
export type EncryptedColumn = z.infer<typeof encryptedColumn>;

export const inventory = z.strictObject({
  version: z.literal(1),
  columns: z.array(encryptedColumn),
});
export type Inventory = z.infer<typeof inventory>;
