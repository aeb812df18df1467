import { z } from 'zod';
import { long, nothing, quick } from './procedure.ts';
import { environmentId, time, typedSecret } from './shapes.ts';

/** Ballast's API keys: a table of bcrypt hashes, with what is known of each key beside its hash. */

const sqlName = z.string().min(1).max(63);

/** What a column of the table says of a key. Only the hash has to be there. */
export const apiKeyRoles = [
  'hash',
  'name',
  'prefix',
  'scope',
  'created',
  'lastUsed',
  'expires',
  'active',
] as const;
export type ApiKeyRole = (typeof apiKeyRoles)[number];

/** Where the keys stand: found by discovery or named by the admin. */
export const apiKeyTable = z.strictObject({
  schema: sqlName,
  table: sqlName,
  columns: z.strictObject({
    hash: sqlName,
    name: sqlName.optional(),
    /** The beginning of the key, in clear. */
    prefix: sqlName.optional(),
    scope: sqlName.optional(),
    created: sqlName.optional(),
    lastUsed: sqlName.optional(),
    expires: sqlName.optional(),
    /** A flag (`is_active`, `revoked`) or a moment (`revoked_at`). */
    active: sqlName.optional(),
  }),
});
export type ApiKeyTable = z.infer<typeof apiKeyTable>;

export const apiKeyCandidate = z.strictObject({
  table: apiKeyTable,
  /** `likely`: by its content and what is next to it; `possible`: hashes, but perhaps of passwords; `empty`: by names alone. */
  status: z.enum(['likely', 'possible', 'empty']),
  /** For people: one reason a line. */
  why: z.array(z.string()),
});
export type ApiKeyCandidate = z.infer<typeof apiKeyCandidate>;

export const apiKeyDiscovery = z.strictObject({
  candidates: z.array(apiKeyCandidate),
  /** Tables that could not be examined, with the reason. */
  skipped: z.array(z.string()),
});
export type ApiKeyDiscovery = z.infer<typeof apiKeyDiscovery>;

const apiKeyFindingCodes = [
  'duplicate-hash',
  'weak-cost',
  'low-cost',
  'unknown-form',
  'unclear-state',
  'expired-active',
  'expiring',
  'stale',
  'never-used',
  'no-expiry',
  'duplicate-name',
] as const;

export const apiKeyFinding = z.strictObject({
  code: z.enum(apiKeyFindingCodes),
  level: z.enum(['stop', 'warn', 'note']),
  message: z.string(),
  remedy: z.string(),
});
export type ApiKeyFinding = z.infer<typeof apiKeyFinding>;

/** One row of the table, without its hash. */
export const apiKey = z.strictObject({
  /** The row's primary key as text; absent where the table has none, so that the row cannot be changed. */
  id: z.string().optional(),
  /** What to call it: its name, else its prefix, else its id. */
  label: z.string(),
  name: z.string().optional(),
  prefix: z.string().optional(),
  scope: z.string().optional(),
  createdAt: time.optional(),
  lastUsedAt: time.optional(),
  expiresAt: time.optional(),
  /** Whatever the row says of its state counts for it; it may have expired all the same. */
  active: z.boolean(),
  /** What the row says that Keel does not understand, so that it cannot be determined whether the key is active. */
  unclear: z.array(z.string()).min(1).optional(),
  expired: z.boolean(),
  /** Of the bcrypt hash; absent where the hash has another form. */
  cost: z.number().int().optional(),
  findings: z.array(apiKeyFinding),
});
export type ApiKey = z.infer<typeof apiKey>;

/** A column that a new row needs a value for, which nothing but the admin can give. */
export const neededColumn = z.strictObject({
  column: z.string(),
  /** Like `uuid`. */
  type: z.string(),
  /** What the rows that are there hold, where that is a small choice. */
  seen: z.array(z.string()),
});
export type NeededColumn = z.infer<typeof neededColumn>;

export const apiKeyList = z.strictObject({
  table: apiKeyTable,
  /** Active ones first, newest first. */
  keys: z.array(apiKey),
  /** Rows of the table, of which no more than a thousand are listed. */
  total: z.number().int(),
  needed: z.array(neededColumn),
  /** How a key is revoked here; `none` where no column could say so. */
  revokes: z.enum(['flag', 'moment', 'expiry', 'none']),
});
export type ApiKeyList = z.infer<typeof apiKeyList>;

