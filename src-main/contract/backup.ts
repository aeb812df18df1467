import { z } from 'zod';
import { keyState, proofArtefact } from './key-record.ts';
import { long, nothing, quick } from './procedure.ts';
import { environmentId, filePath, fingerprint, time, typedSecret } from './shapes.ts';

/** Artefacts of a key: making them, and drills that prove them. */

/** Which artefact is meant: its form, and its path or where the admin says that it is. */
export const artefactName = z.strictObject({
  artefact: proofArtefact,
  location: z.string().min(1).max(4096),
});
export type ArtefactName = z.infer<typeof artefactName>;

/** A passphrase that is being chosen: typed, or one that was suggested and that only the main process holds. */
export const newPassphrase = z.union([
  z.strictObject({ typed: typedSecret.min(12) }),
  z.strictObject({ suggestion: z.uuid() }),
]);
export type NewPassphrase = z.infer<typeof newPassphrase>;

/** Who holds a share each, and how many of them are needed. */
const shareTerms = {
  threshold: z.number().int().min(2).max(16),
  holders: z.array(z.string().trim().min(1).max(100)).min(2).max(16),
};

/** An artefact to be made. All but the sealed ones are the key in clear. */
export const newArtefact = z.discriminatedUnion('form', [
  z.strictObject({ form: z.literal('passphrase'), path: filePath, passphrase: newPassphrase }),
  /** Sealed to public keys of age. */
  z.strictObject({
    form: z.literal('recipients'),
    path: filePath,
    recipients: z.array(z.string().trim().min(1).max(200)).min(1).max(20),
  }),
  z.strictObject({ form: z.literal('words-file'), path: filePath }),
  /** Written down by hand from the screen; nothing is written but that it was. */
  z.strictObject({ form: z.literal('words-by-hand'), location: z.string().trim().min(1).max(200) }),
  /** One file a share, in a folder of their own. */
  z.strictObject({ form: z.literal('shares'), folder: filePath, ...shareTerms }),
  /** A PDF to print: a code that a passphrase opens, or the words, or a share a page. */
  z.strictObject({
    form: z.literal('paper'),
    path: filePath,
    size: z.enum(['a4', 'letter']),
    content: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('sealed'), passphrase: newPassphrase }),
      z.strictObject({ kind: z.literal('words') }),
      z.strictObject({ kind: z.literal('shares'), ...shareTerms }),
    ]),
  }),
]);
export type NewArtefact = z.infer<typeof newArtefact>;

/** What a key is restored from, and nothing else. */
export const givenArtefact = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('file'), path: filePath, passphrase: typedSecret }),
  z.strictObject({ from: z.literal('identity'), path: filePath, identity: filePath }),
  z.strictObject({ from: z.literal('words'), words: z.string().min(1).max(2048) }),
  z.strictObject({ from: z.literal('words-file'), path: filePath }),
  z.strictObject({
    from: z.literal('shares'),
    paths: z.array(filePath).max(16),
    typed: z.array(z.string().min(1).max(4096)).max(16),
    /** What another tool made the set with; Keel sets none. */
    passphrase: typedSecret.optional(),
  }),
  /** A photo or scan of the code of a paper kit. */
  z.strictObject({ from: z.literal('photo'), path: filePath, passphrase: typedSecret }),
]);
export type GivenArtefact = z.infer<typeof givenArtefact>;

/**
 * A word that is not in the list. Half a secret: for the eyes of whoever typed it, and for no log. What may be logged is the
 * position, which the message tells.
 */
export const wordMistake = z.strictObject({
  /** Counted from 1. */
  position: z.number().int(),
  /** Only words that the window typed itself: it must not read a file through its mistakes. */
  typed: z.string().optional(),
  /** The nearest words of the list, the nearest first; may be empty. */
  suggestions: z.array(z.string()).readonly(),
});
export type WordMistake = z.infer<typeof wordMistake>;

/** What one share of a set turned out to be. */
export const shareReport = z.strictObject({
  /** The file's name, or `share 2` of what was typed; for a missing one what the others say of it. */
  name: z.string(),
  state: z.enum(['good', 'damaged', 'foreign', 'duplicate', 'missing', 'other']),
  /** Which share of its set it is, counted from 1, where it could be read. */
  number: z.number().int().optional(),
  /** Who holds it, as its text says. */
  holder: z.string().optional(),
  /** Set for every state but `good`: a fragment without secrets. */
  message: z.string().optional(),
  words: z.array(wordMistake).readonly().optional(),
});
export type ShareReport = z.infer<typeof shareReport>;

/** The step of a restore at which an artefact failed, from the outside in. */
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

/** A key that some key ring has, by the name of its environment. */
export const knownKey = z.strictObject({
  environment: z.string(),
  state: keyState,
  /** Since when it is in that state, as far as that is known. */
  since: time.optional(),
});
export type KnownKey = z.infer<typeof knownKey>;

export const drillResult = z.discriminatedUnion('result', [
  z.strictObject({
    result: z.literal('correct'),
    fingerprint,
    shares: z.array(shareReport).readonly().optional(),
  }),
  z.strictObject({
    result: z.literal('wrong'),
    fingerprint,
    expected: fingerprint,
    mayLackPassphrase: z.literal(true).optional(),
    /** Whose key it is, if a key ring of this Keel knows it. */
    known: knownKey.optional(),
  }),
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

export const passphraseJudgement = z.strictObject({
  verdict: z.enum(['weak', 'fair', 'strong']),
  /** How long guessing takes, a fragment like `found in hours`; never part of the passphrase. */
  words: z.string(),
  warning: z.string().optional(),
});
export type PassphraseJudgement = z.infer<typeof passphraseJudgement>;

export const backupProcedures = {
  /** Makes an artefact; proven only by a drill. Answers its name and the files that were written. */
  'backup.create': long(
    z.strictObject({ ...oneKey, artefact: newArtefact }),
    z.strictObject({ artefact: artefactName, files: z.array(z.string()) }),
  ),
  /** Restores the key from what is in hand, and from nothing else. */
  'backup.drill': long(
    z.strictObject({
      ...oneKey,
      from: givenArtefact,
      /** The artefact that this is, where the list has it; without it, what is in hand names itself. */
      artefact: artefactName.optional(),
    }),
    drillResult,
  ),
  /** Takes an artefact off the list, because it is lost or was destroyed. Its file, if there is one, stays as it is. */
  'backup.forget': quick(z.strictObject({ ...oneKey, artefact: artefactName }), nothing),
  /** The list of BIP-39, for completion while words are typed. */
  'words.list': quick(nothing, z.array(z.string())),
  /** The key as 24 words, while held. Throws `gesture-missing`. */
  'words.reveal': quick(z.strictObject(oneKey), z.strictObject({ words: z.array(z.string()) })),
  /** Makes a random passphrase that stays in the main process until the app locks. */
  'passphrase.suggest': quick(
    nothing,
    z.strictObject({ suggestion: z.uuid(), words: z.number().int(), bits: z.number() }),
  ),
  /** The suggested passphrase, while held. Throws `gesture-missing`. */
  'passphrase.reveal': quick(
    z.strictObject({ suggestion: z.uuid() }),
    z.strictObject({ passphrase: z.string() }),
  ),
  /** Into the clipboard, marked as concealed, and out of it again after the time set. */
  'passphrase.copy': quick(
    z.strictObject({ suggestion: z.uuid() }),
    z.strictObject({ clearsInSeconds: z.number() }),
  ),
  /** How hard a typed passphrase is to guess. */
  'passphrase.judge': quick(z.strictObject({ passphrase: typedSecret }), passphraseJudgement),
} as const;
