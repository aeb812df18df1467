import { z } from 'zod';
import { applicationInBrief, offeredApplication } from './application.ts';
import { keyPlace, proofArtefact } from './key-record.ts';
import { long, nothing, quick } from './procedure.ts';
import { environmentId, failure, filePath, fingerprint, time, typedSecret, verdict } from './shapes.ts';

export const sslMode = z.enum(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']);
export type SslMode = z.infer<typeof sslMode>;

export const environmentColour = z.enum(['teal', 'blue', 'violet', 'amber', 'red', 'green', 'grey']);
export type EnvironmentColour = z.infer<typeof environmentColour>;

/** An address that is one on its own link alone, with the interface that leads there: `fe80::1%eth0`. */
const ipv6InZone = z
  .string()
  .max(64)
  .regex(/^[^%]+%[\w.-]{1,16}$/)
  .refine((text) => z.ipv6().safeParse(text.split('%')[0]).success);

/** A server: host name, address, or the folder of a unix socket. */
const hostAddress = z.strictObject({
  host: z.string().min(1).max(255),
  port: z.number().int().min(1).max(65_535),
  /** The address to connect to, if the name is not to be looked up. */
  hostaddr: z.union([z.ipv4(), z.ipv6(), ipv6InZone]).optional(),
});

/** A database and how to reach it, without its password. */
export const databaseAddress = z.strictObject({
  ...hostAddress.shape,
  /** Its other hosts, in order: the first of all that accepts writes is used. */
  others: z.array(hostAddress).min(1).max(20).optional(),
  database: z.string().min(1).max(63),
  user: z.string().min(1).max(63),
  sslmode: sslMode,
  /** File of root certificates, or `system`. */
  sslrootcert: filePath.optional(),
  sslcert: filePath.optional(),
  sslkey: filePath.optional(),
  /** Session settings, as libpq takes them: `-c role=owner`. */
  options: z.string().min(1).max(1000).optional(),
});
export type DatabaseAddress = z.infer<typeof databaseAddress>;

/** How the connection to a database is protected. */
const tlsChoice = databaseAddress.pick({ sslmode: true, sslrootcert: true, sslcert: true, sslkey: true });

/** As typed or pasted: a URL (which may contain the password), or parts. */
export const connection = z.union([
  z.strictObject({ url: z.string().min(1).max(4096), password: typedSecret.optional() }),
  z.strictObject({ address: databaseAddress, password: typedSecret.optional() }),
  /**
   * What `connection.import` found; its password stayed in the main process. `tls` replaces what the file
   * says.
   */
  z.strictObject({ imported: z.uuid(), tls: tlsChoice.optional(), password: typedSecret.optional() }),
]);
export type Connection = z.infer<typeof connection>;

/** One of the steps of connecting, in order. */
export const connectionStage = z.strictObject({
  stage: z.enum(['dns', 'tcp', 'tls', 'login', 'schema', 'privileges']),
  outcome: z.enum(['passed', 'warning', 'failed', 'skipped']),
  /** The finding, like `TLS 1.3, verified, certificate valid to 2027-11-02`. */
  message: z.string(),
  remedy: z.string().optional(),
  ms: z.number(),
});
export type ConnectionStage = z.infer<typeof connectionStage>;

export const transport = z.strictObject({
  encrypted: z.boolean(),
  /** Like `TLSv1.3`. */
  protocol: z.string().optional(),
  /** How far the certificate was verified. */
  verified: z.enum(['none', 'chain', 'chain-and-host']),
  /** When the server's certificate expires. */
  validTo: time.optional(),
  /** A unix socket: nothing leaves the machine. */
  local: z.boolean(),
});
export type Transport = z.infer<typeof transport>;

export const connectionReport = z.strictObject({
  ok: z.boolean(),
  address: databaseAddress,
  /** How the given address was read, and what of it is ignored. */
  notes: z.array(z.string()),
  stages: z.array(connectionStage),
  /** Like `18.4`. */
  server: z.string().optional(),
  transport: transport.optional(),
});
export type ConnectionReport = z.infer<typeof connectionReport>;

export const nextAction = z.enum([
  'unlock',
  'recover',
  'discover',
  'adopt-key',
  'prove',
  'back-up',
  'drill',
  'rotate',
  'hand-off',
  'sweep',
  'nothing',
]);
export type NextAction = z.infer<typeof nextAction>;

export const environmentCard = z.strictObject({
  id: environmentId,
  name: z.string(),
  colour: environmentColour,
  production: z.boolean(),
  /** On the sample database; deleted with it. */
  practice: z.boolean(),
  address: databaseAddress,
  /** Whose database it is. */
  application: applicationInBrief,
  keyPlace,
  /** The password of the database, or the passphrase of the encrypted key file, has to be typed first. */
  needs: z.array(z.enum(['password', 'passphrase'])),
  activeKey: z
    .strictObject({
      fingerprint,
      createdAt: time,
      activatedAt: time.optional(),
      /** It was not generated here: it may be older than these times, which say when Keel first had it. */
      adopted: z.boolean(),
      /** Of the last artefact that restored this key. */
      provenAt: time.optional(),
      provenArtefact: proofArtefact.optional(),
      /** When its next test restore is due. */
      drillDueAt: time.optional(),
      /** It has an artefact that no test restore has proven yet. */
      undrilled: z.boolean().optional(),
    })
    .optional(),
  pendingKey: fingerprint.optional(),
  /** Retired keys that are kept. */
  retiredKeys: z.number().int(),
  /** Of the last proof of the active key for the database. */
  proof: z
    .strictObject({ at: time, verdict, opened: z.number().int(), values: z.number().int(), bits: z.number() })
    .optional(),
  columns: z.number().int(),
  transport: transport.optional(),
  lastRotation: z
    .strictObject({
      id: z.uuid(),
      at: time,
      from: fingerprint,
      to: fingerprint,
      /** It was an undo: `to` is the previous key. */
      undone: z.boolean(),
      /** It was of a fleet, whose databases are swept one by one. */
      fleet: z.boolean(),
      confirmed: z.boolean(),
      handedOff: z.boolean(),
    })
    .optional(),
  next: z.strictObject({ action: nextAction, why: z.string() }),
});
export type EnvironmentCard = z.infer<typeof environmentCard>;

const environment = z.strictObject({ environment: environmentId });

const appearance = {
  name: z.string().trim().min(1).max(60),
  colour: environmentColour,
  production: z.boolean(),
};

export const environmentProcedures = {
  /** The applications that Keel knows, those whose key it does not rotate last. */
  'applications.list': quick(nothing, z.array(offeredApplication)),
  'environments.list': quick(nothing, z.array(environmentCard)),
  /** Why environments on disk have no card: damaged files, each with its remedy. */
  'environments.damaged': quick(nothing, z.array(failure)),
  /** Throws `environment-exists` for a database that is there already. */
  'environments.add': quick(
    z.strictObject({
      ...appearance,
      connection,
      /** Whose database it is: one of `applications.list`, Ballast without it. */
      application: z.string().min(1).max(100).optional(),
      /** Keep the database's password in the keychain. */
      rememberPassword: z.boolean(),
      keyPlace,
      /** Of the encrypted key file, if keys are stored in one. */
      passphrase: typedSecret.optional(),
    }),
    environment,
  ),
  'environments.update': quick(z.strictObject({ ...appearance, environment: environmentId }), nothing),
  /** Forgets the environment. Its keys stay in the keychain, its key ring on disk. */
  'environments.remove': quick(environment, nothing),
  /** Passes what has to be typed once per session. */
  'environments.unlock': quick(
    z.strictObject({
      environment: environmentId,
      password: typedSecret.optional(),
      rememberPassword: z.boolean().optional(),
      passphrase: typedSecret.optional(),
    }),
    nothing,
  ),
  /** Runs every step of connecting; a failed step is a result. */
  'connection.test': long(z.strictObject({ connection }), connectionReport),
  /** Reads a connection string from a `.env`, a `.pgpass`, a `pg_service.conf`. */
  'connection.import': quick(
    z.strictObject({ path: filePath }),
    z.array(
      z.strictObject({
        imported: z.uuid(),
        /** Where it was in the file, like `DATABASE_URL` or `[production]`. */
        from: z.string(),
        address: databaseAddress,
        hasPassword: z.boolean(),
        /** How it was read, and what of it is ignored. */
        notes: z.array(z.string()),
      }),
    ),
  ),
} as const;
