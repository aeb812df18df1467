import { z } from 'zod';
import { keyState } from './environments.ts';
import { long, nothing, quick } from './procedure.ts';
import { environmentId, filePath, fingerprint, proofArtefact, time, typedSecret } from './shapes.ts';

export const keyProof = z.strictObject({
  artefact: proofArtefact,
  location: z.string(),
  provenAt: time,
});

export const keyEntry = z.strictObject({
  fingerprint,
  state: keyState,
  createdAt: time,
  activatedAt: time.optional(),
  retiredAt: time.optional(),
  /** Only a key that was made here is the target of a rotation. */
  origin: z.enum(['generated', 'adopted']).optional(),
  /** Restores from an artefact, oldest first. */
  proofs: z.array(keyProof),
});
export type KeyEntry = z.infer<typeof keyEntry>;

const oneKey = { environment: environmentId, fingerprint };

/** Where a key that exists already comes from. */
export const keySource = z.discriminatedUnion('kind', [
  /** The `ENCRYPTION_KEY` line of a `.env`. */
  z.strictObject({ kind: z.literal('env-file'), path: filePath }),
  z.strictObject({ kind: z.literal('age-file'), path: filePath, passphrase: typedSecret }),
  z.strictObject({ kind: z.literal('typed'), text: typedSecret }),
]);
export type KeySource = z.infer<typeof keySource>;

/** A word that is not in the list. Half a secret: shown to whoever typed it, and never logged. */
export const wordMistake = z.strictObject({
  position: z.number().int(),
  typed: z.string(),
  suggestions: z.array(z.string()).readonly(),
});
export type WordMistake = z.infer<typeof wordMistake>;

export const shareReport = z.strictObject({
  name: z.string(),
  state: z.enum(['good', 'damaged', 'foreign', 'duplicate', 'missing']),
  number: z.number().int().optional(),
  holder: z.string().optional(),
  message: z.string().optional(),
  words: z.array(wordMistake).readonly().optional(),
});
export type ShareReport = z.infer<typeof shareReport>;

export const breakPlace = z.enum([
  'file',
  'armor',
  'header',
  'passphrase',
  'identity',
  'payload',
  'text',
  'key',
  'words',
  'shares',
]);
export type BreakPlace = z.infer<typeof breakPlace>;

export const drillResult = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('correct'), fingerprint }),
  z.strictObject({ result: z.literal('wrong'), fingerprint, expected: fingerprint }),
  z.strictObject({
    result: z.literal('invalid'),
    breaksAt: breakPlace,
    message: z.string(),
    remedy: z.string(),
    words: z.array(wordMistake).readonly().optional(),
    shares: z.array(shareReport).readonly().optional(),
  }),
]);
export type DrillResult = z.infer<typeof drillResult>;

export const keyProcedures = {
  'keys.list': quick(z.strictObject({ environment: environmentId }), z.array(keyEntry)),
  /** A new key by the CSPRNG, stored, read back and compared; it is `pending` until a rotation. */
  'keys.generate': quick(z.strictObject({ environment: environmentId }), z.strictObject({ fingerprint })),
  /** Takes a key that Ballast runs with into the ring; proving it makes it the active one. */
  'keys.adopt': quick(
    z.strictObject({ environment: environmentId, source: keySource }),
    z.strictObject({ fingerprint, known: z.boolean(), weak: z.boolean() }),
  ),
  /** Only while a mouse button or key is held down. Throws `gesture-missing`. */
  'keys.reveal': quick(z.strictObject(oneKey), z.strictObject({ key: z.string() }), { reveals: true }),
  /** Hides what was revealed: ends the window's content protection. */
  'keys.hide': quick(nothing, nothing),
  /** Into the clipboard, marked as concealed, and out of it again after the time set. Never to the window. */
  'keys.copy': quick(z.strictObject(oneKey), z.strictObject({ clearsInSeconds: z.number() })),
  /** Makes an age file; proven only by a drill. */
  'backup.create': long(
    z.strictObject({ ...oneKey, path: filePath, passphrase: typedSecret.min(12) }),
    z.strictObject({ path: z.string() }),
  ),
  /** Restores the key from the file and the passphrase, and from nothing else. */
  'backup.drill': long(z.strictObject({ ...oneKey, path: filePath, passphrase: typedSecret }), drillResult),
} as const;
