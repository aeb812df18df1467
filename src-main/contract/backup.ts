import { z } from 'zod';
import { long } from './procedure.ts';
import { environmentId, filePath, fingerprint, proofArtefact, time, typedSecret } from './shapes.ts';

/** Artefacts of a key: making them, and drills that prove them. */

/** Which artefact is meant: its form, and its path or where the admin says that it lies. */
export const artefactName = z.strictObject({
  artefact: proofArtefact,
  location: z.string().min(1).max(4096),
});
export type ArtefactName = z.infer<typeof artefactName>;

/** An artefact that was made here, whether or not a drill has proven it yet. */
export const madeArtefact = artefactName.extend({
  madeAt: time,
  /** What a restore asks for. */
  opensBy: z.enum(['passphrase', 'identity', 'words', 'shares']),
  /** Of shares: how many are needed, and who has them, in the order of the shares. */
  threshold: z.number().int().optional(),
  holders: z.array(z.string()).optional(),
});
export type MadeArtefact = z.infer<typeof madeArtefact>;

/** An artefact to be made. */
export const newArtefact = z.discriminatedUnion('form', [
  z.strictObject({ form: z.literal('passphrase'), path: filePath, passphrase: typedSecret.min(12) }),
]);
export type NewArtefact = z.infer<typeof newArtefact>;

/** What a key is restored from, and nothing else. */
export const artefactInHand = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('file'), path: filePath, passphrase: typedSecret }),
]);
export type ArtefactInHand = z.infer<typeof artefactInHand>;

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
  'picture',
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
  z.strictObject({
    result: z.literal('correct'),
    fingerprint,
    shares: z.array(shareReport).readonly().optional(),
  }),
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

const oneKey = { environment: environmentId, fingerprint };

export const backupProcedures = {
  /** Makes an artefact; proven only by a drill. */
  'backup.create': long(z.strictObject({ ...oneKey, artefact: newArtefact }), artefactName),
  /** Restores the key from what is in hand, and from nothing else. */
  'backup.drill': long(
    z.strictObject({
      ...oneKey,
      from: artefactInHand,
      /** The artefact that this is, where the list has it; without it, what is in hand names itself. */
      artefact: artefactName.optional(),
    }),
    drillResult,
  ),
} as const;
