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
  /** The files that Keel wrote for it, as absolute paths; absent where it wrote none, as for words that were written by hand. */
  files: z.array(z.string().min(1)).exactOptional(),
  /** What a restore asks for. */
  opensBy: z.enum(['passphrase', 'identity', 'words', 'shares']),
  /** Of shares: how many are needed, and who has them, in the order of the shares. */
  threshold: z.int().exactOptional(),
  holders: z.array(z.string()).exactOptional(),
  /** Of a file for the holders of identities: their public keys. Absent of files that were made before this was recorded. */
  recipients: z.array(z.string()).exactOptional(),
});
export type MadeArtefact = z.infer<typeof madeArtefact>;

/** Whether the admin relies on a set of shares. `unmarked`: a test came upon it, and nobody has said. */
export const shareSetStanding = z.enum(['counts', 'replaced', 'void', 'unmarked']);
export type ShareSetStanding = z.infer<typeof shareSetStanding>;

/** One share of a set as the register knows it, without any secret. */
export const registeredShare = z.strictObject({
  /** Counted from 1, as on the share. */
  number: z.int().min(1).max(16),
  holder: z.string().exactOptional(),
  /** The public half of the share's signing key, base64url. */
  check: z.string().regex(/^[\w-]{43}$/),
  /** The share was there at this time or after it. */
  provenAt: time.exactOptional(),
  /** The question that its holder has not answered yet. */
  asked: z.strictObject({ nonce: z.string().regex(/^[\w-]{22}$/), at: time }).exactOptional(),
});
export type RegisteredShare = z.infer<typeof registeredShare>;

/** A set of shares of a key. */
export const shareSet = z.strictObject({
  /** Four hex digits, as on each share. */
  set: z.string().regex(/^[0-9a-f]{4}$/),
  /** How many shares restore the key. */
  threshold: z.int().min(1).max(16),
  /** When it was made, or when a test first came upon it. */
  registeredAt: time,
  /** Where it was made. */
  location: z.string().exactOptional(),
  standing: shareSetStanding,
  standingSince: time,
  /** Why it is void, as the admin says. */
  reason: z.string().exactOptional(),
  /** Those that are known: of a set that a test came upon, those that were in it. */
  shares: z.array(registeredShare),
});
export type ShareSet = z.infer<typeof shareSet>;

/** No dump begun before a time exists any more, as the admin stated. */
export const dumpStatement = z.strictObject({ noneBefore: time, statedAt: time });
export type DumpStatement = z.infer<typeof dumpStatement>;