/** What Ballast knows: one collection, the organisation, or a user. */
export const apiKeyScope = z
  .string()
  .max(200)
  .regex(/^(?:organization|collection:col_[\w-]+|user:usr_[\w-]+)$/);

/** bcrypt's: each step doubles the work of checking a key, also Ballast's. */
const bcryptCost = z.number().int().min(10).max(15);

const newKey = {
  name: z.string().trim().min(1).max(200),
  /** Left out where the table keeps none. */
  scope: apiKeyScope.optional(),
  /** Without it the key never expires. */
  expiresAt: time.optional(),
  cost: bcryptCost,
  /** For columns that need a value. */
  values: z.record(sqlName, z.string().max(2000)),
};

/** A key that was just made. Its text stays in main under the ticket, until it is discarded, or the app locks. */
export const newApiKey = z.strictObject({
  ticket: z.uuid(),
  label: z.string(),
  id: z.string(),
  /** The label of the one that it replaced. */
  replaced: z.string().optional(),
  /** Where the answer of the database was lost: what that means, and what to do. */
  unsettled: z.strictObject({ message: z.string(), remedy: z.string() }).optional(),
});
export type NewApiKey = z.infer<typeof newApiKey>;

export const apiKeyVerification = z.strictObject({
  /** Hashes that the key was compared with. */
  tried: z.number().int(),
  /** Rows whose prefix is not the key's beginning. */
  ruledOut: z.number().int(),
  /** Hashes of a form that Keel does not know. */
  unverifiable: z.number().int(),
  match: apiKey.optional(),
});
export type ApiKeyVerification = z.infer<typeof apiKeyVerification>;

const environment = { environment: environmentId };
const oneKey = { ...environment, id: z.string().min(1).max(2000) };
const ticket = { ...environment, ticket: z.uuid() };

export const apiKeyProcedures = {
  /** The table that was chosen, if one was; asks no database. */
  'apiKeys.table': quick(z.strictObject(environment), z.strictObject({ table: apiKeyTable.optional() })),
  /** Looks through the catalog and samples columns. Only reads. */
  'apiKeys.find': long(z.strictObject(environment), apiKeyDiscovery),
  /** Tables that have a column for a hash, and their columns with types, for naming one. */
  'apiKeys.tables': quick(
    z.strictObject(environment),
    z.array(
      z.strictObject({
        schema: z.string(),
        table: z.string(),
        columns: z.array(z.strictObject({ name: z.string(), roles: z.array(z.enum(apiKeyRoles)) })),
        /** What the columns' names and types suggest. */
        proposed: apiKeyTable.shape.columns.partial(),
      }),
    ),
  ),
  /** Keeps the choice. Throws `api-key-table-missing` for one that the database does not have. */
  'apiKeys.chooseTable': quick(z.strictObject({ ...environment, table: apiKeyTable }), nothing),
  'apiKeys.list': quick(z.strictObject(environment), apiKeyList),
  'apiKeys.create': quick(z.strictObject({ ...environment, ...newKey }), newApiKey),
  /** Compares a key with the hashes, until one fits that Ballast would accept. */
  'apiKeys.verify': long(
    z.strictObject({ ...environment, key: typedSecret, everything: z.boolean() }),
    apiKeyVerification,
  ),
  'apiKeys.revoke': quick(z.strictObject(oneKey), nothing),
  /** A new key like the old one, and the old one revoked, both or neither. */
  'apiKeys.replace': quick(
    z.strictObject({
      ...oneKey,
      name: newKey.name.optional(),
      expiresAt: newKey.expiresAt,
      cost: newKey.cost,
      values: newKey.values,
    }),
    newApiKey,
  ),
  /** Keys that were made and not yet discarded. */
  'apiKeys.fresh': quick(z.strictObject(environment), z.array(newApiKey)),
  /** Only while a mouse button or key is held down. Throws `gesture-missing`. */
  'apiKeys.reveal': quick(z.strictObject(ticket), z.strictObject({ key: z.string() })),
  /** Into the clipboard, marked as concealed, and out of it again after the time set. Never to the window. */
  'apiKeys.copy': quick(z.strictObject(ticket), z.strictObject({ clearsInSeconds: z.number() })),
  /** Wipes the key: nobody can show it any more. */
  'apiKeys.discard': quick(z.strictObject(ticket), nothing),
} as const;
