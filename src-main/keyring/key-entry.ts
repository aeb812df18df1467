import { isAbsolute } from 'node:path';
import { z } from 'zod';

const time = z.iso.datetime();

/** Where the only copy that Keel relies on lies: in a store of its own, or in a file of the admin's. */
export const heldIn = z.union([
  z.enum(['keychain', 'sealed-file']),
  z.strictObject({ ownFile: z.string().refine(isAbsolute, 'not an absolute path') }),
]);
export type HeldIn = z.infer<typeof heldIn>;

/** What a key was restored from: a form of backup, or the admin's own key file. */
const proofArtefacts = ['age-file', 'own-file', 'words', 'shares', 'paper'] as const;

/** A restore of the key from something that outlives this machine, and from nothing else. */
export const keyProof = z.strictObject({
  artefact: z.enum(proofArtefacts),
  /** The file, or for words and shares that were typed or read from paper what to call them. */
  location: z.string().min(1),
  provenAt: time,
});
export type KeyProof = z.infer<typeof keyProof>;

/** An artefact that was made here, whether or not a drill has proven it yet. */
export const madeArtefact = z.strictObject({
  artefact: z.enum(proofArtefacts),
  location: z.string().min(1),
  madeAt: time,
  /** What a restore asks for. */
  opensBy: z.enum(['passphrase', 'identity', 'words', 'shares']),
  /** Of shares: how many are needed, and who has them, in the order of the shares. */
  threshold: z.int().exactOptional(),
  holders: z.array(z.string()).exactOptional(),
});
export type MadeArtefact = z.infer<typeof madeArtefact>;

const keyStates = ['pending', 'active', 'retired', 'destroyed'] as const;
export type KeyState = (typeof keyStates)[number];

const keyOrigins = ['generated', 'adopted'] as const;
export type KeyOrigin = (typeof keyOrigins)[number];

/** From when to when rows were under a key, as the ring learned of it. */
const keyUse = z.strictObject({
  activatedAt: time,
  retiredAt: time,
  /** It was found to be the right key, and not brought in by a rotation: its use began at some time before. */
  foundInUse: z.literal(true).exactOptional(),
});
export type KeyUse = z.infer<typeof keyUse>;

/** What the ring knows of a key; never the key itself. Times are ISO 8601 in UTC. */
export const keyEntry = z.strictObject({
  fingerprint: z.string().regex(/^[0-9a-f]{4}(?:-[0-9a-f]{4}){3}$/),
  state: z.enum(keyStates),
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
  /** How it came into the ring, where that is known: only a key that was made here is the target of a rotation from the window. */
  origin: z.enum(keyOrigins).exactOptional(),
  proofs: z.array(keyProof),
  /** Artefacts that were made here, oldest first. */
  made: z.array(madeArtefact).exactOptional(),
  /** Copies, as `copiesOf` names them, that are gone as the admin says. */
  discarded: z.array(z.string()).exactOptional(),
});
export type KeyEntry = z.infer<typeof keyEntry>;

/** What the admin stated: no dump of the database that was begun before this time exists any more. */
const dumpStatement = z.strictObject({ noneBefore: time, statedAt: time });
export type DumpStatement = z.infer<typeof dumpStatement>;

/** The keys of an environment: each once, at most one of them active. */
export const keyRingState = z
  .strictObject({
    keys: z.array(keyEntry),
    /** The last one counts. */
    dumps: dumpStatement.exactOptional(),
  })
  .refine(
    ({ keys }) => new Set(keys.map((key) => key.fingerprint)).size === keys.length,
    'a key stands twice',
  )
  .refine(({ keys }) => keys.filter((key) => key.state === 'active').length <= 1, 'two keys are active');
export type KeyRingState = z.infer<typeof keyRingState>;

export const emptyRing: KeyRingState = { keys: [] };
