import { z } from 'zod';
import { artefactName, givenArtefact, knownKey } from './backup.ts';
import { keyOrigin, keyProof, keyState, madeArtefact } from './key-record.ts';
import { long, nothing, quick } from './procedure.ts';
import { environmentId, filePath, fingerprint, time, typedSecret } from './shapes.ts';

export const keyEntry = z.strictObject({
  fingerprint,
  state: keyState,
  createdAt: time,
  activatedAt: time.optional(),
  retiredAt: time.optional(),
  /** Former times in use, oldest first: an undo made it active again, or it came back. */
  earlier: z.array(z.strictObject({ activatedAt: time, retiredAt: time })).optional(),
  origin: keyOrigin.optional(),
  /** Restores from an artefact, oldest first. */
  proofs: z.array(keyProof),
  /** Artefacts that were made here, oldest first, whether proven or not. */
  made: z.array(madeArtefact).optional(),
});
export type KeyEntry = z.infer<typeof keyEntry>;

const oneKey = { environment: environmentId, fingerprint };

/** Where a key that exists already comes from. */
export const keySource = z.discriminatedUnion('kind', [
  /** The `ENCRYPTION_KEY` line of a `.env`. */
  z.strictObject({ kind: z.literal('env-file'), path: filePath }),
  /** A file that holds the key and nothing else. */
  z.strictObject({ kind: z.literal('key-file'), path: filePath }),
  /** Restored from a backup, and from nothing else. */
  z.strictObject({ kind: z.literal('artefact'), from: givenArtefact }),
  z.strictObject({ kind: z.literal('typed'), text: typedSecret }),
  /** The one that `restored.open` restored in this session. */
  z.strictObject({ kind: z.literal('restored') }),
]);
export type KeySource = z.infer<typeof keySource>;

/** A key that was restored without a database to check it against. It is in memory, and in no key ring. */
const restoredKey = z.strictObject({
  fingerprint,
  from: artefactName,
  /** Everyone knows it. */
  weak: z.boolean(),
  /** Whose it is, if a key ring of this Keel knows it. */
  known: knownKey.optional(),
});
export type RestoredKey = z.infer<typeof restoredKey>;

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
  'keys.reveal': quick(z.strictObject(oneKey), z.strictObject({ key: z.string() })),
  /** Hides what was revealed: ends the window's content protection. */
  'keys.hide': quick(nothing, nothing),
  /** Into the clipboard, marked as concealed, and out of it again after the time set. Never to the window. */
  'keys.copy': quick(z.strictObject(oneKey), z.strictObject({ clearsInSeconds: z.number() })),
  /**
   * Restores a key from a backup, for no environment yet. It stays in memory, in place of one before, until it is
   * imported or the app locks. Throws `key-file-unreadable`, saying where the backup breaks.
   */
  'restored.open': long(z.strictObject({ from: givenArtefact }), z.strictObject({ fingerprint })),
  'restored.state': quick(nothing, z.strictObject({ key: restoredKey.optional() })),
  /** As `keys.copy`. Throws `key-not-in-ring` if none is kept. */
  'restored.copy': quick(nothing, z.strictObject({ clearsInSeconds: z.number() })),
  'restored.forget': quick(nothing, nothing),
} as const;
