import { z } from 'zod';
import { time } from './shapes.ts';

/** What is on record of a key: as the key ring keeps it, and as the window gets it. */

export const keyState = z.enum(['pending', 'active', 'retired', 'destroyed']);
export type KeyState = z.infer<typeof keyState>;

/** How a key came into the ring. Only one that was made here is the target of a rotation. */
export const keyOrigin = z.enum(['generated', 'adopted']);
export type KeyOrigin = z.infer<typeof keyOrigin>;

/** The stores of Keel's own that keys are kept in. */
export const keyPlace = z.enum(['keychain', 'sealed-file']);

/** What a key was restored from: a form of backup, or the admin's own key file. */
export const proofArtefact = z.enum(['age-file', 'own-file', 'words', 'shares', 'paper']);
export type ProofArtefact = z.infer<typeof proofArtefact>;

const artefact = {
  artefact: proofArtefact,
  /** The file, or for words and shares that were typed or read from paper what to call them. */
  location: z.string().min(1),
};

/** A restore of the key from something that outlives this machine, and from nothing else. */
export const keyProof = z.strictObject({ ...artefact, provenAt: time });
export type KeyProof = z.infer<typeof keyProof>;

/** An artefact that was made here, whether or not a drill has proven it yet. */
export const madeArtefact = z.strictObject({
  ...artefact,
  madeAt: time,
  /** What a restore asks for. */
  opensBy: z.enum(['passphrase', 'identity', 'words', 'shares']),
  /** Of shares: how many are needed, and who has them, in the order of the shares. */
  threshold: z.int().exactOptional(),
  holders: z.array(z.string()).exactOptional(),
});
export type MadeArtefact = z.infer<typeof madeArtefact>;

/** No dump begun before a time exists any more, as the admin stated. */
export const dumpStatement = z.strictObject({ noneBefore: time, statedAt: time });
export type DumpStatement = z.infer<typeof dumpStatement>;
