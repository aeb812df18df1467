import { isAbsolute } from 'node:path';
import { z } from 'zod';
import {
  dumpStatement,
  keyOrigin,
  keyPlace,
  keyProof,
  keyState,
  madeArtefact,
  shareSet,
} from '#contract/key-record';
import { fingerprint, time } from '#contract/shapes';

/** Where the only copy that Keel relies on is: in a store of its own, or in a file of the admin's. */
export const heldIn = z.union([
  keyPlace,
  z.strictObject({ ownFile: z.string().refine(isAbsolute, 'not an absolute path') }),
]);
export type HeldIn = z.infer<typeof heldIn>;

/** From when to when rows were encrypted with a key, as the ring learned of it. */
const keyUse = z.strictObject({
  activatedAt: time,
  retiredAt: time,
  /** It was found to be the right key, and not brought in by a rotation: its use began at some time before. */
  foundInUse: z.literal(true).exactOptional(),
});
export type KeyUse = z.infer<typeof keyUse>;

/** What the ring knows of a key; never the key itself. Times are ISO 8601 in UTC. */
export const keyEntry = z.strictObject({
  fingerprint,
  state: keyState,
  createdAt: time,
  activatedAt: time.exactOptional(),
  retiredAt: time.exactOptional(),
  foundInUse: keyUse.shape.foundInUse,
  /** Of a key that an undo made active again, or that came back after it was destroyed: its former times, oldest first. */
  earlier: z.array(keyUse).exactOptional(),
  /** Its secret is being removed, and may be gone already: only destroying it again tells. */
  destroyingSince: time.exactOptional(),
  destroyedAt: time.exactOptional(),
  heldIn,
  /** Where it was held before: a copy may lie there still. */
  heldBefore: z.array(heldIn).exactOptional(),
  /** Absent where it is not known. */
  origin: keyOrigin.exactOptional(),
  proofs: z.array(keyProof),
  /** Artefacts that were made here, oldest first. */
  made: z.array(madeArtefact).exactOptional(),
  /** The register of its sets of shares, oldest first; at most one counts. */
  shareSets: z.array(shareSet).exactOptional(),
  /** Copies, as `copiesOf` names them, that are gone as the admin says. */
  discarded: z.array(z.string()).exactOptional(),
});
export type KeyEntry = z.infer<typeof keyEntry>;

/** The keys of an environment: each once, at most one of them active. */
export const keyRingState = z
  .strictObject({
    keys: z.array(keyEntry),
    /** The last one counts. */
    dumps: dumpStatement.exactOptional(),
  })
  .refine(
    ({ keys }) => new Set(keys.map((key) => key.fingerprint)).size === keys.length,
    'a key is listed twice',
  )
  .refine(({ keys }) => keys.filter((key) => key.state === 'active').length <= 1, 'two keys are active');
export type KeyRingState = z.infer<typeof keyRingState>;

export const emptyRing: KeyRingState = { keys: [] };
