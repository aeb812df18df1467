import { z } from 'zod';
import { nothing, quick } from './procedure.ts';
import { committedRotation } from './rotation.ts';
import { environmentId, filePath, fingerprint, time, typedSecret } from './shapes.ts';

const environment = { environment: environmentId };

/** The name under which Ballast reads its key; another one where a deployment renames it. */
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/);
const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/);
/** What a program of a cloud calls something: no option of that program, and no address: the AWS CLI reads `file://` and sends the file. */
const cloudName = z.string().regex(/^(?!.{0,300}:\/\/)[A-Za-z0-9][A-Za-z0-9_.:/+=@ -]{0,299}$/);
/** The way to a value of a document, a name for each map. */
const valuePath = z.array(z.string().min(1).max(200)).min(1).max(20);

/** Of the JSON that a secret is; the secret is the key itself without one. */
const storedField = z.string().min(1).max(200).optional();

/** A place where Ballast reads its key. Holds no secret. */
export const handoffTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('env-file'), path: filePath, variable }),
  z.strictObject({
    kind: z.literal('compose-file'),
    path: filePath,
    variable,
    /** Only where this service takes it from; all that set it without one. */
    service: word.optional(),
  }),
  /** The manifest of a Secret, or a kustomization with a secretGenerator. */
  z.strictObject({
    kind: z.literal('kubernetes-secret'),
    path: filePath,
    variable,
    /** Which Secret of the file, where it has several. */
    name: word.optional(),
    namespace: word.optional(),
  }),
  /** A unit, a drop-in or a Quadlet that sets it by `Environment=`. */
  z.strictObject({ kind: z.literal('systemd-unit'), path: filePath, variable }),
  /** A file that holds nothing but the key: a file secret of Docker Compose, `LoadCredential=` of systemd. */
  z.strictObject({ kind: z.literal('key-file'), path: filePath }),
  z.strictObject({ kind: z.literal('docker-secret'), name: word }),
  z.strictObject({ kind: z.literal('podman-secret'), name: word }),
  /** A file for `LoadCredentialEncrypted=`. */
  z.strictObject({ kind: z.literal('systemd-credential'), path: filePath, name: word }),
  /** Vault or OpenBao, a KV engine of either version. */
  z.strictObject({
    kind: z.literal('vault'),
    address: z.string().min(1).max(500),
    mount: z.string().min(1).max(200),
    path: z.string().min(1).max(500),
    field: variable,
    namespace: z.string().min(1).max(200).optional(),
    caFile: filePath.optional(),
  }),
  /** A value of a YAML or JSON file: the values of a Helm chart, variables of Ansible, settings of an application. */
  z.strictObject({ kind: z.literal('yaml-value'), path: filePath, at: valuePath }),
  /** A value of a file that SOPS keeps encrypted. */
  z.strictObject({ kind: z.literal('sops-file'), path: filePath, at: valuePath }),
  z.strictObject({
    kind: z.literal('aws-secret'),
    /** Name or ARN. */
    id: cloudName,
    field: storedField,
    region: word.optional(),
    profile: cloudName.optional(),
  }),
  z.strictObject({
    kind: z.literal('gcp-secret'),
    name: word,
    field: storedField,
    project: cloudName.optional(),
  }),
  z.strictObject({ kind: z.literal('azure-secret'), vault: word, name: word, field: storedField }),
  z.strictObject({
    kind: z.literal('one-password'),
    vault: cloudName,
    item: cloudName,
    /** Label or id of a field. */
    field: cloudName,
  }),
]);
export type HandoffTarget = z.infer<typeof handoffTarget>;

export const restartAdvice = z.strictObject({
  /** For a shell, with the usual names of Ballast. */
  command: z.string(),
  note: z.string(),
});
export type RestartAdvice = z.infer<typeof restartAdvice>;

/** What a target holds, and what giving it the active key changes. */
export const handoffChange = z.strictObject({
  target: handoffTarget,
  /** Where it is, for showing. */
  where: z.string(),
  /** Whose key is there; absent where it is none, or cannot be read. */
  holds: fingerprint.optional(),
  /** Lines that begin with `-` or `+`, with every key masked as `[key FINGERPRINT]`. */
  diffMasked: z.string(),
  upToDate: z.boolean(),
  /** What to know before it is written, a sentence each. */
  cautions: z.array(z.string()),
  /** What makes the application read what is there then. */
  advice: restartAdvice,
});
export type HandoffChange = z.infer<typeof handoffChange>;

/** The same of a place that was written. */
const handedOff = handoffChange.extend({
  /** The place is on the list; a full disk may stand against that, which does not undo what was written. */
  remembered: z.boolean(),
});

/** A target that was named before, and what Keel last wrote there. */
export const rememberedTarget = z.strictObject({
  target: handoffTarget,
  /** Without `before` nothing stood there: an empty value, or no file or secret. */
  given: z.strictObject({ fingerprint, at: time, before: fingerprint.optional() }).optional(),
  /** What stood there when Keel last wrote or read it; absent where it was no key, or never examined. */
  holds: fingerprint.optional(),
});
export type RememberedTarget = z.infer<typeof rememberedTarget>;

export const namedTarget = rememberedTarget.extend({ where: z.string() });
export type NamedTarget = z.infer<typeof namedTarget>;

export const handoffState = z.strictObject({
  active: fingerprint.optional(),
  targets: z.array(namedTarget),
  /** The last rotation, if the active key came with one. */
  last: committedRotation.optional(),
  /** It was of a fleet, whose databases are not looked through for stragglers here. */
  fleet: z.boolean(),
  /** Keys that are kept: a dump of the time before needs them. */
  retired: z.array(z.strictObject({ fingerprint, retiredAt: time.optional() })),
});
export type HandoffState = z.infer<typeof handoffState>;

/** Sessions on the database, seen from the cutover: Ballast read its key when it started. */
const runningBallast = z.strictObject({
  /** Opened before the cutover, so under the old key. */
  before: z.number().int(),
  since: z.number().int(),
  /** Application names of those from before, without repeats. */
  names: z.array(z.string()),
});

const atTarget = z.strictObject({ ...environment, target: handoffTarget, token: typedSecret.optional() });

export const handoffProcedures = {
  'handoff.state': quick(z.strictObject(environment), handoffState),
  'handoff.preview': quick(atTarget, handoffChange),
  /** Writes the active key to the target and reads it back. */
  'handoff.apply': quick(atTarget, handedOff),
  /** Puts the target back to the key that it held before Keel wrote there. */
  'handoff.takeBack': quick(atTarget, handedOff),
  /** Takes a target off the list; what is there stays. */
  'handoff.forgetTarget': quick(z.strictObject({ ...environment, target: handoffTarget }), nothing),
  /** Whether those who are connected started since the cutover. Connects. */
  'handoff.running': quick(z.strictObject(environment), runningBallast),
  /** The admin says that Ballast has the new key, by whatever way. */
  'handoff.confirm': quick(z.strictObject(environment), nothing),
} as const;
